#include "auth/doors.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "auth/api_key.hpp"
#include "auth/identities.hpp"
#include "base/text.hpp"
#include "crypto/hash.hpp"
#include "crypto/secrets.hpp"

namespace offhook::auth {
namespace {

bool matches(const Secret& secret, std::string_view presented) {
  return !secret.empty() && !presented.empty() && crypto::equal_in_constant_time(secret.reveal(), presented);
}

/// The host of a Host header, without port.
std::string_view host_of(std::string_view header) {
  if (header.starts_with('[')) return header.substr(1, header.find(']') - 1);
  return header.substr(0, header.find(':'));
}

/// Somebody who may do everything: the keys of the settings and this machine itself.
http::Principal known(http::Principal::Kind kind, std::string name) {
  http::Principal principal{.kind = kind, .name = std::move(name)};
  principal.role = http::Role::owner;
  principal.scopes = {http::Scope::admin};
  return principal;
}

std::unexpected<Error> forbid(std::string sentence) {
  return fail(Error{.kind = ErrorKind::forbidden, .client = std::move(sentence)});
}

/// What an account's key must be for.
http::Scope scope_for(http::Access access, http::Need need) {
  using http::Access;
  using http::Scope;
  switch (access) {
    case Access::voice: return Scope::voice;
    case Access::exchange: return Scope::exchange;
    case Access::webhook: return Scope::webhooks;
    case Access::crm:
      if (need == http::Need::read) return Scope::crm_read;
      return need == http::Need::write ? Scope::crm_write : Scope::admin;
    default:
      if (need == http::Need::read) return Scope::chat;
      return need == http::Need::write ? Scope::crm_write : Scope::admin;
  }
}

/// May somebody who was identified do that there?
Result<http::Principal> admit_identified(const http::Principal& who, http::Access access, http::Need need) {
  using http::Access;
  using http::Need;
  if (need == Need::operate && who.account_id != "local") return forbid("Only the server's own account may do this.");
  if (who.kind == http::Principal::Kind::api_key) {
    const http::Scope scope = scope_for(access, need);
    if (!who.scopes.allow(scope))
      return forbid(fmt::format("This takes an API key with the scope {}.", to_string(scope)));
    return who;
  }
  if (access != Access::crm) {
    return fail(Error{.kind = ErrorKind::unauthorized,
                      .client = "This takes an API key, not a user's token.",
                      .code = "invalid_api_key"});
  }
  const http::Role least = need == Need::read    ? http::Role::viewer
                           : need == Need::write ? http::Role::agent
                                                 : http::Role::owner;
  if (who.role < least) {
    return forbid(fmt::format("This takes the role {}; yours is {}.", to_string(least), to_string(who.role)));
  }
  return who;
}

}  // namespace

bool is_loopback(std::string_view host) {
  return iequals(host, "localhost") || host == "::1" ||
         (host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string_view::npos);
}

Doors::Doors(DoorSecrets secrets, bool allows_open) : secrets_(std::move(secrets)), allows_open_(allows_open) {
  // A hash tells keys apart without giving one away.
  for (const Secret& key : secrets_.api_keys)
    key_names_.push_back("key-" + crypto::sha256_hex(key.reveal()).substr(0, 8));
}

const std::string* Doors::api_key_of(const http::Request& request) const {
  const std::string* found = nullptr;
  for (std::size_t i = 0; i < secrets_.api_keys.size(); ++i) {
    // Every key is compared, so that the time says nothing about which one fits.
    const Secret& key = secrets_.api_keys[i];
    if (matches(key, bearer_of(request)) || matches(key, request.headers.get("X-Vapi-Secret"))) found = &key_names_[i];
  }
  return found;
}

bool Doors::presents_api_key(const http::Request& request) const { return api_key_of(request) != nullptr; }

Result<http::Principal> Doors::admit_local(const http::Request& request, std::string_view setting) const {
  if (!allows_open_) {
    return fail(ErrorKind::unauthorized,
                fmt::format("Authentication is required (the server's setting is {}).", setting));
  }
  const bool has_proxy_header = request.headers.find("Forwarded") || request.headers.find("X-Forwarded-For") ||
                                request.headers.find("X-Forwarded-Host") || request.headers.find("X-Forwarded-Proto");
  const auto host = request.headers.find("Host");
  // A web page of somebody else may make this machine's browser send requests here.
  const auto origin = request.headers.find("Origin");
  const bool is_foreign_page =
      (origin && !is_loopback(host_of(origin->substr(std::min(origin->size(), origin->find("://") + 3))))) ||
      iequals(request.headers.get("Sec-Fetch-Site"), "cross-site");
  if (has_proxy_header || is_foreign_page || (host && !is_loopback(host_of(*host)))) {
    return fail(ErrorKind::unauthorized,
                fmt::format("This server is open to its own machine only: set {} before requests come through a tunnel "
                            "or proxy.",
                            setting));
  }
  return known(http::Principal::Kind::local_owner, "local");
}

Result<http::Principal> Doors::admit(const http::Request& request, http::Access access, http::Need need,
                                     const http::Principal* identified) const {
  using http::Access;
  if (access == Access::open) return http::Principal{};
  if (identified != nullptr) return admit_identified(*identified, access, need);
  if (access == Access::webhook) return http::Principal{};
  if (const auto* key = api_key_of(request)) return known(http::Principal::Kind::api_key, *key);

  bool is_locked = !secrets_.api_keys.empty();
  std::string_view setting = "OFFHOOK_API_KEYS";
  if (access == Access::voice) {
    if (matches(secrets_.webhook_secret, request.headers.get("X-Vapi-Secret")) ||
        matches(secrets_.webhook_secret, bearer_of(request)) || matches(secrets_.vapi_api_key, bearer_of(request))) {
      return known(http::Principal::Kind::platform, "voice secret");
    }
    is_locked = is_locked || !secrets_.webhook_secret.empty() || !secrets_.vapi_api_key.empty();
    setting = "VAPI_WEBHOOK_SECRET or OFFHOOK_API_KEYS";
  } else if (access == Access::exchange) {
    if (matches(secrets_.vapi_api_key, bearer_of(request)))
      return known(http::Principal::Kind::platform, "VAPI_API_KEY");
    is_locked = is_locked || !secrets_.vapi_api_key.empty();
    setting = "OFFHOOK_API_KEYS or VAPI_API_KEY";
  }
  const bool presented = !bearer_of(request).empty() || request.headers.find("X-Vapi-Secret");
  // On /api/v1 a credential names who acts: one that is nobody's is not taken for the local owner.
  if (!is_locked && !(presented && access == Access::crm)) return admit_local(request, setting);
  return fail(Error{.kind = ErrorKind::unauthorized,
                    .client = presented ? "Incorrect API key provided."
                                        : "No API key provided: send it as 'Authorization: Bearer KEY'.",
                    .code = "invalid_api_key"});
}

}  // namespace offhook::auth
