#include "store/jobs.hpp"

#include "store/rows.hpp"

namespace offhook::store {

Result<bool> Jobs::enqueue(const Job& job) {
  auto added = db_.execute(
      "INSERT INTO jobs (id, owner_id, kind, payload, run_at, attempts, status) VALUES (?, ?, ?, ?, ?, ?, ?) "
      "ON CONFLICT (id) DO NOTHING",
      {job.id, owner_.id(), job.kind, job.payload, job.run_at, job.attempts, job.status});
  if (!added) return fail(added);
  return *added > 0;
}

Result<std::optional<Job>> Jobs::find(std::string_view id) {
  return rows::find(db_, "SELECT id, kind, payload, run_at, attempts, status FROM jobs WHERE id = ? AND owner_id = ?",
                    {id, owner_.id()}, [](const sql::Row& row) {
                      return Job{.id = row.string(0),
                                 .kind = row.string(1),
                                 .payload = row.string(2),
                                 .run_at = row.time(3),
                                 .attempts = row.integer(4),
                                 .status = row.string(5)};
                    });
}

}  // namespace offhook::store
