#include "auth/identities.hpp"

#include <utility>

#include "async/cancel.hpp"
#include "async/loop.hpp"
#include "auth/api_key.hpp"
#include "base/text.hpp"

namespace offhook::auth {
namespace {

/// How long the database may take to say who somebody is.
constexpr std::chrono::seconds kPatience{5};
/// How fresh last_used_at is: a write a request would be too many.
constexpr std::chrono::minutes kUseStep{5};

std::unexpected<Error> unknown(std::string why) {
  return fail(Error{.kind = ErrorKind::unauthorized,
                    .client = "Incorrect API key provided.",
                    .log = std::move(why),
                    .code = "invalid_api_key"});
}

std::string memory_key(const Presented& presented) {
  return (presented.kind == Presented::Kind::token ? "user-" : "key-") + presented.id;
}

http::Principal principal_of(const store::ApiKey& row) {
  http::Principal principal{.kind = http::Principal::Kind::api_key, .name = "key-" + row.id};
  principal.account_id = row.account_id;
  principal.is_bound = true;
  principal.scopes = parse_scopes(row.scopes).value_or(http::Scopes());
  return principal;
}

http::Principal principal_of(const store::User& row) {
  http::Principal principal{.kind = http::Principal::Kind::user, .name = "user-" + row.id};
  principal.account_id = row.account_id;
  principal.is_bound = true;
  principal.role = parse_role(row.role).value_or(http::Role::viewer);
  principal.user_id = row.id;
  return principal;
}

}  // namespace

std::string_view bearer_of(const http::Request& request) {
  const std::string_view header = trim(request.headers.get("Authorization"));
  for (const std::string_view scheme : {"Bearer ", "Token "}) {
    if (header.size() > scheme.size() && iequals(header.substr(0, scheme.size()), scheme)) {
      return trim(header.substr(scheme.size()));
    }
  }
  return {};
}

Result<std::optional<Presented>> Identities::read(const http::Request& request, http::Access access) const {
  if (access == http::Access::open) return std::nullopt;
  const std::string_view bearer = bearer_of(request);
  for (const std::string_view text : {bearer, trim(request.headers.get("X-Vapi-Secret"))}) {
    if (!looks_like_api_key(text)) continue;
    auto key = parse_api_key(text);
    if (!key) return unknown("a key of the wrong form");
    return Presented{.kind = Presented::Kind::api_key, .id = std::move(key->id), .secret = std::move(key->secret)};
  }
  if (!looks_like_token(bearer)) return std::nullopt;
  auto claims = tokens_.verify(bearer, clock_.utc_now());
  if (claims) {
    return Presented{.kind = Presented::Kind::token, .id = std::move(claims->user_id), .version = claims->version};
  }
  // Elsewhere it may be somebody else's token that a platform sends along.
  if (access == http::Access::crm) return fail(claims);
  return std::nullopt;
}

Result<http::Principal> Identities::check(const Presented& presented, const Known& known) {
  if (presented.kind == Presented::Kind::token) {
    if (!known.exists || known.version != presented.version) {
      return fail(Error{.kind = ErrorKind::unauthorized,
                        .client = "The access token is not valid or has expired: log in again.",
                        .log = known.exists ? "a token of an earlier password" : "a token of a removed user",
                        .code = "invalid_token"});
    }
    return known.principal;
  }
  const bool fits = is_secret_of({.secret_hash = known.secret_hash}, presented.secret);
  if (!known.exists || !fits) return unknown(known.exists ? "wrong secret" : "no such key, or revoked");
  return known.principal;
}

Result<std::optional<http::Principal>> Identities::recall(const Presented& presented) {
  std::optional<Known> known;
  {
    const std::scoped_lock lock(mutex_);
    const auto found = known_.find(memory_key(presented));
    if (found != known_.end() && clock_.now() < found->second.known_until) known = found->second;
  }
  if (!known) return std::nullopt;
  auto checked = check(presented, *known);
  if (!checked) return fail(checked);
  return std::optional(std::move(*checked));
}

void Identities::remember(const Presented& presented, const Known& known) {
  const std::scoped_lock lock(mutex_);
  if (known_.size() >= most_remembered_) {
    std::erase_if(known_, [now = clock_.now()](const auto& entry) { return entry.second.known_until <= now; });
    if (known_.size() >= most_remembered_) known_.clear();
  }
  known_.insert_or_assign(memory_key(presented), known);
}

Task<void> Identities::note_use(std::string key_id, UtcTime now) {
  auto work = [key_id, now](sql::Connection& db) { return store::ApiKeys(db).note_use(key_id, now); };
  co_return co_await with_deadline(Deadline::after(clock_, kPatience), store_.write(std::move(work)));
}

Task<Identities::Known> Identities::look_up(Presented presented) {
  const Deadline deadline = Deadline::after(clock_, kPatience);
  Known known;
  known.known_until = clock_.now() + kMemory;
  const std::string id = presented.id;
  if (presented.kind == Presented::Kind::token) {
    auto user =
        co_await with_deadline(deadline, store_.read([id](sql::Connection& db) { return store::Users(db).find(id); }));
    if (!user) co_return fail(user);
    if (*user) {
      known.exists = true;
      known.version = (*user)->token_version;
      known.principal = principal_of(**user);
    }
    co_return known;
  }
  auto key =
      co_await with_deadline(deadline, store_.read([id](sql::Connection& db) { return store::ApiKeys(db).find(id); }));
  if (!key) co_return fail(key);
  if (!*key || (*key)->revoked_at) co_return known;
  known.exists = true;
  known.secret_hash = (*key)->secret_hash;
  known.principal = principal_of(**key);
  const UtcTime now = clock_.utc_now();
  if (is_secret_of(**key, presented.secret) && (!(*key)->last_used_at || now - *(*key)->last_used_at >= kUseStep)) {
    // When this is lost, the key is as good as before: the request does not wait for a write.
    Loop& loop = co_await this_loop();
    static_cast<void>(uses_.spawn(loop, "key use", note_use(id, now)));
  }
  co_return known;
}

Task<http::Principal> Identities::find(Presented presented) {
  auto known = co_await look_up(presented);
  if (!known) {
    co_return fail(
        Error{.kind = known.error().kind == ErrorKind::cancelled ? ErrorKind::cancelled : ErrorKind::unavailable,
              .client = "Who you are could not be checked right now; try again.",
              .log = std::string(known.error().log_text())});
  }
  remember(presented, *known);
  co_return check(presented, *known);
}

}  // namespace offhook::auth
