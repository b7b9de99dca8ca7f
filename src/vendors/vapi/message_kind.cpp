#include "vendors/vapi/message_kind.hpp"

namespace offhook::vapi {
namespace {

struct TypeName {
  std::string_view name;
  MessageKind kind;
  std::string_view canonical = {};  ///< when it differs
};

using enum MessageKind;

constexpr TypeName kTypes[] = {
    {"assistant-request", assistant_request},
    {"tool-calls", tool_calls},
    {"function-call", function_call},
    {"transfer-destination-request", transfer_destination_request},
    {"handoff-destination-request", handoff_destination_request},
    {"knowledge-base-request", knowledge_base_request},
    {"voice-request", voice_request},
    {"call.endpointing.request", endpointing_request},
    {"campaign.predial", campaign_predial},
    {"status-update", status_update},
    {"end-of-call-report", end_of_call_report},
    {"hang", hang},
    {"conversation-update", conversation_update},
    {"speech-update", speech_update},
    {"user-interrupted", user_interrupted},
    {"assistant.started", assistant_started},
    {"assistant.speechStarted", assistant_speech_started},
    {"transcript", transcript},
    {"model-output", model_output},
    {"voice-input", voice_input},
    {"transfer-update", transfer_update},
    {"language-change-detected", language_change},
    {"language-changed", language_change},
    {"phone-call-control", phone_call_control},
    {"call.deleted", call_housekeeping},
    {"call.delete.failed", call_housekeeping},
    {"call.artifact.upload", call_housekeeping},
    // Not sent by the platform, but by code that was written after blog posts.
    {"assistant_request", assistant_request, "assistant-request"},
    {"tool_calls", tool_calls, "tool-calls"},
    {"tool-call", tool_calls, "tool-calls"},
    {"tool_call", tool_calls, "tool-calls"},
    {"function_call", function_call, "function-call"},
    {"status_update", status_update, "status-update"},
    {"end_of_call_report", end_of_call_report, "end-of-call-report"},
    {"call.started", status_update, "status-update"},
    {"call-started", status_update, "status-update"},
    {"call-start", status_update, "status-update"},
    {"call.ended", end_of_call_report, "end-of-call-report"},
    {"call-ended", end_of_call_report, "end-of-call-report"},
    {"call-end", end_of_call_report, "end-of-call-report"},
    {"transcript.update", transcript, "transcript"},
    {"message.received", transcript, "transcript"},
    {"speech.start", speech_update, "speech-update"},
    {"speech.end", speech_update, "speech-update"},
};

struct TypePrefix {
  std::string_view prefix;
  MessageKind kind;
};
constexpr TypePrefix kPrefixes[] = {{"transcript[", transcript},
                                    {"chat.", chat_event},
                                    {"session.", session_event},
                                    {"campaign.", campaign_event},
                                    {"contact.", campaign_event}};

}  // namespace

MessageKind kind_of(std::string_view type) {
  for (const auto& row : kTypes) {
    if (row.name == type) return row.kind;
  }
  for (const auto& [prefix, kind] : kPrefixes) {
    if (type.starts_with(prefix)) return kind;
  }
  return unknown;
}

std::string_view canonical_type(std::string_view type) {
  for (const auto& row : kTypes) {
    if (row.name == type) return row.canonical.empty() ? row.name : row.canonical;
  }
  return type.starts_with("transcript[") ? std::string_view("transcript") : type;
}

bool wants_answer(MessageKind kind) { return kind >= assistant_request && kind <= campaign_predial; }

}  // namespace offhook::vapi
