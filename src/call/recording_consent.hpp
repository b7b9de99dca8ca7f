#pragma once

#include <optional>
#include <string>

#include "agent/agent_book.hpp"
#include "store/calls.hpp"
#include "vendors/vapi/server_message.hpp"

namespace offhook::call {

/// May a recording be shown? `consent`: "granted", "declined" or empty (nobody has told).
[[nodiscard]] bool may_show_recording(agent::RecordingPolicy policy, std::string_view consent);

/// What one message says about a call's recording.
struct RecordingNews {
  agent::RecordingPolicy policy = agent::RecordingPolicy::none;
  vapi::RecordingConsent consent;
  std::string key;         ///< the message's: of two that speak of consent, the one with the greater key is believed
  bool is_report = false;  ///< only reports bring recordings
  UtcTime now{};
};

/// Keeps the consent with the call and decides about its recording: `call.recording_url` (as stored) becomes the
/// recording's address when it may be shown and empty when not. Consent that comes later releases it, one that is
/// declined later withdraws it. Returns the recording's status ("available", "quarantined"), or nothing when the
/// agent wants no consent and nobody has spoken of it. In the transaction of whoever calls.
/// Whatever the order of the messages, the end is the same.
Result<std::optional<std::string>> settle_recording(sql::Connection& db, const store::Owner& owner, store::Call& call,
                                                    const RecordingNews& news);

/// A recording that was let out of quarantine.
struct ReleasedRecording {
  store::Call call;
  std::string url;
};

/// Shows a quarantined recording because a person decided so; `reason` is kept with it. It stays shown whatever the
/// agent's policy, until a later message tells that the caller declined. In the transaction of whoever calls.
/// Errors: not_found (no such call, or no recording), conflict with code "not_quarantined".
Result<ReleasedRecording> release_recording(sql::Connection& db, const store::Owner& owner, std::string_view call_id,
                                            std::string_view reason, UtcTime now);

}  // namespace offhook::call
