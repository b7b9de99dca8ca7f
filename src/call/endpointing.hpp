#pragma once

#include <string_view>

#include "base/clock.hpp"

namespace offhook::call {

/// How long a caller's silence has to last before the turn counts as over, judged by what was said so far:
/// little after a finished sentence or a plain "yes", long after a word that wants more ("and", "my", "um") or
/// while a number, a name or an address is being dictated. 200 ms to 2 s. English. Pure.
/// Used for call.endpointing.request, which asks on the way of every turn.
[[nodiscard]] Duration silence_before_answer(std::string_view said);

}  // namespace offhook::call
