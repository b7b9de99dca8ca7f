#pragma once

#include <vector>

#include "brain/mentions.hpp"

namespace offhook::brain {

/// "not Saturday", "instead of Sunday", "from the 5th to the 6th": was it named in order to be left?
[[nodiscard]] bool is_denied(const Mention& mention, const Tokens& tokens, const std::vector<Mention>& mentions);

/// "Saturday, no wait, Sunday", "1818, sorry, 1881": does the later of two take the place of the earlier? The words
/// that say so stand close before the later one, or "instead" right after it.
[[nodiscard]] bool corrects(const Mention& later, const Mention& earlier, const Tokens& tokens);

}  // namespace offhook::brain
