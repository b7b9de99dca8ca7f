#include "call/recording_consent.hpp"

#include <algorithm>

#include "store/call_recordings.hpp"

namespace offhook::call {
namespace {

agent::RecordingPolicy policy_of(std::string_view text) {
  if (text == agent::to_string(agent::RecordingPolicy::required)) return agent::RecordingPolicy::required;
  if (text == agent::to_string(agent::RecordingPolicy::announced)) return agent::RecordingPolicy::announced;
  return agent::RecordingPolicy::none;
}

}  // namespace

bool may_show_recording(agent::RecordingPolicy policy, std::string_view consent) {
  switch (policy) {
    case agent::RecordingPolicy::none: return true;
    case agent::RecordingPolicy::announced: return consent != "declined";
    case agent::RecordingPolicy::required: break;
  }
  return consent == "granted";
}

Result<std::optional<std::string>> settle_recording(sql::Connection& db, const store::Owner& owner, store::Call& call,
                                                    const RecordingNews& news) {
  using Answer = vapi::RecordingConsent::Answer;
  const bool has_said = news.consent.answer != Answer::unknown;
  if (!has_said && !news.is_report && news.policy == agent::RecordingPolicy::none) return std::nullopt;
  store::CallRecordings recordings(db, owner);
  auto known = recordings.find(call.id);
  if (!known) return fail(known);
  if (!*known && !has_said && news.policy == agent::RecordingPolicy::none) return std::nullopt;
  store::CallRecording recording = (*known).value_or(store::CallRecording{.call_id = call.id});
  const store::CallRecording before = recording;
  // Not every message says whose call it is: what an earlier one wanted stays.
  const agent::RecordingPolicy policy = std::max(news.policy, policy_of(recording.policy));
  recording.policy = agent::to_string(policy);
  if (has_said && news.key > recording.consent_key) {
    recording.consent = news.consent.answer == Answer::granted ? "granted" : "declined";
    recording.consent_type = news.consent.type;
    recording.granted_at = news.consent.granted_at;
    recording.consent_key = news.key;
  }
  // The merge of calls has chosen among the reports; where the address was withheld, this row keeps it.
  if (!call.recording_url.empty()) recording.url = call.recording_url;
  const bool is_deleted = recording.status == "deleted";
  if (!is_deleted && !recording.url.empty()) {
    recording.status = may_show_recording(policy, recording.consent) ? "available" : "quarantined";
  }
  // The key counts too: it says which of the messages that are still to come are believed.
  if (!*known || recording != before) {
    recording.updated_at = news.now;
    if (auto put = recordings.put(recording); !put) return fail(put);
  }
  const std::string shown = recording.status == "available" ? recording.url : std::string();
  if (call.recording_url != shown) {
    auto done =
        db.execute("UPDATE calls SET recording_url = ? WHERE id = ? AND owner_id = ?", {shown, call.id, owner.id()});
    if (!done) return fail(done);
    call.recording_url = shown;
  }
  if (recording.status.empty()) return std::nullopt;
  return recording.status;
}

}  // namespace offhook::call
