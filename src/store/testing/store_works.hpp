#pragma once

#include <semaphore>
#include <string>
#include <vector>

#include "async/cancel.hpp"
#include "store/jobs.hpp"
#include "store/store.hpp"

/// What tests of stores make them do.
namespace offhook::store::testing {

/// A work that enqueues the job `id`; its result says whether it was new.
inline auto enqueue(std::string id) {
  return [id = std::move(id)](sql::Connection& db) {
    return Jobs(db, Owner::local()).enqueue({.id = id, .kind = "test"});
  };
}

inline Result<std::int64_t> count_jobs(sql::Connection& db) {
  std::int64_t count = 0;
  auto done = db.query("SELECT COUNT(*) FROM jobs", {}, [&](const sql::Row& row) -> Result<void> {
    count = row.integer(0);
    return {};
  });
  if (!done) return fail(done);
  return count;
}

/// Lets whatever was spawned run until it waits.
inline Task<void> let_others_run() { co_return co_await sleep_for(Duration::zero()); }

/// Keeps a thread of the store busy until it is opened.
struct Gate {
  std::binary_semaphore reached{0};
  std::binary_semaphore opened{0};
  void pass() {
    reached.release();
    opened.acquire();
  }
};

/// A write that stays in the gate.
inline Task<void> write_through(Store& store, Gate& gate) {
  auto work = [&gate](sql::Connection&) -> Result<void> {
    gate.pass();
    return {};
  };
  co_return co_await store.write(work);
}

/// Enqueues the job `id` and notes "id: ok", or the kind of error.
inline Task<void> write_job(Store& store, std::string id, std::vector<std::string>& outcomes) {
  auto added = co_await store.write(enqueue(id));
  outcomes.push_back(id + ": " + (added ? "ok" : std::string(to_string(added.error().kind))));
  co_return Result<void>{};
}

}  // namespace offhook::store::testing
