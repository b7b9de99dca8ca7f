#include "auth/api_key.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "crypto/hash.hpp"
#include "crypto/secrets.hpp"

namespace offhook::auth {
namespace {

using http::Role;
using http::Scope;

constexpr std::string_view kPrefix = "ohk_";
constexpr std::size_t kIdDigits = 16;
constexpr std::size_t kSecretDigits = 64;

struct ScopeName {
  Scope scope;
  std::string_view name;
};
constexpr std::array<ScopeName, 7> kScopeNames = {{{Scope::chat, "chat"},
                                                   {Scope::voice, "voice"},
                                                   {Scope::crm_read, "crm:read"},
                                                   {Scope::crm_write, "crm:write"},
                                                   {Scope::exchange, "exchange"},
                                                   {Scope::webhooks, "webhooks"},
                                                   {Scope::admin, "admin"}}};
constexpr std::array<std::string_view, 3> kRoleNames = {"viewer", "agent", "owner"};

bool is_hex(std::string_view text) { return text.find_first_not_of("0123456789abcdef") == std::string_view::npos; }

}  // namespace

bool looks_like_api_key(std::string_view text) { return text.starts_with(kPrefix); }

std::optional<ApiKeyText> parse_api_key(std::string_view text) {
  if (!looks_like_api_key(text) || text.size() != kPrefix.size() + kIdDigits + 1 + kSecretDigits) return std::nullopt;
  const std::string_view id = text.substr(kPrefix.size(), kIdDigits);
  const std::string_view secret = text.substr(text.size() - kSecretDigits);
  if (text[kPrefix.size() + kIdDigits] != '_' || !is_hex(id) || !is_hex(secret)) return std::nullopt;
  return ApiKeyText{.id = std::string(id), .secret = std::string(secret)};
}

bool is_secret_of(const store::ApiKey& key, std::string_view secret) {
  return crypto::equal_in_constant_time(key.secret_hash, crypto::sha256_hex(secret));
}

NewApiKey make_api_key(std::string account_id, std::string name, http::Scopes scopes, UtcTime now) {
  const std::string id = crypto::random_token("", kIdDigits / 2);
  const std::string secret = crypto::random_token("", kSecretDigits / 2);
  store::ApiKey row{.id = id,
                    .account_id = std::move(account_id),
                    .name = std::move(name),
                    .secret_hash = crypto::sha256_hex(secret),
                    .scopes = to_text(scopes),
                    .created_at = now};
  return {.row = std::move(row), .text = Secret(std::string(kPrefix).append(id).append("_").append(secret))};
}

std::string_view to_string(Scope scope) { return kScopeNames[static_cast<std::size_t>(scope)].name; }

Result<http::Scopes> parse_scopes(std::string_view text) {
  http::Scopes scopes;
  for (const auto part : split(replace_all(std::string(text), ",", " "), ' ')) {
    const auto name = trim(part);
    if (name.empty()) continue;
    const auto* const known = std::ranges::find(kScopeNames, name, &ScopeName::name);
    if (known == kScopeNames.end()) {
      std::string names;
      for (const auto& entry : kScopeNames) names.append(names.empty() ? "" : ", ").append(entry.name);
      return fail(ErrorKind::invalid_argument, "there is no scope '" + std::string(name) + "'; known are " + names);
    }
    scopes.add(known->scope);
  }
  return scopes;
}

std::string to_text(const http::Scopes& scopes) {
  std::string text;
  for (const auto& entry : kScopeNames) {
    if (scopes.name(entry.scope)) text.append(text.empty() ? "" : " ").append(entry.name);
  }
  return text;
}

http::Scopes default_scopes() {
  return {Scope::chat, Scope::voice, Scope::crm_read, Scope::crm_write, Scope::exchange, Scope::webhooks};
}

std::string_view to_string(Role role) { return kRoleNames[static_cast<std::size_t>(role)]; }

std::optional<Role> parse_role(std::string_view name) {
  const auto* const found = std::ranges::find(kRoleNames, name);
  if (found == kRoleNames.end()) return std::nullopt;
  return static_cast<Role>(found - kRoleNames.begin());
}

}  // namespace offhook::auth
