#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace offhook::net {

/// The bytes of a strictly written address, 4 or 16 in network order: four decimal parts without leading zeros, or
/// RFC 4291 text; nullopt for anything else.
[[nodiscard]] std::optional<std::vector<std::uint8_t>> parse_address(std::string_view text);

/// Do the first `bits` bits agree? False for addresses of different families.
[[nodiscard]] bool is_within(std::span<const std::uint8_t> address, std::span<const std::uint8_t> prefix, int bits);

/// A block of addresses: "10.1.0.0/16", "fd00::/8", or one address.
struct Network {
  std::vector<std::uint8_t> prefix;  ///< 4 or 16 bytes
  int bits = 0;

  /// Errors: invalid_argument.
  [[nodiscard]] static Result<Network> parse(std::string_view text);
  [[nodiscard]] bool contains(std::span<const std::uint8_t> address) const { return is_within(address, prefix, bits); }
};

}  // namespace offhook::net
