#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "json/json.hpp"
#include "vendors/vapi/message_kind.hpp"
#include "vendors/vapi/tool_call_layouts.hpp"

namespace offhook::vapi {

/// One entry of the conversation in a report or update.
struct ConversationEntry {
  std::string role;  ///< "system", "user", "assistant" or "tool", whatever the sender called it
  std::string text;  ///< what was said; of a tool its result
  std::optional<UtcTime> at;
  std::optional<double> seconds_from_start;
  std::string tool_call_id;                 ///< role "tool": the call this answers
  std::string tool_name;                    ///< role "tool", when it was sent
  std::vector<ToolCallRequest> tool_calls;  ///< role "assistant": what it asked for, then text is empty
};

/// What the caller answered when asked whether the call may be recorded.
struct RecordingConsent {
  enum class Answer { unknown, granted, declined };
  Answer answer = Answer::unknown;
  std::string type;  ///< how it was asked: "verbal", "stay-on-line"
  std::optional<UtcTime> granted_at;
};

/// A server message with its fields where we want them. In texts, empty means that it was not sent.
struct ServerMessage {
  MessageKind kind = MessageKind::unknown;
  std::string type;  ///< in the current spelling; as sent when unknown; empty when it had none
  std::string platform_call_id;
  std::optional<UtcTime> timestamp;
  std::string direction;  ///< "inbound", "outbound", or empty (web calls, unknown)

  std::string customer_number;  ///< as sent, not normalised
  std::string dialled_number;   ///< the organisation's own number
  std::string phone_number_id;
  std::string assistant_id;
  std::string assistant_name;
  json::object metadata;  ///< of the assistant or the call's overrides; empty when there is none

  std::string status;  ///< of status-update ("in-progress") and speech-update ("started", "stopped")
  std::string ended_reason;
  std::optional<UtcTime> started_at;
  std::optional<UtcTime> ended_at;
  std::optional<double> duration_seconds;  ///< ended_at − started_at, else what the message says
  std::optional<double> cost;              ///< US dollars
  std::string summary;
  std::string recording_url;
  std::string transcript;  ///< of end-of-call-report: the whole text

  std::string role;      ///< of transcript and speech-update: "user" or "assistant"
  std::string text;      ///< of transcript, voice-input, voice-request and speechStarted: what was said
  bool is_final = true;  ///< of transcript: it will not change any more
  std::optional<double> turn;

  std::vector<ConversationEntry> messages;
  std::vector<ToolCallRequest> tool_calls;       ///< of tool-calls
  std::optional<ToolCallRequest> function_call;  ///< of function-call
  RecordingConsent recording_consent;
  JsonMemory memory = {};  ///< that raw lies in
  json::value raw;         ///< an object: the message with all its fields, credentials and card numbers removed
  /// Digits of card numbers that were said over several turns, in plain: to find their parts in what is stored
  /// already, and never to be stored, logged or sent. Every text above is free of card numbers.
  std::vector<std::string> split_cards;
};

/// Decodes the body of a server message, leniently: every field is optional, unknown types are kept,
/// older and simplified layouts are understood (also without the `message` envelope, with `event` or
/// `callId`). Errors: invalid_argument naming the field when it is not JSON, not an object, `message` is
/// not an object or `type` not a string, or nothing says what the message is. Pure.
[[nodiscard]] Result<ServerMessage> decode_server_message(std::string_view body);
[[nodiscard]] Result<ServerMessage> decode_server_message(json::value body);

/// The same text for every delivery of one message, and another one for every other message: a hash of
/// call, type, timestamp, tool-call ids, role, status, turn and text. A message without timestamp and
/// tool-call ids can only be told by its whole content.
[[nodiscard]] std::string dedupe_key(const ServerMessage& message);
/// Can two deliveries of this message be told from two messages: has it a timestamp or tool-call ids?
[[nodiscard]] bool has_identity(const ServerMessage& message);

}  // namespace offhook::vapi
