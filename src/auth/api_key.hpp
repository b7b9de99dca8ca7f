#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "http/principal.hpp"
#include "store/accounts.hpp"

namespace offhook::auth {

/// An API key as it is written: "ohk_<id>_<secret>". The id is public and finds the row; the secret is 256
/// random bits, so that one pass of SHA-256 is enough to store it by.
struct ApiKeyText {
  std::string id;      ///< 16 hex digits
  std::string secret;  ///< 64 hex digits
};

/// Does the text claim to be such a key? Then it is one, or it is refused: never something else.
[[nodiscard]] bool looks_like_api_key(std::string_view text);
/// nullopt unless it has exactly that form.
[[nodiscard]] std::optional<ApiKeyText> parse_api_key(std::string_view text);
/// Is `secret` the one the row was made for? Takes constant time.
[[nodiscard]] bool is_secret_of(const store::ApiKey& key, std::string_view secret);

/// A fresh key: the row to store and the text to show once.
struct NewApiKey {
  store::ApiKey row;
  Secret text;
};
[[nodiscard]] NewApiKey make_api_key(std::string account_id, std::string name, http::Scopes scopes, UtcTime now);

/// "chat", "voice", "crm:read", "crm:write", "exchange", "webhooks", "admin".
[[nodiscard]] std::string_view to_string(http::Scope scope);
/// Names with spaces or commas between them. Errors: invalid_argument naming the first that is none.
[[nodiscard]] Result<http::Scopes> parse_scopes(std::string_view text);
/// The names with spaces between them, in the order above.
[[nodiscard]] std::string to_text(const http::Scopes& scopes);
/// What a key may be used for when nothing else is said: everything but `admin`.
[[nodiscard]] http::Scopes default_scopes();

/// "viewer", "agent", "owner".
[[nodiscard]] std::string_view to_string(http::Role role);
[[nodiscard]] std::optional<http::Role> parse_role(std::string_view name);

}  // namespace offhook::auth
