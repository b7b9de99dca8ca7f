#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "auth/rate_limit.hpp"
#include "base/result.hpp"
#include "http/router.hpp"

namespace offhook::auth {

/// Which limits there are. 0: none of this kind.
struct RequestLimitOptions {
  std::map<std::string, int> per_minute;  ///< by rate class, for each key or, without one, address
  int key_per_hour = 0;                   ///< chat requests of one API key
  int address_per_hour = 0;               ///< chat requests of an address without a key
  bool spares_loopback = true;            ///< the address limit is not for this machine's own requests
  int caller_per_hour = 0;                ///< chat requests for one caller
};

/// How often somebody may ask: the token buckets that stand before the routes. One request may fall under several; it
/// passes when all let it, and one that is refused takes from none. Thread-safe.
class RequestLimits {
 public:
  RequestLimits(const Clock& clock, const RequestLimitOptions& options);

  /// Takes a request of `rate` from its buckets and adds x-ratelimit-limit-requests, -remaining- and -reset- of the
  /// tightest one to the request's answer, refused or not. Error: rate_limited with the time to wait.
  /// Source of the headers: OpenAI API, "Rate limits in headers"; the reset is a duration such as 6m0s.
  Result<void> admit(http::Request& request, http::RateClass rate);
  /// The same for a caller, whom only the body names; "" is nobody.
  Result<void> admit_caller(http::Request& request, const std::string& phone);

 private:
  struct Limit {
    RateLimit* buckets;
    std::string key;
    const char* whose;
  };
  std::vector<Limit> limits_of(const http::Request& request, http::RateClass rate) const;

  std::map<std::string, std::unique_ptr<RateLimit>> by_class_;
  std::unique_ptr<RateLimit> by_key_;
  std::unique_ptr<RateLimit> by_address_;
  std::unique_ptr<RateLimit> by_caller_;
  bool spares_loopback_;
};

/// Who asks, for limits that count by asker: the key's public name, else the address's network.
[[nodiscard]] std::string asker_of(const http::Request& request);

/// A duration as OpenAI's headers have it: "120ms", "1s", "6m0s", "1h0m30s".
[[nodiscard]] std::string duration_text(Duration duration);

}  // namespace offhook::auth
