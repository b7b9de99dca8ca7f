#include "net/network.hpp"

#include <arpa/inet.h>

#include <charconv>
#include <string>

#include "base/text.hpp"

namespace offhook::net {

std::optional<std::vector<std::uint8_t>> parse_address(std::string_view text) {
  const std::string copy(text);
  std::vector<std::uint8_t> bytes(4);
  // inet_pton knows no octal, no hexadecimal and no short forms.
  if (inet_pton(AF_INET, copy.c_str(), bytes.data()) == 1) {
    for (const auto part : split(text, '.')) {
      if (part.size() > 1 && part.front() == '0') return std::nullopt;
    }
    return bytes;
  }
  bytes.resize(16);
  if (inet_pton(AF_INET6, copy.c_str(), bytes.data()) == 1) return bytes;
  return std::nullopt;
}

bool is_within(std::span<const std::uint8_t> address, std::span<const std::uint8_t> prefix, int bits) {
  if (address.size() != prefix.size()) return false;
  for (int bit = 0; bit < bits; ++bit) {
    const auto byte = static_cast<std::size_t>(bit / 8);
    const auto mask = static_cast<std::uint8_t>(0x80U >> static_cast<unsigned>(bit % 8));
    if (((address[byte] ^ prefix[byte]) & mask) != 0) return false;
  }
  return true;
}

Result<Network> Network::parse(std::string_view text) {
  const auto slash = text.find('/');
  auto address = parse_address(text.substr(0, slash));
  const auto wrong = [&] { return fail(ErrorKind::invalid_argument, "'" + std::string(text) + "' is no network"); };
  if (!address) return wrong();
  int bits = static_cast<int>(address->size()) * 8;
  if (slash != std::string_view::npos) {
    const auto length = text.substr(slash + 1);
    int wanted = 0;
    const auto [end, error] = std::from_chars(length.data(), length.data() + length.size(), wanted);
    if (length.empty() || error != std::errc{} || end != length.data() + length.size() || wanted < 0 || wanted > bits) {
      return wrong();
    }
    bits = wanted;
  }
  return Network{.prefix = std::move(*address), .bits = bits};
}

}  // namespace offhook::net
