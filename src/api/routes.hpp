#pragma once

#include <vector>

#include "api/services.hpp"
#include "auth/attempt_limit.hpp"
#include "http/middleware.hpp"
#include "http/router.hpp"

namespace offhook::api {

/// The route table. `services` must outlive it.
[[nodiscard]] std::vector<http::Route> make_routes(const Services& services);

/// The middleware chain: what happens around every request, in order. Everything must outlive it.
[[nodiscard]] std::vector<http::Middleware> make_chain(const auth::Doors& doors, auth::AttemptLimit& attempts,
                                                       obs::Log& log, obs::Metrics& metrics);

}  // namespace offhook::api
