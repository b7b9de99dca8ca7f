#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "store/calls.hpp"

namespace offhook::call {

/// What a line may have of a card number that is said in several parts.
enum class CardPart : std::uint8_t {
  none,        ///< no digits
  few_digits,  ///< a part only where a card is the subject
  group,       ///< as many as a card has in a printed group
};

/// Pure.
[[nodiscard]] CardPart card_part_in(std::string_view line);

/// Card numbers that a new line of transcript completes, whose first digits came in earlier deliveries and are stored
/// already. In the transaction of whoever calls. `call`: as stored, this line counted in; `part`: card_part_in() of the
/// line. Reads nothing when the line cannot be part of a number, which goes for nearly all of them.
Result<std::vector<std::string>> cards_completed_by(store::Calls& calls, const store::Call& call,
                                                    const store::TranscriptEntry& entry, CardPart part);

/// Takes the parts of these card numbers out of everything stored of the call, the delivery that completed them
/// included.
Result<void> erase_card_parts(sql::Connection& db, std::string_view call_id, std::string_view platform_call_id,
                              const std::vector<std::string>& cards);

}  // namespace offhook::call
