#pragma once

#include <string_view>
#include <vector>

#include "store/calls.hpp"

namespace offhook::call {

/// Card numbers that a new line of transcript completes, whose first digits came in earlier deliveries and are stored
/// already. In the transaction of whoever calls. Reads nothing when the line says no digits.
Result<std::vector<std::string>> cards_completed_by(store::Calls& calls, const store::TranscriptEntry& entry);

/// Takes the parts of these card numbers out of everything stored of the call, the delivery that completed them
/// included.
Result<void> erase_card_parts(sql::Connection& db, std::string_view call_id, std::string_view platform_call_id,
                              const std::vector<std::string>& cards);

}  // namespace offhook::call
