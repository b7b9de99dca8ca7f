#include "call/recording_consent.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "store/call_recordings.hpp"

namespace offhook::call {
namespace {

agent::RecordingPolicy policy_of(std::string_view text) {
  if (text == agent::to_string(agent::RecordingPolicy::required)) return agent::RecordingPolicy::required;
  if (text == agent::to_string(agent::RecordingPolicy::announced)) return agent::RecordingPolicy::announced;
  return agent::RecordingPolicy::none;
}

/// What the call itself says about where its recording is.
Result<void> show_recording(sql::Connection& db, const store::Owner& owner, store::Call& call, const std::string& url) {
  if (call.recording_url == url) return {};
  auto done =
      db.execute("UPDATE calls SET recording_url = ? WHERE id = ? AND owner_id = ?", {url, call.id, owner.id()});
  if (!done) return fail(done);
  call.recording_url = url;
  return {};
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
    if (recording.consent == "declined") {
      recording.release_reason.clear();
      recording.released_at.reset();
    }
  }
  // The merge of calls has chosen among the reports; where the address was withheld, this row keeps it.
  if (!call.recording_url.empty()) recording.url = call.recording_url;
  const bool is_deleted = recording.status == "deleted";
  if (!is_deleted && !recording.url.empty()) {
    const bool may_show = !recording.release_reason.empty() || may_show_recording(policy, recording.consent);
    recording.status = may_show ? "available" : "quarantined";
  }
  // The key counts too: it says which of the messages that are still to come are believed.
  if (!*known || recording != before) {
    recording.updated_at = news.now;
    if (auto put = recordings.put(recording); !put) return fail(put);
  }
  const std::string shown = recording.status == "available" ? recording.url : std::string();
  if (auto done = show_recording(db, owner, call, shown); !done) return fail(done);
  if (recording.status.empty()) return std::nullopt;
  return recording.status;
}

Result<ReleasedRecording> release_recording(sql::Connection& db, const store::Owner& owner, std::string_view call_id,
                                            std::string_view reason, UtcTime now) {
  auto call = store::Calls(db, owner).find_any(call_id);
  if (!call) return fail(call);
  if (!*call) return fail(ErrorKind::not_found, fmt::format("there is no call '{}'", call_id));
  store::CallRecordings recordings(db, owner);
  auto recording = recordings.find((*call)->id);
  if (!recording) return fail(recording);
  if (!*recording || (*recording)->status.empty())
    return fail(ErrorKind::not_found, fmt::format("call '{}' has no recording in quarantine", call_id));
  if ((*recording)->status != "quarantined") {
    return fail(Error{
        .kind = ErrorKind::conflict,
        .client = fmt::format("the recording of call '{}' is {}, not in quarantine", call_id, (*recording)->status)}
                    .with_code("not_quarantined"));
  }
  (*recording)->status = "available";
  (*recording)->release_reason = std::string(reason);
  (*recording)->released_at = now;
  (*recording)->updated_at = now;
  if (auto put = recordings.put(**recording); !put) return fail(put);
  if (auto shown = show_recording(db, owner, **call, (*recording)->url); !shown) return fail(shown);
  return ReleasedRecording{.call = std::move(**call), .url = std::move((*recording)->url)};
}

}  // namespace offhook::call
