#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <span>

#include "base/random.hpp"
#include "store/group_commit.hpp"
#include "store/sql/postgres_connection.hpp"
#include "store/store.hpp"

namespace offhook::store {

/// Runs the store's jobs in transactions of a PostgreSQL connection, with what SQLite's single writer gives for
/// nothing: writes are SERIALIZABLE, so whatever a job reads before it writes still holds when it commits, though
/// other connections and other processes write at the same time. One thread at a time.
///
/// What happens when something fails:
/// - A job that fails loses its own changes only.
/// - A statement that fails dooms a PostgreSQL transaction. The job runs again with a savepoint around each
///   statement, so that a job may go on after a failure just as on SQLite.
/// - A transaction that fails of what others did runs again, at most kMostAttempts times.
/// - A connection lost before COMMIT was sent: nothing was stored, so the work runs again on a new one.
/// - A connection lost while COMMIT is under way: nobody knows. The job is answered unavailable and not run again.
class PostgresTransactions {
 public:
  /// How often one job is begun at most.
  static constexpr int kMostAttempts = 12;

  struct Hooks {
    /// Makes the connection usable when it is lost. Fails at once while the server is known to be away.
    std::function<Result<void>()> ensure_connected;
    /// Waits a little before another attempt, or returns early when the store closes.
    std::function<void(std::chrono::milliseconds)> pause;
  };

  PostgresTransactions(sql::PostgresConnection& db, Hooks hooks, Random random)
      : db_(db), hooks_(std::move(hooks)), random_(random) {}

  /// Runs the jobs (one at least) in one transaction, each in a savepoint, and finishes them after the commit. When
  /// that fails, each half of them by itself, down to one job in a transaction of its own.
  BatchOutcome write(std::span<const std::unique_ptr<Store::Job>> jobs);
  /// Runs the job in a snapshot that it cannot write to, and finishes it.
  void read(Store::Job& job);

 private:
  /// How a transaction ended.
  enum class End : std::uint8_t {
    done,         ///< committed, or rolled back since the job failed by itself
    rolled_back,  ///< nothing was stored, for certain
    unknown,      ///< the connection went away while the commit was under way
  };
  struct Outcome {
    End end = End::done;
    std::optional<Error> error = std::nullopt;  ///< why it did not end well
    bool is_worth_repeating = false;
  };

  void write_alone(Store::Job& job);
  Outcome run_alone(Store::Job& job);
  Outcome run_together(std::span<const std::unique_ptr<Store::Job>> jobs);
  /// Runs the job; once more, carefully, when a statement in it failed. `undo` takes back what the first run did.
  /// Returns why the transaction is over, if it is; whether the job is to be kept stands in `keeps`.
  std::optional<Outcome> run_job(Store::Job& job, std::string_view undo, bool& keeps);
  Outcome commit(std::string_view sql);
  /// Rolls back whatever there is. Returns the outcome for `error`.
  Outcome give_up(Error error, sql::Trouble trouble);
  std::optional<Outcome> attempt(std::string_view sql);
  void pause_before(int attempt);

  sql::PostgresConnection& db_;
  Hooks hooks_;
  Random random_;
};

}  // namespace offhook::store
