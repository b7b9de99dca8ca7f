#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"

namespace offhook::auth {

/// What a token says.
struct TokenClaims {
  std::string user_id;         ///< sub
  std::int64_t version = 0;    ///< ver: the user's token_version when it was issued
  std::int64_t expires_s = 0;  ///< exp, seconds since 1970
};

/// Access tokens: JWTs signed with HS256 and nothing else. The first key signs, all verify, "kid" names the
/// key. Const members are thread-safe.
///
/// verify() takes the form apart itself before libjwt sees it (size, alphabet, header, no claim twice), and
/// looks at the algorithm again afterwards. Source: RFC 7515, RFC 7519, and the advice of RFC 8725 (one
/// algorithm for a key, issuer and audience checked, no header that brings its own key).
class Tokens {
 public:
  /// The least a key may hold: RFC 7518 section 3.2 wants as many bits as the hash has.
  static constexpr std::size_t kLeastKeyBytes = 32;
  /// The longest text that is looked at.
  static constexpr std::size_t kMostTokenBytes = 2048;

  /// At least one key, each of kLeastKeyBytes or more: throws std::invalid_argument otherwise.
  Tokens(std::vector<Secret> keys, std::chrono::seconds lifetime);

  [[nodiscard]] std::string issue(std::string_view user_id, std::int64_t version, UtcTime now) const;
  /// Errors: unauthorized, always with the same client text; the log text says what was wrong.
  [[nodiscard]] Result<TokenClaims> verify(std::string_view token, UtcTime now) const;
  [[nodiscard]] std::chrono::seconds lifetime() const { return lifetime_; }

 private:
  struct Key {
    std::string id;
    Secret secret;
  };
  std::vector<Key> keys_;
  std::chrono::seconds lifetime_;
};

/// Has the text the three parts of a signed JWT? Says nothing about whether it is one of ours.
[[nodiscard]] bool looks_like_token(std::string_view text);

}  // namespace offhook::auth
