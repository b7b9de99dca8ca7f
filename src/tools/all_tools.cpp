#include "tools/factories.hpp"
#include "tools/registry.hpp"

namespace offhook::tools {

std::vector<Tool> all_tools() {
  return {check_availability(), schedule_tour(),     qualify_lead(),     transfer_to_human(),
          list_cards(),         card_status(),       block_card(),       unblock_card(),
          loan_options(),       get_customer_info(), book_appointment(), reschedule_appointment(),
          cancel_appointment(), schedule_callback(), end_call(),         transfer_call(),
          send_dtmf(),          collect(),           search_documents()};
}

}  // namespace offhook::tools
