#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace offhook {

/// ASCII helpers. None of them looks at a locale.
[[nodiscard]] std::string_view trim(std::string_view text);
[[nodiscard]] std::string to_lower(std::string_view text);
[[nodiscard]] bool iequals(std::string_view a, std::string_view b);
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);
[[nodiscard]] std::string join(const std::vector<std::string>& parts, std::string_view separator);
[[nodiscard]] std::string replace_all(std::string text, std::string_view from, std::string_view to);

/// The digits 0 to 9 of a text, without what stands between them.
[[nodiscard]] std::string only_digits(std::string_view text);

/// One line that can be spoken: line breaks and runs of white space become one space, ends trimmed.
[[nodiscard]] std::string one_line(std::string_view text);

/// Is this well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms)?
[[nodiscard]] bool is_valid_utf8(std::string_view text);

/// The bytes of `text` up to `max_bytes`, never cutting a UTF-8 character in two.
[[nodiscard]] std::string_view truncate_utf8(std::string_view text, std::size_t max_bytes);

}  // namespace offhook
