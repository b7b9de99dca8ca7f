#include "auth/email.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/email.hpp"
#include "base/text.hpp"

namespace offhook::auth {

std::optional<std::string> normal_email(std::string_view text) {
  std::string address = to_lower(trim(text));
  if (!is_email_address(address)) return std::nullopt;
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
