#pragma once

#include <functional>
#include <memory>
#include <string>
#include <type_traits>

#include "async/suspend.hpp"

namespace offhook {

/// A place for blocking or heavy work. Thread-safe.
class Workers {
 public:
  using Work = std::move_only_function<void()>;
  virtual ~Workers() = default;
  /// Takes the work; false when the queue is full.
  [[nodiscard]] virtual bool post(Work work) = 0;
};

/// `threads` threads behind a queue of at most `max_queued` pieces. The destructor finishes what was
/// accepted, then joins.
[[nodiscard]] std::unique_ptr<Workers> make_thread_pool(std::string name, std::size_t threads, std::size_t max_queued);

/// Runs work at once on the caller's thread: what virtual time uses.
[[nodiscard]] std::unique_ptr<Workers> make_inline_workers();

/// Runs `function` (returning Result<T>) among the workers and comes back to the caller's loop. A full
/// queue is ErrorKind::unavailable. When the caller is cancelled it resumes at once; the function still
/// runs to its end, so it must own what it uses.
template <class Function>
auto offload(Workers& workers, Function function) -> Task<typename std::invoke_result_t<Function>::value_type> {
  using T = typename std::invoke_result_t<Function>::value_type;
  co_return co_await suspend<T>([&workers, work = std::move(function)](Promise<T> promise) mutable {
    const bool accepted = workers.post([promise, job = std::move(work)]() mutable {
      try {
        promise.set(job());
      } catch (const std::exception& error) {
        promise.set(fail(ErrorKind::internal, {}, error.what()));
      }
    });
    if (!accepted) promise.set(fail(ErrorKind::unavailable, {}, "the worker queue is full"));
  });
}

}  // namespace offhook
