#pragma once

#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "async/suspend.hpp"
#include "store/sql/connection.hpp"

namespace offhook::store {

/// What a store has done since it was opened, for metrics.
struct StoreStats {
  std::uint64_t write_batches = 0;  ///< transactions that held writes
  std::uint64_t writes = 0;         ///< writes answered, failed ones included
  std::uint64_t largest_batch = 0;  ///< writes in one transaction
  std::uint64_t batch_retries = 0;  ///< batches that failed as a whole and were run row by row
  std::uint64_t refused = 0;        ///< writes and reads refused because a queue was full
  std::uint64_t reads = 0;
  std::uint64_t checkpoints = 0;
  std::uint64_t queued_writes = 0;  ///< waiting now
};

/// The database. Writes of many requests share a transaction (group commit) and nobody is answered
/// before it is on disk; reads see a consistent snapshot of what was committed. Thread-safe.
///
/// How long a call waits is bounded by its caller: with_deadline(deadline, store.write(…)) resumes at
/// the deadline. A write that was accepted by then is still carried out.
///
/// The destructor carries out what was accepted; the loops of those who wait must still exist then.
class Store {
 public:
  virtual ~Store() = default;

  /// What a work returns: Result<T>.
  template <class Function>
  using ValueOf = typename std::invoke_result_t<Function&, sql::Connection&>::value_type;

  /// Runs `function` (Result<T>(sql::Connection&)) inside a savepoint of the next write batch, and gives
  /// its result after the commit. A failed Result rolls back the savepoint only: neighbours are not
  /// touched. The function may run again (row-by-row retry after a failed batch), so it makes ids and
  /// times beforehand and has no effect outside the database; it owns everything it uses, since it
  /// may run after a cancelled caller is gone. An exception in it is ErrorKind::internal. Errors besides
  /// the function's own: unavailable (the queue is full, the disk refuses).
  template <class Function>
  auto write(Function function) -> Task<ValueOf<Function>>;

  /// Runs `function` (Result<T>(sql::Connection&)) on a reading connection, in a snapshot.
  template <class Function>
  auto read(Function function) -> Task<ValueOf<Function>>;

  /// Thread-safe.
  [[nodiscard]] virtual StoreStats stats() const = 0;

  /// One piece of work on its way through the store.
  class Job {
   public:
    virtual ~Job() = default;
    /// Runs the work, perhaps again after a failed batch. Returns whether its changes are to stay.
    virtual bool run(sql::Connection& db) noexcept = 0;
    /// Answers whoever waits, once: with what run() came to, or with `failure` when there is one.
    virtual void finish(std::optional<Error> failure) = 0;
  };

 protected:
  /// Queues the job, which is finished exactly once, from any thread, after the commit.
  virtual void submit_write(std::unique_ptr<Job> job) = 0;
  virtual void submit_read(std::unique_ptr<Job> job) = 0;

 private:
  template <class Function>
  class FunctionJob;
};

template <class Function>
class Store::FunctionJob final : public Store::Job {
 public:
  using R = std::invoke_result_t<Function&, sql::Connection&>;
  FunctionJob(Function function, Promise<ValueOf<Function>> promise)
      : function_(std::move(function)), promise_(std::move(promise)) {}

  bool run(sql::Connection& db) noexcept override {
    try {
      outcome_ = function_(db);
    } catch (const std::exception& error) {
      outcome_ = fail(ErrorKind::internal, {}, error.what());
    } catch (...) {
      outcome_ = fail(ErrorKind::internal, {}, "an unknown exception in a database work");
    }
    return outcome_->has_value();
  }

  void finish(std::optional<Error> failure) override {
    if (failure || !outcome_) {
      promise_.set(fail(failure ? std::move(*failure) : Error{.kind = ErrorKind::internal}));
    } else {
      promise_.set(std::move(*outcome_));
    }
  }

 private:
  Function function_;
  Promise<ValueOf<Function>> promise_;
  std::optional<R> outcome_;  // of the last run
};

template <class Function>
auto Store::write(Function function) -> Task<ValueOf<Function>> {
  using T = ValueOf<Function>;
  co_return co_await suspend<T>([this, work = std::move(function)](Promise<T> promise) mutable {
    submit_write(std::make_unique<FunctionJob<Function>>(std::move(work), std::move(promise)));
  });
}

template <class Function>
auto Store::read(Function function) -> Task<ValueOf<Function>> {
  using T = ValueOf<Function>;
  co_return co_await suspend<T>([this, work = std::move(function)](Promise<T> promise) mutable {
    submit_read(std::make_unique<FunctionJob<Function>>(std::move(work), std::move(promise)));
  });
}

}  // namespace offhook::store
