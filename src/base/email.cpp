#include "base/email.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace offhook {
namespace {

constexpr std::size_t kMostLocalBytes = 64;
constexpr std::size_t kMostAddressBytes = 254;
constexpr std::size_t kMostLabelBytes = 63;
constexpr std::size_t kFewestTopLevelBytes = 2;

bool is_letter(char c) { return c >= 'a' && c <= 'z'; }
bool is_alphanumeric(char c) { return (c >= '0' && c <= '9') || is_letter(c); }

/// Dots stand between characters, never at an end and never two together.
bool has_good_dots(std::string_view text) {
  return !text.empty() && text.front() != '.' && text.back() != '.' && !text.contains("..");
}

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= kMostLabelBytes && label.front() != '-' && label.back() != '-' &&
         std::ranges::all_of(label, [](char c) { return is_alphanumeric(c) || c == '-'; });
}

}  // namespace

bool is_email_address(std::string_view address) {
  const auto at = address.rfind('@');
  if (at == std::string_view::npos || at == 0 || address.size() > kMostAddressBytes) return false;
  const std::string_view local = address.substr(0, at);
  const bool is_atext = std::ranges::all_of(
      local, [](char c) { return is_alphanumeric(c) || std::string_view("!#$%&'*+-/=?^_`{|}~.").contains(c); });
  if (local.size() > kMostLocalBytes || !is_atext || !has_good_dots(local)) return false;
  const auto labels = split(address.substr(at + 1), '.');
  if (labels.size() < 2 || !std::ranges::all_of(labels, is_label)) return false;
  // A top-level domain is letters, or the encoded form of some (RFC 5890).
  const auto top = labels.back();
  return top.size() >= kFewestTopLevelBytes && (std::ranges::all_of(top, is_letter) || top.starts_with("xn--"));
}

}  // namespace offhook
