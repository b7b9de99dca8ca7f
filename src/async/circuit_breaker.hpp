#pragma once

#include <mutex>
#include <optional>
#include <string_view>
#include <utility>

#include "base/clock.hpp"

namespace offhook {

/// Keeps us from asking something that keeps failing. Closed it lets everything through; after some failures in a row,
/// or one that says all, it opens and refuses for a while; then it is half open and lets one probe at a time through:
/// success closes it, failure opens it again for twice as long.
///
/// Thread-safe: one breaker serves every loop. Its lock is held for a few instructions, never while anybody waits.
class CircuitBreaker {
 public:
  struct Options {
    int failures_to_open = 3;  ///< in a row
    Duration rest = std::chrono::seconds(5);
    Duration longest_rest = std::chrono::seconds(60);
  };
  enum class State { closed, open, half_open };

  /// Leave to ask once. Say how it went; gone without a word (whoever asked was cancelled) it changes nothing, and the
  /// next may probe.
  class Permit {
   public:
    Permit() = default;
    Permit(Permit&& other) noexcept : breaker_(std::exchange(other.breaker_, nullptr)), probes_(other.probes_) {}
    Permit& operator=(Permit&& other) noexcept;
    ~Permit() { give_back(); }
    Permit(const Permit&) = delete;
    Permit& operator=(const Permit&) = delete;

    void succeed();
    /// opens_at_once: the next request is certain to fail too. stay_away: at least so long, as the other side asked.
    void fail(bool opens_at_once = false, Duration stay_away = {});
    /// Is there a word to be said yet?
    [[nodiscard]] bool is_open() const { return breaker_ != nullptr; }

   private:
    friend class CircuitBreaker;
    Permit(CircuitBreaker& breaker, bool probes) : breaker_(&breaker), probes_(probes) {}
    void give_back();
    CircuitBreaker* breaker_ = nullptr;
    bool probes_ = false;
  };

  /// `clock` must outlive it; the breaker must outlive its permits.
  CircuitBreaker(const Clock& clock, Options options) : clock_(clock), options_(options) {}

  /// Nothing while it is open, or while a probe is under way.
  [[nodiscard]] std::optional<Permit> ask();
  [[nodiscard]] State state() const;

 private:
  const Clock& clock_;
  Options options_;
  mutable std::mutex mutex_;
  int failures_ = 0;         // in a row, while closed
  bool is_tripped_ = false;  // open or half open
  bool is_probing_ = false;
  Duration rest_{};  // how long it rests now
  Instant rests_until_{};
};

/// "closed", "open", "half_open"
[[nodiscard]] std::string_view to_string(CircuitBreaker::State state);

}  // namespace offhook
