#include "store/call_recordings.hpp"

#include "store/rows.hpp"

namespace offhook::store {
namespace {

#define OFFHOOK_SELECT_RECORDING                                                                                       \
  "SELECT call_id, policy, consent, consent_type, consent_key, granted_at, status, url, release_reason, released_at, " \
  "updated_at FROM "                                                                                                   \
  "call_recordings "                                                                                                   \
  "WHERE "

CallRecording read_recording(const sql::Row& row) {
  return {.call_id = row.string(0),
          .policy = row.string(1),
          .consent = row.string(2),
          .consent_type = row.string(3),
          .consent_key = row.string(4),
          .granted_at = row.optional_time(5),
          .status = row.string(6),
          .url = row.string(7),
          .release_reason = row.string(8),
          .released_at = row.optional_time(9),
          .updated_at = row.time(10)};
}

}  // namespace

Result<void> CallRecordings::put(const CallRecording& recording) {
  auto done = db_.execute(
      "INSERT INTO call_recordings (call_id, owner_id, policy, consent, consent_type, consent_key, granted_at, status, "
      "url, release_reason, released_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (call_id) "
      "DO UPDATE SET policy = "
      "excluded.policy, "
      "consent = excluded.consent, consent_type = excluded.consent_type, consent_key = excluded.consent_key, "
      "granted_at = excluded.granted_at, "
      "status = excluded.status, url = excluded.url, release_reason = excluded.release_reason, released_at = "
      "excluded.released_at, updated_at = excluded.updated_at "
      "WHERE call_recordings.owner_id = excluded.owner_id",
      {recording.call_id, owner_.id(), recording.policy, recording.consent, recording.consent_type,
       recording.consent_key, recording.granted_at, recording.status, recording.url, recording.release_reason,
       recording.released_at, recording.updated_at});
  if (!done) return fail(done);
  return {};
}

Result<std::optional<CallRecording>> CallRecordings::find(std::string_view call_id) {
  return rows::find(db_, OFFHOOK_SELECT_RECORDING "call_id = ? AND owner_id = ?", {call_id, owner_.id()},
                    read_recording);
}

Result<std::string> CallRecordings::status_of(sql::Connection& db, std::string_view platform_call_id) {
  auto found =
      rows::find(db, "SELECT r.status FROM call_recordings r JOIN calls c ON c.id = r.call_id WHERE c.platform_id = ?",
                 {platform_call_id}, [](const sql::Row& row) { return row.string(0); });
  if (!found) return fail(found);
  return found->value_or("");
}

Result<std::vector<CallRecording>> CallRecordings::list(sql::Connection& db, std::string_view status,
                                                        std::size_t limit) {
  return rows::all(db, OFFHOOK_SELECT_RECORDING "status = ? ORDER BY updated_at, call_id LIMIT ?", {status, limit},
                   read_recording);
}

#undef OFFHOOK_SELECT_RECORDING

}  // namespace offhook::store
