#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace offhook::auth {

/// The address in the form it is kept and compared in (lower case, no space around); nullopt when it is
/// not one: see is_email_address().
[[nodiscard]] std::optional<std::string> normal_email(std::string_view text);

/// The bounds on a password, in characters (Unicode code points). NIST SP 800-63B-4 (2025), section 3.1.1.2:
/// at least 8, and verifiers should take 64 or more; no rules on what it is made of, no truncation. It asks
/// for 15 where the password is the only factor; the API's contract says 8.
inline constexpr std::size_t kLeastPasswordCharacters = 8;
inline constexpr std::size_t kMostPasswordCharacters = 200;

/// Errors: invalid_argument naming the field "password".
[[nodiscard]] Result<void> check_password(std::string_view password);

}  // namespace offhook::auth
