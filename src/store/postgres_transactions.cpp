#include "store/postgres_transactions.hpp"

#include <algorithm>

namespace offhook::store {
namespace {

constexpr std::string_view kBegin = "BEGIN ISOLATION LEVEL SERIALIZABLE";
constexpr std::string_view kBeginWithSavepoint = "BEGIN ISOLATION LEVEL SERIALIZABLE; SAVEPOINT job";
constexpr std::string_view kBeginRead = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY";

Error commit_unknown(Error error) {
  error.log = "it is not known whether this was stored: " + error.log;
  return error;
}

}  // namespace

BatchOutcome PostgresTransactions::write(std::span<const std::unique_ptr<Store::Job>> jobs) {
  if (jobs.size() == 1) {
    write_alone(*jobs.front());
    return {};
  }
  // An idle connection may have been closed by the server: that is found out here and costs nobody anything.
  for (int attempt = 0; attempt < 2; ++attempt) {
    if (auto connected = hooks_.ensure_connected(); !connected) {
      for (const auto& job : jobs) job->finish(connected.error());
      return {};
    }
    const Outcome outcome = run_together(jobs);
    if (outcome.end != End::rolled_back) {
      for (const auto& job : jobs) job->finish(outcome.error);
      return {};
    }
    if (!db_.is_lost()) break;
  }
  // Less in one transaction meets less of what others do, and keeps more of what a group saves than one by one.
  const std::size_t half = jobs.size() / 2;
  write(jobs.first(half));
  write(jobs.subspan(half));
  return {.was_retried = true};
}

void PostgresTransactions::write_alone(Store::Job& job) {
  std::optional<Error> failure;
  for (int attempt = 1; attempt <= kMostAttempts; ++attempt) {
    if (attempt > 1) pause_before(attempt);
    if (auto connected = hooks_.ensure_connected(); !connected) return job.finish(std::move(connected.error()));
    Outcome outcome = run_alone(job);
    failure = std::move(outcome.error);
    if (outcome.end != End::rolled_back || !outcome.is_worth_repeating) break;
  }
  job.finish(std::move(failure));
}

PostgresTransactions::Outcome PostgresTransactions::run_alone(Store::Job& job) {
  if (auto failed = attempt(kBegin)) return *failed;
  bool keeps = false;
  if (auto failed = run_job(job, "ROLLBACK; BEGIN ISOLATION LEVEL SERIALIZABLE", keeps)) return *failed;
  if (keeps) return commit("COMMIT");
  static_cast<void>(db_.execute("ROLLBACK"));
  return {};
}

PostgresTransactions::Outcome PostgresTransactions::run_together(std::span<const std::unique_ptr<Store::Job>> jobs) {
  // One message ends one savepoint and makes the next: each costs a journey to the server.
  if (auto failed = attempt(kBeginWithSavepoint)) return *failed;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    bool keeps = false;
    if (auto failed = run_job(*jobs[i], "ROLLBACK TO job", keeps)) return *failed;
    const bool is_last = i + 1 == jobs.size();
    if (!keeps) {
      if (auto failed = attempt("ROLLBACK TO job")) return *failed;
    }
    if (is_last) break;
    if (auto failed = attempt("RELEASE job; SAVEPOINT job")) return *failed;
  }
  return commit("COMMIT");
}

std::optional<PostgresTransactions::Outcome> PostgresTransactions::run_job(Store::Job& job, std::string_view undo,
                                                                           bool& keeps) {
  static_cast<void>(db_.take_trouble());
  keeps = job.run(db_);
  sql::Trouble trouble = db_.take_trouble();
  if (trouble == sql::Trouble::statement) {
    if (auto failed = attempt(undo)) return failed;
    db_.set_careful(true);
    keeps = job.run(db_);
    db_.set_careful(false);
    trouble = db_.take_trouble();
  }
  if (trouble == sql::Trouble::none) return std::nullopt;
  const bool is_our_fault = trouble == sql::Trouble::statement;
  return give_up({.kind = is_our_fault ? ErrorKind::internal : ErrorKind::unavailable, .log = db_.last_failure()},
                 trouble);
}

PostgresTransactions::Outcome PostgresTransactions::commit(std::string_view sql) {
  auto committed = db_.execute(sql);
  if (committed) return {};
  const sql::Trouble trouble = db_.take_trouble();
  if (trouble == sql::Trouble::lost) return {.end = End::unknown, .error = commit_unknown(committed.error())};
  return give_up(std::move(committed.error()), trouble);
}

PostgresTransactions::Outcome PostgresTransactions::give_up(Error error, sql::Trouble trouble) {
  if (!db_.is_lost()) static_cast<void>(db_.execute("ROLLBACK"));
  static_cast<void>(db_.take_trouble());
  return {.end = End::rolled_back,
          .error = std::move(error),
          .is_worth_repeating = trouble == sql::Trouble::transaction || trouble == sql::Trouble::lost};
}

std::optional<PostgresTransactions::Outcome> PostgresTransactions::attempt(std::string_view sql) {
  auto done = db_.execute(sql);
  if (done) return std::nullopt;
  return give_up(std::move(done.error()), db_.take_trouble());
}

void PostgresTransactions::read(Store::Job& job) {
  for (int attempts = 1;; ++attempts) {
    if (attempts > 1) pause_before(attempts);
    if (auto connected = hooks_.ensure_connected(); !connected) return job.finish(std::move(connected.error()));
    auto failed = attempt(kBeginRead);
    bool is_wanted = false;
    if (!failed) failed = run_job(job, "ROLLBACK; BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY", is_wanted);
    if (!failed) {
      static_cast<void>(db_.execute("ROLLBACK"));  // nothing to keep; a connection lost here spoils no answer
      return job.finish(std::nullopt);
    }
    if (!failed->is_worth_repeating || attempts == kMostAttempts) return job.finish(std::move(failed->error));
  }
}

void PostgresTransactions::pause_before(int attempt) {
  // The other transaction is mostly over by now. When many want the same row, they must not meet again in step.
  if (attempt <= 2) return;
  const std::uint64_t longest_ms = std::uint64_t{1} << std::min(attempt, 7);
  hooks_.pause(std::chrono::milliseconds(1 + random_.below(longest_ms)));
}

}  // namespace offhook::store
