#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "http/middleware.hpp"
#include "http/router.hpp"

namespace offhook::auth {

/// The secrets that open doors. Empty ones are not set.
struct DoorSecrets {
  std::vector<Secret> api_keys;
  Secret webhook_secret;
  Secret vapi_api_key;
};

/// Decides who may enter before a body is read. Webhook doors let everybody's head in: their signature
/// covers the body, so their handler checks it (http::Access::webhook).
///
/// Fails closed: a door whose secret is not set opens only when `allows_open` (the server listens on
/// loopback), and then only to requests that really come from this machine: with a loopback Host, without
/// proxy headers, and not from a web page of somebody else (Origin, Sec-Fetch-Site). Comparisons take constant time.
/// Immutable, thread-safe.
class Doors {
 public:
  Doors(DoorSecrets secrets, bool allows_open);

  /// Who enters. `identified`: whom a token or an account's key stands for (Identities), when one was
  /// presented: then nobody else is meant, in open mode neither. Errors: unauthorized (the client text names what
  /// is missing or which setting to set); forbidden when the role or the scopes are not enough for `need`.
  [[nodiscard]] Result<http::Principal> admit(const http::Request& request, http::Access access,
                                              http::Need need = http::Need::read,
                                              const http::Principal* identified = nullptr) const;
  /// Is there an API key that would open this, presented as Bearer, Token or X-Vapi-Secret?
  [[nodiscard]] bool presents_api_key(const http::Request& request) const;
  /// The open-mode rule by itself, for doors that check their own secret.
  [[nodiscard]] Result<http::Principal> admit_local(const http::Request& request, std::string_view setting) const;

 private:
  /// The key that the request presents, by its public name; nullptr when it presents none of ours.
  [[nodiscard]] const std::string* api_key_of(const http::Request& request) const;

  DoorSecrets secrets_;
  std::vector<std::string> key_names_;  ///< beside secrets_.api_keys: what logs and limits call them
  bool allows_open_;
};

/// Is this address one that only this machine can reach ("127.0.0.1", "::1", "localhost")?
[[nodiscard]] bool is_loopback(std::string_view host);

}  // namespace offhook::auth
