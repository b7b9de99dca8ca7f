#include "store/call_recordings.hpp"

#include "store/rows.hpp"

namespace offhook::store {
namespace {

#define OFFHOOK_SELECT_RECORDING                                                                             \
  "SELECT call_id, policy, consent, consent_type, granted_at, status, url, updated_at FROM call_recordings " \
  "WHERE "

CallRecording read_recording(const sql::Row& row) {
  return {.call_id = row.string(0),
          .policy = row.string(1),
          .consent = row.string(2),
          .consent_type = row.string(3),
          .granted_at = row.optional_time(4),
          .status = row.string(5),
          .url = row.string(6),
          .updated_at = row.time(7)};
}

}  // namespace

Result<void> CallRecordings::put(const CallRecording& recording) {
  auto done = db_.execute(
      "INSERT INTO call_recordings (call_id, policy, consent, consent_type, granted_at, status, url, updated_at) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (call_id) DO UPDATE SET policy = excluded.policy, "
      "consent = excluded.consent, consent_type = excluded.consent_type, granted_at = excluded.granted_at, "
      "status = excluded.status, url = excluded.url, updated_at = excluded.updated_at",
      {recording.call_id, recording.policy, recording.consent, recording.consent_type, recording.granted_at,
       recording.status, recording.url, recording.updated_at});
  if (!done) return fail(done);
  return {};
}

Result<std::optional<CallRecording>> CallRecordings::find(std::string_view call_id) {
  return rows::find(db_, OFFHOOK_SELECT_RECORDING "call_id = ?", {call_id}, read_recording);
}

Result<std::vector<CallRecording>> CallRecordings::list(std::string_view status, std::size_t limit) {
  return rows::all(db_, OFFHOOK_SELECT_RECORDING "status = ? ORDER BY updated_at, call_id LIMIT ?", {status, limit},
                   read_recording);
}

#undef OFFHOOK_SELECT_RECORDING

}  // namespace offhook::store
