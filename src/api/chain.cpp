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
    scope.request.id = *given;
  } else {
    static constexpr char kHex[] = "0123456789abcdef";
    std::uint64_t bits = scope.loop.random().next();
    scope.request.id.resize(16);
    for (char& c : scope.request.id) {
      c = kHex[bits & 15];
      bits >>= 4;
    }
  }
  return {};
}

double seconds_since(const RequestScope& scope) {
  return std::chrono::duration<double>(scope.loop.clock().now() - scope.began).count();
}

}  // namespace

std::vector<http::Middleware> make_chain(const auth::Doors& doors, auth::AttemptLimit& attempts, obs::Log& log,
                                         obs::Metrics& metrics) {
  std::vector<http::Middleware> chain;
  chain.push_back({.name = "request_id",
                   .why_here = "first, so that every later line and answer can name the request",
                   .before = name_request});
  chain.push_back({.name = "access_log",
                   .why_here = "around everything that may refuse, so that refusals are seen too",
                   .after = [&log](const RequestScope& scope) {
                     const auto level = scope.status >= 500 ? obs::Level::warning : obs::Level::info;
                     if (!log.is_on(level)) return;
                     log.write(level, "request",
                               {{"request_id", scope.request.id},
                                {"method", http::to_string(scope.request.method)},
                                {"path", scope.route != nullptr ? std::string_view(scope.route->path) : "(unknown)"},
                                {"status", scope.status},
                                {"ms", seconds_since(scope) * 1000},
                                {"bytes", scope.sent_body_bytes},
                                {"error", scope.error != nullptr ? scope.error->log_text() : std::string_view("-")}});
                   }});
  chain.push_back(
      {.name = "metrics",
       .why_here = "beside the log, so that both count the same requests",
       .after = [&metrics](const RequestScope& scope) { metrics.count_request(scope.status, seconds_since(scope)); }});
  chain.push_back({.name = "auth",
                   .why_here = "before a byte of the body is read; unknown routes and methods are answered without it",
                   .before = [&doors](RequestScope& scope) -> Result<void> {
                     if (scope.route == nullptr) return {};
                     auto admitted = doors.admit(scope.request, scope.route->access);
                     if (!admitted) return fail(admitted);
                     scope.request.principal = std::move(*admitted);
                     return {};
                   }});
  chain.push_back(
      {.name = "rate_limit",
       .why_here = "counts what auth refused: whoever fails often is told to wait, whoever has a key is not",
       .after =
           [&attempts](const RequestScope& scope) {
             if (scope.status == 401) attempts.spend(scope.request.peer_address);
           },
       .refine =
           [&attempts](const RequestScope& scope, Error error) {
             if (error.kind != ErrorKind::unauthorized) return error;
             const auto wait = attempts.wait_for(scope.request.peer_address);
             if (wait.count() == 0) return error;
             return Error{.kind = ErrorKind::rate_limited,
                          .client = "Too many failed attempts from this address.",
                          .retry_after = wait};
           }});
  // Then, in http::Connection: the route's body limit, reading the body, the handler, and mapping whatever
  // error any of these gave to the route's error shape.
  return chain;
}

}  // namespace offhook::api
