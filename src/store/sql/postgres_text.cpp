#include "store/sql/postgres_text.hpp"

namespace offhook::sql {
namespace {

// U+10FE00 to U+10FEFF are F4 8F B8 80 to F4 8F BB BF in UTF-8.
constexpr unsigned char kFirst = 0xF4, kSecond = 0x8F, kThird = 0xB8;

unsigned char byte_at(std::string_view text, std::size_t at) { return static_cast<unsigned char>(text[at]); }

bool continues(std::string_view text, std::size_t at, unsigned char low = 0x80, unsigned char high = 0xBF) {
  return at < text.size() && byte_at(text, at) >= low && byte_at(text, at) <= high;
}

/// Length of the well-formed UTF-8 sequence at `at`, 0 when there is none.
/// Source: The Unicode Standard 15, table 3-7.
std::size_t sequence_length(std::string_view text, std::size_t at) {
  const unsigned char lead = byte_at(text, at);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return continues(text, at + 1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const unsigned char low = lead == 0xE0 ? 0xA0 : 0x80;
    const unsigned char high = lead == 0xED ? 0x9F : 0xBF;
    return continues(text, at + 1, low, high) && continues(text, at + 2) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const unsigned char low = lead == 0xF0 ? 0x90 : 0x80;
    const unsigned char high = lead == 0xF4 ? 0x8F : 0xBF;
    return continues(text, at + 1, low, high) && continues(text, at + 2) && continues(text, at + 3) ? 4 : 0;
  }
  return 0;
}

bool is_stand_in(std::string_view text, std::size_t at) {
  return byte_at(text, at) == kFirst && continues(text, at + 1, kSecond, kSecond) &&
         continues(text, at + 2, kThird, kThird + 3) && continues(text, at + 3);
}

/// Length of what can be stored as it is at `at`; 0 when that byte cannot.
std::size_t storable_length(std::string_view text, std::size_t at) {
  if (text[at] == '\0' || is_stand_in(text, at)) return 0;
  return sequence_length(text, at);
}

void append_stand_in(std::string& stored, unsigned char byte) {
  stored += static_cast<char>(kFirst);
  stored += static_cast<char>(kSecond);
  stored += static_cast<char>(kThird + (byte >> 6U));
  stored += static_cast<char>(0x80U | (byte & 0x3FU));
}

}  // namespace

std::optional<std::string> to_storable(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t length = storable_length(text, at);
    if (length == 0) break;
    at += length;
  }
  if (at == text.size()) return std::nullopt;
  std::string stored(text.substr(0, at));
  while (at < text.size()) {
    if (const std::size_t length = storable_length(text, at); length > 0) {
      stored.append(text.substr(at, length));
      at += length;
      continue;
    }
    // All four bytes of a stand-in, or its tail would be read as broken and stored once more: the same, but unclear.
    const std::size_t end = at + (is_stand_in(text, at) ? 4 : 1);
    for (; at < end; ++at) append_stand_in(stored, byte_at(text, at));
  }
  return stored;
}

std::optional<std::string> from_storable(std::string_view stored) {
  if (stored.find(static_cast<char>(kFirst)) == std::string_view::npos) return std::nullopt;
  std::string text;
  for (std::size_t at = 0; at < stored.size();) {
    if (is_stand_in(stored, at)) {
      text += static_cast<char>(((byte_at(stored, at + 2) - kThird) << 6U) | (byte_at(stored, at + 3) & 0x3FU));
      at += 4;
    } else {
      text += stored[at++];
    }
  }
  return text;
}

}  // namespace offhook::sql
