#include "store/group_commit.hpp"

namespace offhook::store {
namespace {

/// Runs `sql` and passes its failure on, if any.
std::optional<Error> attempt(sql::Connection& db, std::string_view sql) {
  auto done = db.execute(sql);
  if (done) return std::nullopt;
  return std::move(done.error());
}

/// Whatever was going on is over afterwards; there may be no transaction left to end (SQLite ends it
/// itself on some failures), and that is fine.
void roll_back(sql::Connection& db) { static_cast<void>(db.execute("ROLLBACK")); }

/// Runs the job in a transaction of its own. Returns why that failed; a job that fails by itself has
/// not failed in this sense.
std::optional<Error> run_alone(sql::Connection& db, std::string_view begin_sql, Store::Job& job) {
  if (auto error = attempt(db, begin_sql)) return error;
  if (!job.run(db)) {
    roll_back(db);
    return std::nullopt;
  }
  auto error = attempt(db, "COMMIT");
  if (error) roll_back(db);
  return error;
}

enum class Together : std::uint8_t { committed, a_job_failed, broke };

/// Runs all in one transaction, up to and with the commit. Nothing stays unless it was committed.
Together run_bare(sql::Connection& db, std::string_view begin_sql, std::span<const std::unique_ptr<Store::Job>> jobs) {
  if (attempt(db, begin_sql)) return Together::broke;
  Together outcome = Together::committed;
  for (const auto& job : jobs) {
    if (!job->run(db)) outcome = Together::a_job_failed;
    if (!db.in_transaction()) outcome = Together::broke;
    if (outcome != Together::committed) break;
  }
  if (outcome == Together::committed && attempt(db, "COMMIT")) outcome = Together::broke;
  if (outcome != Together::committed) roll_back(db);
  return outcome;
}

/// The same, with a savepoint for each job: one that fails loses its own changes only.
Together run_with_savepoints(sql::Connection& db, std::string_view begin_sql,
                             std::span<const std::unique_ptr<Store::Job>> jobs) {
  if (attempt(db, begin_sql)) return Together::broke;
  for (const auto& job : jobs) {
    auto error = attempt(db, "SAVEPOINT job");
    if (!error && !job->run(db)) error = attempt(db, "ROLLBACK TO job");
    if (!error) error = attempt(db, "RELEASE job");
    if (error) {
      roll_back(db);
      return Together::broke;
    }
  }
  if (!attempt(db, "COMMIT")) return Together::committed;
  roll_back(db);
  return Together::broke;
}

Together run_together(sql::Connection& db, std::string_view begin_sql,
                      std::span<const std::unique_ptr<Store::Job>> jobs) {
  // Jobs seldom fail, and a savepoint costs a copy of every page that its job touches.
  const Together outcome = run_bare(db, begin_sql, jobs);
  return outcome == Together::a_job_failed ? run_with_savepoints(db, begin_sql, jobs) : outcome;
}

}  // namespace

BatchOutcome run_batch(sql::Connection& db, std::string_view begin_sql,
                       std::span<const std::unique_ptr<Store::Job>> jobs) {
  BatchOutcome outcome;
  if (jobs.size() > 1) {
    if (run_together(db, begin_sql, jobs) == Together::committed) {
      for (const auto& job : jobs) job->finish(std::nullopt);
      return outcome;
    }
    outcome.was_retried = true;
  }
  for (const auto& job : jobs) job->finish(run_alone(db, begin_sql, *job));
  return outcome;
}

void run_read(sql::Connection& db, Store::Job& job) {
  if (auto error = attempt(db, "BEGIN")) {
    job.finish(std::move(error));
    return;
  }
  job.run(db);
  roll_back(db);  // nothing to keep, and a failed COMMIT could only spoil an answer we have
  job.finish(std::nullopt);
}

}  // namespace offhook::store
