#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace offhook::net {

/// Decides which addresses a call may go to whose URL somebody else had a say in (server-side request
/// forgery): public unicast addresses, and those that an operator allowed by name or network.
///
/// Refused: loopback, private, shared (CGNAT), link-local, multicast, documentation and reserved blocks of
/// both families (the IANA special-purpose address registries, RFC 6890), metadata services of clouds,
/// and every IPv6 form that carries an IPv4 address inside (mapped, NAT64, 6to4, Teredo).
///
/// Two checks belong together: check_url() before anything is sent, and check_address() on the address a
/// socket is about to be connected to, which a changing name server cannot get around. A value; const
/// members are thread-safe.
class AddressGuard {
 public:
  /// Allows public addresses only.
  AddressGuard() = default;

  /// `allowed`: networks ("10.1.0.0/16", "fd00::/8"), addresses and host names, with commas. A host name
  /// allows the private addresses it resolves to, but no link-local, multicast or unspecified one: those
  /// (cloud metadata among them) have to be named as a network. Errors: invalid_argument naming the entry.
  [[nodiscard]] static Result<AddressGuard> parse(std::string_view allowed);

  /// Is this a URL that may be called at all: http or https, no user name, a host written plainly, and not
  /// a refused address? Host names pass here; their addresses are checked when they are known.
  /// Errors: invalid_argument (not such a URL), forbidden (a refused address).
  [[nodiscard]] Result<void> check_url(std::string_view url) const;

  /// May a connection for the URL host `host` go to `address` (4 or 16 bytes, network order)?
  /// Errors: forbidden.
  [[nodiscard]] Result<void> check_address(std::span<const std::uint8_t> address, std::string_view host) const;

 private:
  struct Network {
    std::vector<std::uint8_t> prefix;  // 4 or 16 bytes
    int bits = 0;
  };
  [[nodiscard]] bool is_in_allowed_network(std::span<const std::uint8_t> address) const;
  [[nodiscard]] bool is_allowed_host(std::string_view host) const;

  std::vector<Network> networks_;
  std::vector<std::string> hosts_;  // lower case
};

}  // namespace offhook::net
