#include "net/header_values.hpp"

#include <charconv>

#include "base/text.hpp"

namespace offhook::net {

std::optional<std::chrono::seconds> retry_after(std::string_view value) {
  const auto text = trim(value);
  int seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size() || seconds < 0) return std::nullopt;
  return std::chrono::seconds(seconds);
}

std::string media_type(std::string_view content_type) {
  return to_lower(trim(content_type.substr(0, content_type.find(';'))));
}

}  // namespace offhook::net
