#include "auth/email.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"

namespace offhook::auth {
namespace {

constexpr std::size_t kMostLocalBytes = 64;
constexpr std::size_t kMostAddressBytes = 254;
constexpr std::size_t kMostLabelBytes = 63;

bool is_alphanumeric(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'); }

/// Dots stand between characters, never at an end and never two together.
bool has_good_dots(std::string_view text) {
  return !text.empty() && text.front() != '.' && text.back() != '.' && !text.contains("..");
}

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= kMostLabelBytes && label.front() != '-' && label.back() != '-' &&
         std::ranges::all_of(label, [](char c) { return is_alphanumeric(c) || c == '-'; });
}

}  // namespace

std::optional<std::string> normal_email(std::string_view text) {
  std::string address = to_lower(trim(text));
  const auto at = address.rfind('@');
  if (at == std::string::npos || at == 0 || address.size() > kMostAddressBytes) return std::nullopt;
  const std::string_view local = std::string_view(address).substr(0, at);
  const std::string_view domain = std::string_view(address).substr(at + 1);
  const bool is_atext = std::ranges::all_of(
      local, [](char c) { return is_alphanumeric(c) || std::string_view("!#$%&'*+-/=?^_`{|}~.").contains(c); });
  if (local.size() > kMostLocalBytes || !is_atext || !has_good_dots(local)) return std::nullopt;
  const auto labels = split(domain, '.');
  if (labels.size() < 2 || !std::ranges::all_of(labels, is_label)) return std::nullopt;
  return address;
}

Result<void> check_password(std::string_view password) {
  const auto characters = static_cast<std::size_t>(
      std::ranges::count_if(password, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
  if (characters >= kLeastPasswordCharacters && characters <= kMostPasswordCharacters) return {};
  Error error{.kind = ErrorKind::invalid_argument,
              .client = fmt::format("Invalid value for 'password': expected {} to {} characters",
                                    kLeastPasswordCharacters, kMostPasswordCharacters)};
  return fail(std::move(error).with_param("password").with_code("invalid_value"));
}

}  // namespace offhook::auth
