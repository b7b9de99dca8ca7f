#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace offhook::agent {

/// "Block my card [phone: +1234567890]": integrations put the caller's number into the text.
struct MarkedText {
  std::string text;   ///< without the marker, trimmed
  std::string phone;  ///< as written; empty when there was no marker
};
[[nodiscard]] MarkedText take_phone_marker(std::string_view text);

}  // namespace offhook::agent
