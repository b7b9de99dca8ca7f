#pragma once

#include <boost/asio/executor_work_guard.hpp>

#include <memory>
#include <optional>

#include "async/task.hpp"
#include "async/timers.hpp"
#include "base/clock.hpp"
#include "base/random.hpp"

namespace offhook {

/// One thread's world: an io_context with its clock, timers and random numbers. The server runs one for
/// each core; a connection stays on the loop it landed on.
///
/// In virtual time there is one loop on one thread. Its clock stands still while anything can run, waits
/// for helpers in flight (Busy), and then jumps to the next due timer.
class Loop {
 public:
  /// A loop in real time.
  Loop(const Clock& clock, std::uint64_t seed);
  /// A loop in virtual time: it alone moves `clock`.
  Loop(VirtualClock& clock, std::uint64_t seed);
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  /// The loop that owns an executor: `Loop& loop = co_await this_loop();` reads better inside a task.
  [[nodiscard]] static Loop& of(const Executor& executor);

  [[nodiscard]] asio::io_context& context() { return context_; }
  [[nodiscard]] Executor executor() { return context_.get_executor(); }
  [[nodiscard]] const Clock& clock() const { return clock_; }
  [[nodiscard]] Timers& timers() { return timers_; }
  [[nodiscard]] Random& random() { return random_; }
  [[nodiscard]] bool is_virtual() const { return virtual_clock_ != nullptr; }

  /// Runs until stop(). Real time only; one call at a time.
  void run();
  /// Ends run() soon. Thread-safe.
  void stop();

  /// Runs until `task` ends and gives its result; an exception in it comes out here. In virtual time,
  /// throws std::logic_error when the task waits for something that can never happen.
  template <class T>
  Result<T> block_on(Task<T> task);

  /// While one exists, virtual time stands still: something outside (a helper process) is working.
  class Busy {
   public:
    explicit Busy(Loop& loop) : loop_(loop) { ++loop_.busy_; }
    ~Busy() { --loop_.busy_; }
    Busy(const Busy&) = delete;
    Busy& operator=(const Busy&) = delete;

   private:
    Loop& loop_;
  };

 private:
  struct Registration;
  void register_self();
  void run_until(const bool& done);

  asio::io_context context_{1};
  asio::executor_work_guard<Executor> work_{context_.get_executor()};
  const Clock& clock_;
  VirtualClock* virtual_clock_ = nullptr;
  Timers timers_;
  Random random_;
  std::size_t busy_ = 0;
};

/// The loop that the calling task runs on.
inline asio::awaitable<std::reference_wrapper<Loop>, Executor> this_loop() {
  const Executor executor = co_await asio::this_coro::executor;
  co_return std::ref(Loop::of(executor));
}

}  // namespace offhook

#include <boost/asio/co_spawn.hpp>

template <class T>
offhook::Result<T> offhook::Loop::block_on(Task<T> task) {
  bool done = false;
  std::exception_ptr thrown;
  Result<T> result = fail(ErrorKind::cancelled, {}, "the loop was stopped");
  asio::co_spawn(context_, std::move(task), [&](std::exception_ptr exception, Result<T> value) {
    thrown = exception;
    result = std::move(value);
    done = true;
    if (!is_virtual()) context_.stop();
  });
  run_until(done);
  if (thrown) std::rethrow_exception(thrown);
  return result;
}
