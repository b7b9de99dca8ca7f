#include "auth/client_address.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "base/text.hpp"

namespace offhook::auth {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::array<std::uint8_t, 12> kMappedPrefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

/// The bytes of an address; of one in IPv4-mapped form (RFC 4291, section 2.5.5.2) the four of IPv4.
std::optional<Bytes> bytes_of(std::string_view address) {
  auto bytes = net::parse_address(address);
  if (bytes && bytes->size() == 16 && std::ranges::equal(std::span(*bytes).first(12), kMappedPrefix)) {
    bytes->erase(bytes->begin(), bytes->begin() + 12);
  }
  return bytes;
}

/// "[2001:db8::1]:4711" and "192.0.2.1:4711" without brackets and port.
std::string_view without_port(std::string_view hop) {
  if (hop.starts_with('[')) return hop.substr(1, hop.find(']') - 1);
  return std::ranges::count(hop, ':') == 1 ? hop.substr(0, hop.find(':')) : hop;
}

}  // namespace

Result<TrustedProxies> TrustedProxies::parse(std::string_view list) {
  TrustedProxies proxies;
  for (const auto part : split(list, ',')) {
    const auto entry = trim(part);
    if (entry.empty()) continue;
    auto network = net::Network::parse(entry);
    if (!network) return fail(network);
    proxies.networks_.push_back(std::move(*network));
  }
  return proxies;
}

bool TrustedProxies::is_trusted(std::string_view address) const {
  const auto bytes = bytes_of(address);
  return bytes && std::ranges::any_of(networks_, [&](const auto& network) { return network.contains(*bytes); });
}

std::string TrustedProxies::client_of(const http::Request& request) const {
  std::string client = request.peer_address;
  if (networks_.empty() || !is_trusted(client)) return client;
  const std::string forwarded = request.headers.joined("X-Forwarded-For");
  const auto hops = split(forwarded, ',');
  for (auto hop = hops.rbegin(); hop != hops.rend(); ++hop) {
    const auto address = without_port(trim(*hop));
    if (!net::parse_address(address)) break;
    client = address;
    if (!is_trusted(client)) break;
  }
  return client;
}

std::string limit_key(std::string_view address) {
  const auto bytes = bytes_of(address);
  if (!bytes) return std::string(address);
  if (bytes->size() == 4) return fmt::format("{}", fmt::join(*bytes, "."));
  return fmt::format("{:02x}/64", fmt::join(bytes->begin(), bytes->begin() + 8, ""));
}

}  // namespace offhook::auth
