#pragma once

#include <string>
#include <string_view>

namespace offhook::tools::remote {

/// Other people's text as one line that can be read aloud: no markup (tags, asterisks, backticks, hashes,
/// list bars), no control characters, no broken UTF-8, at most `max_bytes`, cut at the end of a word.
[[nodiscard]] std::string spoken_line(std::string_view text, std::size_t max_bytes = 600);

}  // namespace offhook::tools::remote
