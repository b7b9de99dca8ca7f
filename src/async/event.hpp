#pragma once

#include <vector>

#include "async/loop.hpp"
#include "async/suspend.hpp"

namespace offhook {

/// Something that has happened or not, and that tasks of one loop wait for. Stays set until reset.
class Event {
 public:
  void set() {
    is_set_ = true;
    for (auto& waiter : std::exchange(waiters_, {})) waiter.set({});
  }
  void reset() { is_set_ = false; }
  [[nodiscard]] bool is_set() const { return is_set_; }
  Task<void> wait() {
    if (is_set_) co_return Result<void>{};
    co_return co_await suspend<void>([this](Promise<void> promise) { waiters_.push_back(std::move(promise)); });
  }
  /// The same until `deadline` at most; then ErrorKind::timeout. Far cheaper than with_deadline() around wait().
  Task<void> wait_until(Deadline deadline) {
    if (is_set_ || deadline.at == Instant::max()) co_return co_await wait();
    Loop& loop = co_await this_loop();
    Timer alarm(loop.timers());
    co_return co_await suspend<void>([this, &alarm, deadline](Promise<void> promise) {
      alarm.arm(deadline.at, [promise] { promise.set(fail(ErrorKind::timeout)); });
      waiters_.push_back(std::move(promise));
    });
  }

 private:
  bool is_set_ = false;
  std::vector<Promise<void>> waiters_;
};

}  // namespace offhook
