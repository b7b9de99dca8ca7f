#include <algorithm>

#include <fmt/format.h>

#include "api/routes.hpp"
#include "async/loop.hpp"
#include "obs/log.hpp"
#include "obs/metrics.hpp"

namespace offhook::api {
namespace {

using http::RequestScope;

/// An id that a client sent is kept when it is short and plain, so that its logs and ours agree.
bool is_plain_id(std::string_view id) {
  return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' ||
           c == '.';
  });
}

Result<void> name_request(RequestScope& scope) {
  if (const auto given = scope.request.headers.find("X-Request-Id"); given && is_plain_id(*given)) {
    scope.request.trace.request_id = *given;
  } else {
    static constexpr char kHex[] = "0123456789abcdef";
    std::uint64_t bits = scope.loop.random().next();
    std::string& id = scope.request.trace.request_id;
    id.resize(16);
    for (char& c : id) {
      c = kHex[bits & 15];
      bits >>= 4;
    }
  }
  return {};
}

double seconds_since(const RequestScope& scope) {
  return std::chrono::duration<double>(scope.loop.clock().now() - scope.began).count();
}

void log_access(obs::Log& log, const RequestScope& scope) {
  const auto level = scope.status >= 500 ? obs::Level::warning : obs::Level::info;
  if (!log.is_on(level)) return;
  log.write(level, "request", scope.request.trace,
            {{"method", http::to_string(scope.request.method)},
             {"path", scope.route != nullptr ? std::string_view(scope.route->path) : "(unknown)"},
             {"status", scope.status},
             {"ms", seconds_since(scope) * 1000},
             {"bytes", scope.sent_body_bytes},
             {"error", scope.error != nullptr ? scope.error->log_text() : std::string_view("-")}});
}

Task<void> refuse(Error error) { co_return fail(std::move(error)); }

Task<void> find_principal(auth::Identities& identities, auth::Presented presented, http::Request& request) {
  auto found = co_await identities.find(std::move(presented));
  if (!found) co_return fail(found);
  request.principal = std::move(*found);
  co_return Result<void>{};
}

/// Finds out whom a token or an account's key stands for: nearly always without waiting.
std::optional<Task<void>> identify(auth::Identities& identities, RequestScope& scope) {
  scope.request.principal = {};  // of the request before on this connection
  if (scope.route == nullptr) return std::nullopt;
  auto presented = identities.read(scope.request, scope.route->access);
  if (!presented) return refuse(std::move(presented.error()));
  if (!*presented) return std::nullopt;
  auto known = identities.recall(**presented);
  if (!known) return refuse(std::move(known.error()));
  if (!*known) return find_principal(identities, std::move(**presented), scope.request);
  scope.request.principal = std::move(**known);
  return std::nullopt;
}

Result<void> admit(const auth::Doors& doors, RequestScope& scope) {
  if (scope.route == nullptr) return {};
  http::Principal& principal = scope.request.principal;
  const bool is_identified = principal.kind != http::Principal::Kind::nobody;
  auto admitted =
      doors.admit(scope.request, scope.route->access, scope.route->need, is_identified ? &principal : nullptr);
  if (!admitted) return fail(admitted);
  scope.request.principal = std::move(*admitted);
  return {};
}

Result<void> spend_of_limits(auth::RequestLimits& limits, RequestScope& scope) {
  if (scope.route == nullptr) return {};
  return limits.admit(scope.request, scope.route->rate);
}

/// Whoever failed too often hears 429 in place of 401. A valid key is never locked out.
Error tell_to_wait(auth::RateLimit& failed_attempts, const RequestScope& scope, Error error) {
  if (error.kind != ErrorKind::unauthorized) return error;
  const auto wait = failed_attempts.wait_for(auth::limit_key(scope.request.client_address));
  if (wait.count() == 0) return error;
  return {
      .kind = ErrorKind::rate_limited, .client = "Too many failed attempts from this address.", .retry_after = wait};
}

}  // namespace

std::vector<http::Middleware> make_chain(const ChainParts& parts) {
  return {
      {.name = "request_id",
       .why_here = "first, so that every later line and answer can name the request",
       .before = name_request},
      {.name = "client_address",
       .why_here = "before anything is counted by it",
       .before = [&proxies = parts.proxies](RequestScope& scope) -> Result<void> {
         scope.request.client_address = proxies.client_of(scope.request);
         return {};
       }},
      {.name = "access_log",
       .why_here = "around everything that may refuse, so that refusals are seen too",
       .after = [&log = parts.log](const RequestScope& scope) { log_access(log, scope); }},
      {.name = "metrics",
       .why_here = "beside the log, so that both count the same requests",
       .after = [&metrics = parts.metrics](
                    const RequestScope& scope) { metrics.count_request(scope.status, seconds_since(scope)); }},
      {.name = "auth",
       .why_here = "before a byte of the body is read; unknown routes and methods are answered without it",
       .before = [&doors = parts.doors](RequestScope& scope) { return admit(doors, scope); },
       .wait = [&identities = parts.identities](RequestScope& scope) { return identify(identities, scope); }},
      {.name = "rate_limit",
       .why_here = "after auth, so that callers are told apart by their keys; also counts whom auth refused",
       .before = [&limits = parts.limits](RequestScope& scope) { return spend_of_limits(limits, scope); },
       .after =
           [&failed = parts.failed_attempts](const RequestScope& scope) {
             if (scope.status == 401) failed.spend(auth::limit_key(scope.request.client_address));
           },
       .refine = [&failed = parts.failed_attempts](
                     const RequestScope& scope, Error error) { return tell_to_wait(failed, scope, std::move(error)); }},
      // Then, in http::Connection: the route's body limit, reading the body, the handler, and mapping whatever
      // error any of these gave to the route's error shape.
  };
}

}  // namespace offhook::api
