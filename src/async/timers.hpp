#pragma once

#include <functional>
#include <map>

#include "async/task.hpp"
#include "base/clock.hpp"

namespace offhook {

class Timer;

/// All timers of one loop, ordered by due time, then by the order of arming. In real time one system
/// timer wakes the loop for the earliest; in virtual time nothing wakes it: Loop jumps. One thread.
class Timers {
 public:
  Timers(asio::io_context& context, const Clock& clock, bool is_virtual);
  ~Timers();
  Timers(const Timers&) = delete;
  Timers& operator=(const Timers&) = delete;

  /// The due time of the earliest timer; Instant::max() when there is none.
  [[nodiscard]] Instant earliest() const { return queue_.empty() ? Instant::max() : queue_.begin()->first; }
  /// Fires every timer that is due now, in order. Returns how many.
  std::size_t fire_due();

 private:
  friend class Timer;
  using Queue = std::multimap<Instant, Timer*>;
  struct Wakeup;

  Queue::iterator add(Instant due, Timer& timer);
  void remove(Queue::iterator position) { queue_.erase(position); }
  void ensure_wakeup();

  const Clock& clock_;
  Queue queue_;
  std::unique_ptr<Wakeup> wakeup_;  // null in virtual time
};

/// One alarm. It belongs to whoever waits; destroying it disarms it. Must not outlive its Timers.
class Timer {
 public:
  explicit Timer(Timers& timers) : timers_(timers) {}
  ~Timer() { disarm(); }
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  /// Calls `callback` once, on the loop, when `due` is reached. Replaces an earlier arming.
  void arm(Instant due, std::function<void()> callback);
  void disarm();
  [[nodiscard]] bool is_armed() const { return armed_; }

 private:
  friend class Timers;
  Timers& timers_;
  Timers::Queue::iterator position_{};
  std::function<void()> callback_;
  bool armed_ = false;
};

/// A deadline that moves often and passes rarely (an idle connection). Moving it is one store: the
/// alarm behind it is re-armed only when it rings too early.
class Watchdog {
 public:
  Watchdog(Timers& timers, const Clock& clock, std::function<void()> on_expiry)
      : clock_(clock), timer_(timers), on_expiry_(std::move(on_expiry)) {}

  void expect_before(Instant due) {
    due_ = due;
    if (!timer_.is_armed() || due < armed_for_) arm();
  }
  void rest() { due_ = Instant::max(); }

 private:
  void arm();
  const Clock& clock_;
  Timer timer_;
  std::function<void()> on_expiry_;
  Instant due_ = Instant::max();
  Instant armed_for_ = Instant::max();
};

}  // namespace offhook
