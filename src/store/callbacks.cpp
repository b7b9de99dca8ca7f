#include "store/callbacks.hpp"

#include "json/json.hpp"
#include "store/jobs.hpp"
#include "store/rows.hpp"

namespace offhook::store {
namespace {

#define OFFHOOK_SELECT_CALLBACK "SELECT id, phone, call_at, reason, status, lead_id, created_at FROM callbacks"

Callback read_callback(const sql::Row& row) {
  return {.id = row.string(0),
          .phone = row.string(1),
          .at = row.time(2),
          .reason = row.string(3),
          .status = row.string(4),
          .lead_id = row.string(5),
          .created_at = row.time(6)};
}

/// What names the callback in its job.
std::string job_payload(const std::string& id) { return json::serialize(json::object{{"callback_id", id}}); }

}  // namespace

Result<void> Callbacks::insert(const Callback& callback) {
  if (!callback.lead_id.empty()) {
    auto owned = rows::require_owned(db_, "SELECT 1 FROM leads WHERE id = ? AND owner_id = ?", callback.lead_id,
                                     owner_.id(), "lead");
    if (!owned) return owned;
  }
  auto added = rows::insert(db_,
                            "INSERT INTO callbacks (id, owner_id, phone, call_at, reason, status, lead_id, created_at) "
                            "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                            {callback.id, owner_.id(), callback.phone, callback.at, callback.reason, callback.status,
                             callback.lead_id, callback.created_at},
                            "callback");
  return added ? queue_job(callback) : added;
}

Result<void> Callbacks::update(const Callback& callback) {
  auto before = find(callback.id);
  if (!before) return fail(before);
  auto updated =
      rows::update(db_, "UPDATE callbacks SET call_at = ?, reason = ?, status = ? WHERE id = ? AND owner_id = ?",
                   {callback.at, callback.reason, callback.status, callback.id, owner_.id()}, "callback");
  if (!updated) return updated;
  // A job that is being run is not queued anew for the sake of its reason.
  const bool is_same = *before && (*before)->at == callback.at && (*before)->status == callback.status;
  return is_same ? updated : settle_job(callback);
}

Result<void> Callbacks::settle_job(const Callback& callback) {
  auto removed = db_.execute("DELETE FROM jobs WHERE owner_id = ? AND kind = 'callback' AND payload = ?",
                             {owner_.id(), job_payload(callback.id)});
  if (!removed) return fail(removed);
  return queue_job(callback);
}

Result<void> Callbacks::queue_job(const Callback& callback) {
  if (callback.status != "scheduled") return {};
  auto queued = Jobs(db_, owner_)
                    .enqueue({.id = "job_" + callback.id,
                              .kind = "callback",
                              .payload = job_payload(callback.id),
                              .run_at = callback.at});
  if (!queued) return fail(queued);
  return {};
}

Result<void> Callbacks::set_status(std::string_view id, std::string_view status) {
  return rows::update(db_, "UPDATE callbacks SET status = ? WHERE id = ? AND owner_id = ?", {status, id, owner_.id()},
                      "callback");
}

Result<std::optional<Callback>> Callbacks::find(std::string_view id) {
  return rows::find(db_, OFFHOOK_SELECT_CALLBACK " WHERE id = ? AND owner_id = ?", {id, owner_.id()}, read_callback);
}

Result<std::optional<Callback>> Callbacks::find_scheduled(std::string_view phone, UtcTime at, std::string_view reason) {
  return rows::find(db_,
                    OFFHOOK_SELECT_CALLBACK
                    " WHERE owner_id = ? AND phone = ? AND call_at = ? AND reason = ? AND status = 'scheduled'",
                    {owner_.id(), phone, at, reason}, read_callback);
}

Result<Paged<Callback>> Callbacks::list(const Page& page) {
  rows::Select select(OFFHOOK_SELECT_CALLBACK);
  select.where("owner_id = ?", owner_.id());
  return rows::page(db_, std::move(select), page, "created_at", read_callback,
                    [](const Callback& callback) { return Position{callback.created_at, callback.id}; });
}

#undef OFFHOOK_SELECT_CALLBACK

}  // namespace offhook::store
