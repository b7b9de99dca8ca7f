#pragma once

#include <vector>

#include "api/services.hpp"
#include "auth/client_address.hpp"
#include "auth/identities.hpp"
#include "auth/rate_limit.hpp"
#include "auth/request_limits.hpp"
#include "http/middleware.hpp"
#include "http/router.hpp"

namespace offhook::api {

/// The route table. `services` must outlive it.
[[nodiscard]] std::vector<http::Route> make_routes(const Services& services);

/// What the chain works with. All of it must outlive the chain.
struct ChainParts {
  const auth::TrustedProxies& proxies;
  const auth::Doors& doors;
  auth::Identities& identities;      ///< who stands behind tokens and keys
  auth::RateLimit& failed_attempts;  ///< of an address
  auth::RequestLimits& limits;       ///< how often anybody may ask
  obs::Log& log;
  obs::Metrics& metrics;
};

/// The middleware chain: what happens around every request, in order.
[[nodiscard]] std::vector<http::Middleware> make_chain(const ChainParts& parts);

}  // namespace offhook::api
