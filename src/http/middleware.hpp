#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "http/router.hpp"

namespace offhook {
class Loop;
}

namespace offhook::http {

/// One request on its way through the chain.
struct RequestScope {
  Loop& loop;
  Request& request;
  const Route* route = nullptr;     ///< null: no row fits
  int status = 0;                   ///< in `after`: what was answered
  std::size_t sent_body_bytes = 0;  ///< in `after`
  Instant began{};
  const Error* error = nullptr;  ///< in `after`: what went wrong, if something did
};

/// A step around every request. Its parts are plain functions, and only `wait` can lead to waiting.
/// `before` runs when the head has arrived and before the body is read; an error ends the request.
/// `after` runs, in the same order, when the answer has been sent, for every request that had a head.
struct Middleware {
  std::string_view name;
  std::string_view why_here;
  std::function<Result<void>(RequestScope&)> before;
  /// Runs ahead of `before`. Gives a task when something has to be waited for (the database), which is then
  /// awaited and may refuse; nullopt, the usual case, costs nothing. The scope outlives the task.
  std::function<std::optional<Task<void>>(RequestScope&)> wait;
  std::function<void(const RequestScope&)> after;
  /// Sees every error before it is answered and may put another in its place.
  std::function<Error(const RequestScope&, Error)> refine;
};

}  // namespace offhook::http
