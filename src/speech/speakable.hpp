#pragma once

#include <string>
#include <string_view>

namespace offhook::speech {

/// English text as a voice engine should read it. A language model writes for the eye: markdown is removed,
/// and what an engine would misread is written as it is spoken:
///
///     $1,234.56              1,234 dollars and 56 cents
///     2026-03-05, 3/5/2026   March 5th, 2026
///     14:30, 2 pm            2 30 P M, 2 P M
///     +14155550101           1, 4 1 5, 5 5 5, 0 1 0 1
///     ending in 1234         ending in 1 2 3 4
///     ST-48213               S T, 4 8 2 1 3
///     850 sq ft              850 square feet
///
/// What engines read well (thousands separators, per cent, ordinals, Dr., St.) is left alone. Line breaks become
/// pauses. The result may be empty when nothing was left to speak. Pure; any bytes are accepted.
[[nodiscard]] std::string to_speakable_english(std::string_view text);

/// Only the first step: emphasis, headings, list marks, links, code marks and emoji are removed.
[[nodiscard]] std::string strip_markdown(std::string_view text);

}  // namespace offhook::speech
