#pragma once

#include <chrono>
#include <string>

namespace offhook {

/// A point on the monotonic axis that deadlines and timers live on. In virtual time it is virtual too.
using Instant = std::chrono::steady_clock::time_point;
using Duration = std::chrono::steady_clock::duration;

/// A point in civil time, UTC, microseconds.
using UtcTime = std::chrono::sys_time<std::chrono::microseconds>;

/// Source of time. All time in Offhook comes from here, so that a test or the call lab can move it.
/// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Instant now() const = 0;
  [[nodiscard]] virtual UtcTime utc_now() const = 0;
};

/// The machine's own clocks.
class RealClock final : public Clock {
 public:
  [[nodiscard]] Instant now() const override { return std::chrono::steady_clock::now(); }
  [[nodiscard]] UtcTime utc_now() const override {
    return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
  }
};

/// A clock that stands still until it is moved. Not thread-safe: virtual time has one thread.
class VirtualClock final : public Clock {
 public:
  explicit VirtualClock(UtcTime start) : start_(start) {}
  [[nodiscard]] Instant now() const override { return now_; }
  [[nodiscard]] UtcTime utc_now() const override {
    return start_ + std::chrono::duration_cast<std::chrono::microseconds>(now_.time_since_epoch() - kOrigin);
  }
  /// Moves forward to `instant`; an instant in the past changes nothing.
  void advance_to(Instant instant) {
    if (instant > now_) now_ = instant;
  }

 private:
  // An hour after the epoch, so that "now minus a minute" is still a positive time.
  static constexpr Duration kOrigin = std::chrono::hours(1);
  UtcTime start_;
  Instant now_{kOrigin};
};

/// A moment after which work for a request is of no use to anybody.
struct Deadline {
  Instant at = Instant::max();
  [[nodiscard]] static Deadline after(const Clock& clock, Duration limit) { return {clock.now() + limit}; }
  [[nodiscard]] Deadline sooner(Deadline other) const { return {at < other.at ? at : other.at}; }
  [[nodiscard]] bool passed(const Clock& clock) const { return clock.now() >= at; }
};

}  // namespace offhook
