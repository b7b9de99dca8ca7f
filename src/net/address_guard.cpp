#include "net/address_guard.hpp"

#include <arpa/inet.h>

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "base/text.hpp"
#include "net/network.hpp"

namespace offhook::net {
namespace {

constexpr std::size_t kMaxUrlBytes = 8192;

using Bytes = std::vector<std::uint8_t>;

struct Block {
  std::string_view network;
  int bits;
  std::string_view is;
  bool is_hard = false;  ///< not lifted by an allowed host name
};

/// Refused IPv4 blocks. Source: IANA IPv4 Special-Purpose Address Registry; 168.63.129.16 is Azure's.
constexpr Block kRefusedV4[] = {{"0.0.0.0", 8, "an unspecified", true},    {"10.0.0.0", 8, "a private"},
                                {"100.64.0.0", 10, "a shared (CGNAT)"},    {"127.0.0.0", 8, "a loopback"},
                                {"169.254.0.0", 16, "a link-local", true}, {"172.16.0.0", 12, "a private"},
                                {"192.0.0.0", 24, "a reserved", true},     {"192.0.2.0", 24, "a documentation"},
                                {"192.88.99.0", 24, "a reserved"},         {"192.168.0.0", 16, "a private"},
                                {"198.18.0.0", 15, "a benchmarking"},      {"198.51.100.0", 24, "a documentation"},
                                {"203.0.113.0", 24, "a documentation"},    {"168.63.129.16", 32, "a metadata", true},
                                {"224.0.0.0", 4, "a multicast", true},     {"240.0.0.0", 4, "a reserved", true}};

/// Within 2000::/3, the only IPv6 block of public unicast addresses. Source: IANA IPv6 registry.
constexpr Block kRefusedV6[] = {{"2001::", 23, "a reserved", true},
                                {"2001:db8::", 32, "a documentation"},
                                {"2002::", 16, "a 6to4", true},
                                {"3fff::", 20, "a documentation"}};

const Block* refused_block(std::span<const std::uint8_t> address) {
  static constexpr Block kLoopback{"::1", 128, "a loopback"};
  static constexpr Block kUniqueLocal{"fc00::", 7, "a private"};
  static constexpr Block kElsewhere{"::", 0, "a special-purpose", true};
  struct Parsed {
    const Block* block;
    Bytes prefix;
  };
  static const auto parse_all = [](std::span<const Block> blocks) {
    std::vector<Parsed> parsed;
    for (const auto& block : blocks) parsed.push_back({&block, parse_address(block.network).value()});
    return parsed;
  };
  static const auto v4 = parse_all(kRefusedV4);
  static const auto v6 = parse_all(kRefusedV6);
  for (const auto& [block, prefix] : address.size() == 4 ? v4 : v6) {
    if (is_within(address, prefix, block->bits)) return block;
  }
  if (address.size() == 4) return nullptr;
  static const Bytes public_block = parse_address("2000::").value();
  if (is_within(address, public_block, 3)) return nullptr;
  static const Bytes unique_local = parse_address(kUniqueLocal.network).value();
  if (is_within(address, unique_local, 7)) return &kUniqueLocal;
  static const Bytes loopback = parse_address(kLoopback.network).value();
  if (is_within(address, loopback, 128)) return &kLoopback;
  return &kElsewhere;
}

std::string to_text(std::span<const std::uint8_t> address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(address.size() == 4 ? AF_INET : AF_INET6, address.data(), text.data(), text.size());
  return text.data();
}

std::unexpected<Error> refuse_url(std::string why) {
  return fail(ErrorKind::invalid_argument, "The URL cannot be called: " + why + ".");
}

/// "127.1", "0x7f.0.0.1", "2130706433", "0177.0.0.1": resolvers read them as addresses, people do not.
bool looks_like_odd_ipv4(std::string_view host) {
  const auto labels = split(host, '.');
  std::string_view last = labels.back();
  if (last.empty()) return false;
  if (last.starts_with("0x") || last.starts_with("0X")) return true;
  return std::ranges::all_of(last, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_plain_host(std::string_view host) {
  return !host.empty() && host.size() <= 253 && host.front() != '.' && host.find("..") == std::string_view::npos &&
         std::ranges::all_of(host, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
                  c == '_';
         });
}

}  // namespace

Result<AddressGuard> AddressGuard::parse(std::string_view allowed) {
  AddressGuard guard;
  for (const auto part : split(allowed, ',')) {
    const std::string_view entry = trim(part);
    if (entry.empty()) continue;
    const auto slash = entry.find('/');
    auto address = parse_address(entry.substr(0, slash));
    if (slash == std::string_view::npos) {
      if (address) {
        const int bits = static_cast<int>(address->size()) * 8;
        guard.networks_.push_back({.prefix = std::move(*address), .bits = bits});
      } else if (is_plain_host(entry) && !looks_like_odd_ipv4(entry)) {
        guard.hosts_.push_back(to_lower(entry));
      } else {
        return fail(ErrorKind::invalid_argument, fmt::format("'{}' is no network, address or host name", entry));
      }
      continue;
    }
    const std::string_view length = entry.substr(slash + 1);
    int bits = -1;
    const auto [end, error] = std::from_chars(length.data(), length.data() + length.size(), bits);
    if (!address || error != std::errc{} || end != length.data() + length.size() || bits < 0 ||
        bits > static_cast<int>(address->size()) * 8) {
      return fail(ErrorKind::invalid_argument, fmt::format("'{}' is no network such as 10.1.0.0/16", entry));
    }
    guard.networks_.push_back({.prefix = std::move(*address), .bits = bits});
  }
  return guard;
}

bool AddressGuard::is_in_allowed_network(std::span<const std::uint8_t> address) const {
  return std::ranges::any_of(networks_,
                             [&](const Network& network) { return is_within(address, network.prefix, network.bits); });
}

bool AddressGuard::is_allowed_host(std::string_view host) const {
  std::string name = to_lower(host);
  if (name.ends_with('.')) name.pop_back();
  return std::ranges::find(hosts_, name) != hosts_.end();
}

Result<void> AddressGuard::check_address(std::span<const std::uint8_t> address, std::string_view host) const {
  const Block* block = refused_block(address);
  if (block == nullptr || is_in_allowed_network(address)) return {};
  if (!block->is_hard && is_allowed_host(host)) return {};
  return fail(ErrorKind::forbidden, fmt::format("{} is {} address; OFFHOOK_ALLOW_PRIVATE would have to allow it.",
                                                to_text(address), block->is));
}

Result<void> AddressGuard::check_url(std::string_view url) const {
  if (url.size() > kMaxUrlBytes) return refuse_url("it is too long");
  const auto parsed = boost::urls::parse_uri({url.data(), url.size()});
  if (!parsed) return refuse_url("it is not an absolute URL as RFC 3986 wants it");
  const std::string_view scheme(parsed->scheme().data(), parsed->scheme().size());
  if (!iequals(scheme, "http") && !iequals(scheme, "https")) return refuse_url("only http and https are spoken");
  // The authority is taken apart here once more: parsers disagree about odd ones, and libcurl has its own.
  std::string_view host = url.substr(url.find("//") + 2);
  host = host.substr(0, host.find_first_of("/?#"));
  if (host.find('@') != std::string_view::npos) return refuse_url("a user name or password has no place in it");
  if (const auto colon = host.find(':', host.starts_with('[') ? host.find(']') : 0); colon != std::string_view::npos) {
    const std::string_view digits = host.substr(colon + 1);
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (error != std::errc{} || end != digits.data() + digits.size() || port == 0) {
      return refuse_url("its port is not a number from 1 to 65535");
    }
    host = host.substr(0, colon);
  }
  if (host.starts_with('[')) {
    const auto address = parse_address(host.substr(1, host.size() - 2));
    if (!host.ends_with(']') || !address) return refuse_url("its address is not one that can be read");
    return check_address(*address, host.substr(1, host.size() - 2));
  }
  if (!is_plain_host(host)) return refuse_url("its host has other letters than a host name has");
  if (host.ends_with('.')) host.remove_suffix(1);
  if (const auto address = parse_address(host)) return check_address(*address, host);
  if (looks_like_odd_ipv4(host)) return refuse_url("its address is written in an odd way");
  const std::string name = to_lower(host);
  // These names mean this machine by definition (RFC 6761, section 6.3).
  if (name == "localhost" || name.ends_with(".localhost"))
    return check_address(std::array<std::uint8_t, 4>{127, 0, 0, 1}, host);
  return {};
}

}  // namespace offhook::net
