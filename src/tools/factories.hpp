#pragma once

#include "tools/tool.hpp"

namespace offhook::tools {

/// One for each tool, in the file of the tool's name.
[[nodiscard]] Tool check_availability();
[[nodiscard]] Tool schedule_tour();
[[nodiscard]] Tool qualify_lead();
[[nodiscard]] Tool transfer_to_human();
[[nodiscard]] Tool list_cards();
[[nodiscard]] Tool card_status();
[[nodiscard]] Tool block_card();
[[nodiscard]] Tool unblock_card();
[[nodiscard]] Tool loan_options();
[[nodiscard]] Tool get_customer_info();
[[nodiscard]] Tool book_appointment();
[[nodiscard]] Tool reschedule_appointment();
[[nodiscard]] Tool cancel_appointment();
[[nodiscard]] Tool schedule_callback();
[[nodiscard]] Tool end_call();
[[nodiscard]] Tool transfer_call();
[[nodiscard]] Tool send_dtmf();
[[nodiscard]] Tool collect();
[[nodiscard]] Tool search_documents();

}  // namespace offhook::tools
