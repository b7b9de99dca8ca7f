#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace offhook::crypto {

/// Bytes as text and back. Bytes travel as std::string; all functions are pure.

/// Lower-case hexadecimal, two digits a byte.
[[nodiscard]] std::string to_hex(std::string_view bytes);
/// Either case; nullopt for an odd length or anything that is not a digit.
[[nodiscard]] std::optional<std::string> from_hex(std::string_view text);

/// RFC 4648, section 4 (the alphabet with + and /), padded.
[[nodiscard]] std::string to_base64(std::string_view bytes);
/// The same with padding optional; nullopt for anything else, white space and non-zero spare bits included.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

}  // namespace offhook::crypto
