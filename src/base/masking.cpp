#include "base/masking.hpp"

#include <algorithm>

namespace offhook {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The length in bytes of the UTF-8 character that begins at text[0].
std::size_t character_bytes(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const std::size_t wanted = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  return std::min(wanted, text.size());
}

}  // namespace

std::string mask_phone(std::string_view number) {
  const auto digits = static_cast<std::size_t>(std::count_if(number.begin(), number.end(), is_digit));
  if (digits < 7) return number.empty() ? "" : "***";
  const std::size_t head = number.front() == '+' ? 1 : 0;
  std::string masked;
  std::size_t seen = 0;
  for (const char c : number) {
    if (!is_digit(c)) {
      if (c == '+') masked.push_back(c);
      continue;
    }
    masked.push_back(seen < head || seen + 3 >= digits ? c : '*');
    ++seen;
  }
  return masked;
}

std::string mask_name(std::string_view name) {
  std::string masked;
  bool at_word_start = true;
  for (std::size_t i = 0; i < name.size();) {
    const std::size_t length = character_bytes(name.substr(i));
    if (name[i] == ' ') {
      at_word_start = true;
    } else if (at_word_start) {
      if (!masked.empty()) masked.push_back(' ');
      masked.append(name.substr(i, length)).append("***");
      at_word_start = false;
    }
    i += length;
  }
  return masked;
}

std::string mask_email(std::string_view address) {
  const auto at = address.find('@');
  if (address.empty() || at == 0 || at == std::string_view::npos || at + 1 == address.size()) return "***";
  return std::string(address.substr(0, character_bytes(address))) + "***@" +
         std::string(address.substr(at + 1, character_bytes(address.substr(at + 1)))) + "***";
}

}  // namespace offhook
