#include "vendors/vapi/server_message.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <initializer_list>

#include "base/text.hpp"
#include "base/time_text.hpp"
#include "vendors/vapi/redact.hpp"

namespace offhook::vapi {
namespace {

/// Places in a message, as dotted paths: "call.customer.number".
using Paths = std::initializer_list<std::string_view>;

const json::value* at(const json::value& root, std::string_view path) {
  const json::value* here = &root;
  while (here != nullptr && !path.empty()) {
    const auto dot = path.find('.');
    here = find(*here, path.substr(0, dot));
    path = dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1);
  }
  return here;
}

/// The first non-empty string among several places.
std::string first_text(const json::value& root, Paths paths) {
  for (const auto path : paths) {
    const auto* value = at(root, path);
    if (value != nullptr && value->is_string() && !value->get_string().empty()) return to_std_string(*value);
  }
  return {};
}

std::optional<double> first_number(const json::value& root, Paths paths) {
  for (const auto path : paths) {
    const auto* value = at(root, path);
    if (value != nullptr && value->is_number()) return value->to_number<double>();
  }
  return std::nullopt;
}

/// Epoch milliseconds (seconds when that small; fractions and exponents occur), or RFC 3339.
std::optional<UtcTime> read_time(const json::value* value) {
  if (value == nullptr) return std::nullopt;
  if (value->is_string()) return parse_rfc3339(to_std_string(*value));
  if (!value->is_number()) return std::nullopt;
  const double number = value->to_number<double>();
  constexpr double kLargestSeconds = 1e11;  // the year 5138
  constexpr double kLargestMilliseconds = 1e14;
  if (!(number > 0) || number >= kLargestMilliseconds) return std::nullopt;
  const double milliseconds = number < kLargestSeconds ? number * 1000 : number;
  return UtcTime(std::chrono::microseconds(std::llround(milliseconds * 1000)));
}

std::optional<UtcTime> first_time(const json::value& root, Paths paths) {
  for (const auto path : paths) {
    if (auto time = read_time(at(root, path))) return time;
  }
  return std::nullopt;
}

std::string speaker(std::string_view role) {
  if (role == "bot" || role == "assistant" || role == "ai" || role == "agent" || role == "tool_calls" ||
      role == "function_call") {
    return "assistant";
  }
  if (role == "user" || role == "customer" || role == "caller" || role == "human") return "user";
  if (role == "tool" || role == "tool_call_result" || role == "function_result" || role == "function") return "tool";
  return std::string(role);
}

/// Text that is a string, or JSON of anything else (results of tools).
std::string text_or_json(const json::value* value) {
  if (value == nullptr || value->is_null()) return {};
  return value->is_string() ? to_std_string(*value) : json::serialize(*value);
}

ConversationEntry read_entry(const json::value& entry) {
  const std::string role(find_string(entry, "role").value_or(""));
  ConversationEntry read{.role = speaker(role),
                         .text = first_text(entry, {"message", "content", "text"}),
                         .at = first_time(entry, {"time", "timestamp"}),
                         .seconds_from_start = first_number(entry, {"secondsFromStart"})};
  if (read.role == "tool") {
    if (read.text.empty()) read.text = text_or_json(find(entry, "result"));
    read.tool_call_id = first_text(entry, {"toolCallId", "tool_call_id"});
    read.tool_name = first_text(entry, {"name"});
  } else if (role == "function_call") {
    read.tool_calls.push_back({.name = first_text(entry, {"name"}), .arguments = text_or_json(find(entry, "args"))});
  } else if (read.role == "assistant") {
    for (const char* list : {"toolCalls", "tool_calls"}) {
      if (const auto* calls = find_array(entry, list)) {
        for (const auto& call : *calls) read.tool_calls.push_back(read_tool_call(call));
      }
    }
  }
  return read;
}

void read_conversation(const json::value& message, ServerMessage& out) {
  for (const std::string_view path : {"artifact.messages", "messages", "artifact.messagesOpenAIFormatted",
                                      "messagesOpenAIFormatted", "conversation"}) {
    const auto* entries = at(message, path);
    if (entries == nullptr || !entries->is_array() || entries->get_array().empty()) continue;
    for (const auto& entry : entries->get_array()) {
      if (entry.is_object()) out.messages.push_back(read_entry(entry));
    }
    return;
  }
}

void read_parties(const json::value& message, ServerMessage& out) {
  out.platform_call_id = first_text(message, {"call.id", "callId", "call_id"});
  if (out.platform_call_id.empty()) out.platform_call_id = first_text(message, {"call"});
  out.timestamp = first_time(message, {"timestamp"});
  const auto call_type = first_text(message, {"call.type"});
  if (call_type == "inboundPhoneCall") out.direction = "inbound";
  if (call_type == "outboundPhoneCall") out.direction = "outbound";
  out.customer_number =
      first_text(message, {"customer.number", "call.customer.number", "call.from.phoneNumber", "customerNumber"});
  out.dialled_number =
      first_text(message, {"phoneNumber.number", "call.phoneNumber.number", "phoneNumber", "call.phoneNumber"});
  out.phone_number_id = first_text(message, {"call.phoneNumberId", "phoneNumber.id", "phoneNumberId"});
  out.assistant_id = first_text(message, {"call.assistantId", "assistant.id", "assistantId"});
  out.assistant_name = first_text(message, {"assistant.name", "call.assistant.name", "assistantName"});
  for (const std::string_view path : {"assistant.metadata", "call.assistant.metadata",
                                      "call.assistantOverrides.metadata", "call.metadata", "metadata"}) {
    const auto* metadata = at(message, path);
    if (metadata == nullptr || !metadata->is_object()) continue;
    out.metadata = metadata->get_object();
    break;
  }
}

void read_outcome(const json::value& message, ServerMessage& out) {
  out.ended_reason = first_text(message, {"endedReason", "call.endedReason", "reason"});
  out.started_at = first_time(message, {"startedAt", "call.startedAt"});
  out.ended_at = first_time(message, {"endedAt", "call.endedAt"});
  if (out.started_at && out.ended_at) {
    out.duration_seconds = std::chrono::duration<double>(*out.ended_at - *out.started_at).count();
  } else if (const auto seconds = first_number(message, {"durationSeconds", "duration", "call.duration"})) {
    out.duration_seconds = seconds;
  } else if (const auto millis = first_number(message, {"durationMs"})) {
    out.duration_seconds = *millis / 1000;
  } else if (const auto minutes = first_number(message, {"durationMinutes"})) {
    out.duration_seconds = *minutes * 60;
  }
  out.cost = first_number(message, {"cost", "costBreakdown.total", "call.cost"});
  out.summary = first_text(message, {"analysis.summary", "summary", "call.analysis.summary"});
  out.recording_url =
      first_text(message, {"artifact.recordingUrl", "recordingUrl", "artifact.recording.mono.combinedUrl",
                           "artifact.stereoRecordingUrl", "stereoRecordingUrl"});
  out.transcript = first_text(message, {"artifact.transcript", "transcript"});
}

void read_speech(const json::value& message, std::string_view sent_type, ServerMessage& out) {
  out.role = speaker(first_text(message, {"role", "speaker"}));
  out.turn = first_number(message, {"turn"});
  switch (out.kind) {
    case MessageKind::transcript: {
      out.text = first_text(message, {"transcript", "text", "message", "content"});
      const auto how = first_text(message, {"transcriptType", "transcript_type"});
      out.is_final = how.empty() ? find_bool(message, "isFinal").value_or(true) : how == "final";
      if (sent_type.contains("final")) out.is_final = true;
      break;
    }
    case MessageKind::voice_input: out.text = first_text(message, {"input"}); break;
    case MessageKind::voice_request:
    case MessageKind::assistant_speech_started: out.text = first_text(message, {"text"}); break;
    default: break;
  }
}

/// Vapi asks for consent before it records when the assistant has a recordingConsentPlan. No grantedAt: not granted.
RecordingConsent read_consent(const json::value& message) {
  RecordingConsent consent;
  const auto* told = at(message, "compliance.recordingConsent");
  if (told == nullptr) told = at(message, "call.compliance.recordingConsent");
  if (told == nullptr || !told->is_object()) return consent;
  consent.type = first_text(*told, {"type"});
  consent.granted_at = first_time(*told, {"grantedAt"});
  consent.answer = consent.granted_at ? RecordingConsent::Answer::granted : RecordingConsent::Answer::declined;
  return consent;
}

/// What the message says it is; for messages without a type, what they hold.
Result<std::string> read_type(const json::value& message) {
  for (const char* key : {"type", "event"}) {
    const auto* type = find(message, key);
    if (type == nullptr || type->is_null()) continue;
    if (!type->is_string()) return fail(wrong_type(std::string("message.") + key, "a string", *type));
    return to_std_string(*type);
  }
  if (find_object(message, "functionCall") != nullptr) return "function-call";
  for (const char* list : {"toolCallList", "toolCalls", "toolWithToolCallList"}) {
    if (find_array(message, list) != nullptr) return "tool-calls";
  }
  return fail(missing_field("message.type"));
}

/// The message out of its envelope; bodies without one are tolerated.
Result<json::value> open_envelope(json::value body) {
  auto* object = body.if_object();
  if (object == nullptr) return fail(wrong_type("body", "a JSON object", body));
  auto* message = object->if_contains("message");
  if (message == nullptr) {
    constexpr std::array kTelling = {"type",         "event",     "functionCall",
                                     "toolCallList", "toolCalls", "toolWithToolCallList"};
    const bool is_bare = std::ranges::any_of(kTelling, [&](const char* key) { return object->contains(key); });
    if (!is_bare) return fail(missing_field("message"));
    // {"event": …, "data": {…}}: some senders put the fields one level down.
    if (auto* data = object->if_contains("data"); data != nullptr && data->is_object()) {
      for (auto& member : data->get_object()) {
        if (!object->contains(member.key())) object->emplace(member.key(), member.value());
      }
    }
    return body;
  }
  if (!message->is_object()) {
    // In a bare transcript `message` may be what was said.
    if (message->is_string() && object->contains("type")) return body;
    return fail(wrong_type("message", "an object", *message));
  }
  // Fields beside the envelope count when the message itself has none of that name.
  json::value inner = std::move(*message);
  for (auto& member : *object) {
    if (member.key() != "message" && !inner.get_object().contains(member.key())) {
      inner.get_object().emplace(member.key(), std::move(member.value()));
    }
  }
  return inner;
}

/// Simplified names carry their status in the name.
std::string status_of(const json::value& message, std::string_view sent_type) {
  auto status = first_text(message, {"status"});
  if (!status.empty()) return status;
  if (sent_type.starts_with("call") && sent_type.contains("start")) return "in-progress";
  if (sent_type == "speech.start") return "started";
  if (sent_type == "speech.end") return "stopped";
  // The call inside can lag behind, so it counts only when the message itself says nothing.
  return sent_type == "status-update" ? first_text(message, {"call.status"}) : std::string();
}

/// `memory`: that `body` lies in.
Result<ServerMessage> decode(json::value body, JsonMemory memory) {
  auto opened = open_envelope(std::move(body));
  if (!opened) return fail(opened);
  auto split_cards = redact(*opened);
  auto type = read_type(*opened);
  if (!type) return fail(type);

  ServerMessage out{.memory = std::move(memory), .raw = std::move(*opened)};
  const json::value& message = out.raw;
  out.kind = kind_of(*type);
  out.type = std::string(canonical_type(*type));
  read_parties(message, out);
  out.status = status_of(message, *type);
  read_outcome(message, out);
  read_speech(message, *type, out);
  if (out.kind == MessageKind::transcript) out.transcript.clear();
  read_conversation(message, out);
  if (out.kind == MessageKind::tool_calls) out.tool_calls = read_tool_calls(message);
  if (out.kind == MessageKind::function_call) {
    const auto* call = find(message, "functionCall");
    if (call == nullptr) call = find(message, "function_call");
    out.function_call = read_function_call(call == nullptr ? message : *call);
  }
  out.split_cards = std::move(split_cards);
  out.recording_consent = read_consent(message);
  return out;
}

}  // namespace

Result<ServerMessage> decode_server_message(std::string_view body) {
  JsonMemory memory(body.size());
  auto parsed = parse_json(body, memory.storage());
  if (!parsed) return fail(std::move(parsed.error()).with_param("body"));
  return decode(std::move(*parsed), std::move(memory));
}

Result<ServerMessage> decode_server_message(json::value body) { return decode(std::move(body), {}); }

}  // namespace offhook::vapi
