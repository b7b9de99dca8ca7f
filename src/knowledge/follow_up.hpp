#pragma once

#include <span>
#include <string>
#include <string_view>

namespace offhook::knowledge {

/// A question that leans on the one before it ("and for students?", "how much is it?") with the words of that one
/// behind it, so that it can be looked up by itself; others as they are. `earlier`: what the caller said before, oldest
/// first. A question leans when it begins as one that goes on, or has fewer than two words that tell something. Pure.
[[nodiscard]] std::string complete_question(std::string_view question, std::span<const std::string> earlier);

}  // namespace offhook::knowledge
