#pragma once

#include <cstdint>
#include <string_view>

namespace offhook::vapi {

/// What a server message is about. Order and names follow Vapi's list of message types.
enum class MessageKind : std::uint8_t {
  unknown,  ///< a type we do not know: acknowledged as ignored
  assistant_request,
  tool_calls,
  function_call,
  transfer_destination_request,
  handoff_destination_request,
  knowledge_base_request,
  voice_request,
  endpointing_request,
  campaign_predial,
  status_update,
  end_of_call_report,
  hang,
  conversation_update,
  speech_update,
  user_interrupted,
  assistant_started,
  assistant_speech_started,
  transcript,
  model_output,
  voice_input,
  transfer_update,
  language_change,
  phone_call_control,
  call_housekeeping,  ///< call.deleted, call.delete.failed, call.artifact.upload
  chat_event,
  session_event,
  campaign_event,  ///< campaign.* but for campaign.predial, and contact.*
};

/// The kind of a message's `type`, older and simplified spellings included ("call.started",
/// "tool_calls", "transcript[transcriptType=\"final\"]").
[[nodiscard]] MessageKind kind_of(std::string_view type);

/// The type's current spelling: "tool-calls" for "tool_calls"; itself when it is unknown or has several.
[[nodiscard]] std::string_view canonical_type(std::string_view type);

/// Does the platform use the body of our answer?
[[nodiscard]] bool wants_answer(MessageKind kind);

}  // namespace offhook::vapi
