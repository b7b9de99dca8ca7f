#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.hpp"

namespace offhook::auth {

/// A token bucket for each key: an address that fails to present a key, or a caller of a class of routes. It holds
/// `burst` requests and is refilled evenly, so in any hour at most `burst + per_hour` pass.
/// Thread-safe; at most `max_keys` are remembered, the fullest buckets forgotten first: whoever was limited
/// least.
class RateLimit {
 public:
  struct Options {
    double per_hour = 100;
    double burst = 100;
    std::size_t max_keys = 10'000;
  };
  /// What became of a request, in the words of the x-ratelimit headers.
  struct Taken {
    bool is_allowed = true;
    int limit = 0;                       ///< requests that a full bucket holds
    int remaining = 0;                   ///< whole requests left
    Duration reset{};                    ///< until the bucket is full again
    std::chrono::seconds retry_after{};  ///< until the next request, when refused
  };
  RateLimit(const Clock& clock, Options options) : clock_(clock), options_(options) {}

  /// Takes one request from the bucket if one is there: looking and taking are one step, whoever else asks.
  [[nodiscard]] Taken take(std::string_view key);

  /// How long to wait before the next request; zero: go ahead.
  [[nodiscard]] std::chrono::seconds wait_for(std::string_view key);
  /// Takes one request from the bucket.
  void spend(std::string_view key);
  /// Puts it back: the request was no guess.
  void give_back(std::string_view key);

 private:
  struct Bucket {
    double tokens = 0;
    Instant filled_at{};
  };
  void refill(Bucket& bucket) const;
  Bucket& bucket_of(std::string_view key);
  void make_room();

  const Clock& clock_;
  const Options options_;
  std::mutex mutex_;
  std::unordered_map<std::string, Bucket> buckets_;
};

}  // namespace offhook::auth
