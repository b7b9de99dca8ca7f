#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "http/message.hpp"
#include "net/network.hpp"

namespace offhook::auth {

/// The reverse proxies whose word about the caller's address is taken. A value; thread-safe.
class TrustedProxies {
 public:
  /// Nobody is believed.
  TrustedProxies() = default;
  /// `list`: addresses and networks ("10.0.0.0/8, ::1") with commas. Errors: invalid_argument naming the entry.
  [[nodiscard]] static Result<TrustedProxies> parse(std::string_view list);

  /// Who asks: the peer of the connection; when that is a trusted proxy, the last address of X-Forwarded-For that is
  /// not one. Whatever stands in front of that address anybody may have written.
  [[nodiscard]] std::string client_of(const http::Request& request) const;

 private:
  [[nodiscard]] bool is_trusted(std::string_view address) const;
  std::vector<net::Network> networks_;
};

/// What limits count an address by: an IPv6 address by its /64, which one subscriber has all of (RFC 6177); an IPv4
/// address in IPv6 form as itself.
[[nodiscard]] std::string limit_key(std::string_view address);

}  // namespace offhook::auth
