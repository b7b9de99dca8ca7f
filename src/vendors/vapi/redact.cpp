#include "vendors/vapi/redact.hpp"

#include "privacy/credentials.hpp"
#include "privacy/json_text.hpp"

namespace offhook::vapi {

std::vector<std::string> redact(json::value& value) {
  privacy::drop_credentials(value);
  return privacy::redact_cards(value);
}

}  // namespace offhook::vapi
