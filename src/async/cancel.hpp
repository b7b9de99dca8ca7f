#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/system/system_error.hpp>

#include <exception>
#include <string>

#include "async/loop.hpp"
#include "async/suspend.hpp"

namespace offhook {

/// Turns what a spawned task threw into a Result: cancellation becomes ErrorKind::cancelled, anything
/// else is a broken invariant and becomes ErrorKind::internal with its text for the log.
[[nodiscard]] Error error_from(const std::exception_ptr& thrown);

/// A handle to cancel one piece of work from outside it. Only on the loop that runs the work.
class CancelSource {
 public:
  void cancel() {
    cancelled_ = true;
    signal_.emit(asio::cancellation_type::terminal);
  }
  [[nodiscard]] bool is_cancelled() const { return cancelled_; }
  [[nodiscard]] asio::cancellation_slot slot() { return signal_.slot(); }

 private:
  asio::cancellation_signal signal_;
  bool cancelled_ = false;
};

/// Runs `work` so that `source.cancel()`, or cancelling the caller, cancels it. Returns when the work
/// has really ended. `source` must outlive the call.
template <class T>
Task<T> cancellable(CancelSource& source, Task<T> work) {
  const Executor executor = co_await asio::this_coro::executor;
  if (source.is_cancelled()) co_return fail(ErrorKind::cancelled);
  auto start = [&source, executor, task = std::move(work)](Promise<T> promise) mutable {
    asio::co_spawn(executor, std::move(task),
                   asio::bind_cancellation_slot(source.slot(), [promise](std::exception_ptr thrown, Result<T> result) {
                     promise.set(thrown ? Result<T>(fail(error_from(thrown))) : std::move(result));
                   }));
  };
  co_return co_await suspend<T>(std::move(start), [&source] { source.cancel(); });
}

/// Runs `work`, cancelling it when `deadline` passes; then the result is ErrorKind::timeout. Waits for
/// the work to have ended, so nothing it borrowed is used afterwards.
template <class T>
Task<T> with_deadline(Deadline deadline, Task<T> work) {
  if (deadline.at == Instant::max()) co_return co_await std::move(work);
  Loop& loop = co_await this_loop();
  CancelSource source;
  bool expired = false;
  Timer alarm(loop.timers());
  alarm.arm(deadline.at, [&] {
    expired = true;
    source.cancel();
  });
  auto result = co_await cancellable(source, std::move(work));
  if (expired && !result) co_return fail(ErrorKind::timeout);
  co_return result;
}

/// Does nothing until `due`.
Task<void> sleep_until(Instant due);
Task<void> sleep_for(Duration duration);

}  // namespace offhook
