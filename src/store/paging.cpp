#include "store/paging.hpp"

#include <charconv>

namespace offhook::store {

// Microseconds since 1970, a dot, the id with everything but [A-Za-z0-9_-] as ~XX.

std::string encode_cursor(const Position& position) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string cursor = std::to_string(position.created_at.time_since_epoch().count()) + ".";
  for (const char c : position.id) {
    const bool is_plain =
        (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    if (is_plain) {
      cursor += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      cursor += {'~', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return cursor;
}

Result<Position> decode_cursor(std::string_view cursor) {
  auto wrong = [] {
    Error error{.kind = ErrorKind::invalid_argument,
                .client = "Invalid value for 'cursor': expected the next_cursor of an earlier page"};
    return fail(std::move(error).with_param("cursor").with_code("invalid_value"));
  };
  const auto dot = cursor.find('.');
  if (dot == std::string_view::npos) return wrong();
  std::int64_t micros = 0;
  const std::string_view time = cursor.substr(0, dot);
  const auto [end, problem] = std::from_chars(time.begin(), time.end(), micros);
  if (problem != std::errc{} || end != time.end()) return wrong();
  Position position{.created_at = UtcTime(std::chrono::microseconds(micros)), .id = {}};
  for (std::size_t i = dot + 1; i < cursor.size(); ++i) {
    if (cursor[i] != '~') {
      position.id += cursor[i];
      continue;
    }
    if (i + 2 >= cursor.size()) return wrong();
    unsigned byte = 0;
    const char* digits = cursor.data() + i + 1;
    const auto hex = std::from_chars(digits, digits + 2, byte, 16);
    if (hex.ec != std::errc{} || hex.ptr != digits + 2) return wrong();
    position.id += static_cast<char>(byte);
    i += 2;
  }
  if (position.id.empty()) return wrong();
  return position;
}

}  // namespace offhook::store
