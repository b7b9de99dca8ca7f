#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "async/suspend.hpp"
#include "store/sql/connection.hpp"

namespace offhook::store {

/// The database. Writes of many requests share a transaction (group commit) and nobody is answered
/// before it is on disk; reads see a consistent snapshot of what was committed. Thread-safe.
class Store {
 public:
  using Work = std::move_only_function<Result<void>(sql::Connection&)>;
  virtual ~Store() = default;

  /// Runs `function` (Result<T>(sql::Connection&)) inside a savepoint of the next write batch, and gives
  /// its result after the commit. A failed Result rolls back the savepoint only: neighbours are not
  /// touched. The function may run again (row-by-row retry after a failed batch), so it makes ids and
  /// times beforehand and has no effect outside the database; it owns everything it uses, since it
  /// may run after a cancelled caller is gone. Errors besides the function's own: unavailable
  /// (the queue is full, the disk refuses).
  template <class Function>
  auto write(Function function) -> Task<typename std::invoke_result_t<Function&, sql::Connection&>::value_type>;

  /// Runs `function` (Result<T>(sql::Connection&)) on a reading connection.
  template <class Function>
  auto read(Function function) -> Task<typename std::invoke_result_t<Function&, sql::Connection&>::value_type>;

 protected:
  /// Queues `work`; `done` is called exactly once, from any thread, after the commit (with the work's
  /// own error, or the commit's).
  virtual void submit_write(Work work, std::move_only_function<void(Result<void>)> done) = 0;
  virtual void submit_read(Work work, std::move_only_function<void(Result<void>)> done) = 0;

 private:
  template <class Function, class Submit>
  static auto run(Function function, Submit submit)
      -> Task<typename std::invoke_result_t<Function&, sql::Connection&>::value_type>;
};

template <class Function, class Submit>
auto Store::run(Function function, Submit submit)
    -> Task<typename std::invoke_result_t<Function&, sql::Connection&>::value_type> {
  using R = std::invoke_result_t<Function&, sql::Connection&>;
  using T = typename R::value_type;
  co_return co_await suspend<T>([job = std::move(function), submit](Promise<T> promise) mutable {
    // Shared by the work, which fills it, and the completion, which hands it over after the commit.
    auto outcome = std::make_shared<R>();
    submit(
        [outcome, run_job = std::move(job)](sql::Connection& db) mutable -> Result<void> {
          *outcome = run_job(db);
          if (!*outcome) return fail(outcome->error());
          return {};
        },
        [outcome, promise](Result<void> committed) {
          if (committed) {
            promise.set(std::move(*outcome));
          } else {
            promise.set(fail(std::move(committed.error())));
          }
        });
  });
}

template <class Function>
auto Store::write(Function function) -> Task<typename std::invoke_result_t<Function&, sql::Connection&>::value_type> {
  return run(std::move(function), [this](Work work, auto done) { submit_write(std::move(work), std::move(done)); });
}

template <class Function>
auto Store::read(Function function) -> Task<typename std::invoke_result_t<Function&, sql::Connection&>::value_type> {
  return run(std::move(function), [this](Work work, auto done) { submit_read(std::move(work), std::move(done)); });
}

}  // namespace offhook::store
