#include "vendors/vapi/messages.hpp"

#include <utility>

#include "base/time_text.hpp"

namespace offhook::vapi {
namespace {

/// OpenAI's shape of a tool call, with `arguments` as given.
json::object openai_tool_call(const ToolCallRequest& call, json::value arguments) {
  return {{"id", call.id},
          {"type", "function"},
          {"function", json::object{{"name", call.name}, {"arguments", std::move(arguments)}}}};
}

json::value arguments_as_object(const ToolCallRequest& call) {
  auto parsed = parse_json(call.arguments);
  if (parsed && parsed->is_object()) return std::move(*parsed);
  return json::value(call.arguments);
}

json::array tool_call_array(const std::vector<ToolCallRequest>& calls) {
  json::array array;
  for (const auto& call : calls) array.push_back(openai_tool_call(call, json::value(call.arguments)));
  return array;
}

/// The tool's own configuration, or the least there can be.
json::object configuration_of(std::string_view name, const json::array& tools) {
  for (const auto& tool : tools) {
    if (find_string_at(tool, {"function", "name"}) == name) return tool.as_object();
  }
  return {{"type", "function"}, {"function", json::object{{"name", name}}}};
}

json::object artifact_of(const CallFacts& facts, const std::vector<ConversationEntry>& conversation) {
  return {{"messages", artifact_messages(facts, conversation)},
          {"messagesOpenAIFormatted", openai_messages(conversation)}};
}

}  // namespace

json::object assistant_request(const CallFacts& facts, UtcTime at) {
  return server_message(facts, "assistant-request", at);
}

json::object tool_calls(const CallFacts& facts, UtcTime at, const std::vector<ToolCallRequest>& calls,
                        const json::array& tools) {
  json::array list;
  json::array with_tools;
  for (const auto& call : calls) {
    auto entry = openai_tool_call(call, arguments_as_object(call));
    auto tool = configuration_of(call.name, tools);
    tool["toolCall"] = entry;
    with_tools.push_back(std::move(tool));
    list.push_back(std::move(entry));
  }
  return server_message(
      facts, "tool-calls", at,
      {{"toolCalls", list}, {"toolCallList", std::move(list)}, {"toolWithToolCallList", std::move(with_tools)}});
}

json::object status_update(const CallFacts& facts, UtcTime at) {
  json::object fields{{"status", facts.status}};
  if (!facts.ended_reason.empty()) fields["endedReason"] = facts.ended_reason;
  return server_message(facts, "status-update", at, std::move(fields));
}

json::object transcript(const CallFacts& facts, UtcTime at, std::string_view role, std::string_view text,
                        bool is_final) {
  return server_message(facts, "transcript", at,
                        {{"role", role}, {"transcriptType", is_final ? "final" : "partial"}, {"transcript", text}});
}

json::object speech_update(const CallFacts& facts, UtcTime at, std::string_view role, std::string_view status,
                           int turn) {
  return server_message(facts, "speech-update", at, {{"status", status}, {"role", role}, {"turn", turn}});
}

json::object conversation_update(const CallFacts& facts, UtcTime at,
                                 const std::vector<ConversationEntry>& conversation) {
  return server_message(facts, "conversation-update", at, artifact_of(facts, conversation));
}

json::object hang(const CallFacts& facts, UtcTime at) { return server_message(facts, "hang", at); }

json::object user_interrupted(const CallFacts& facts, UtcTime at) {
  return server_message(facts, "user-interrupted", at);
}

json::object voice_request(const CallFacts& facts, UtcTime at, std::string_view text, int sample_rate) {
  return server_message(facts, "voice-request", at, {{"text", text}, {"sampleRate", sample_rate}});
}

json::object end_of_call_report(const CallFacts& facts, UtcTime at, const CallReport& report) {
  const auto spoken = transcript_text(report.conversation);
  auto artifact = artifact_of(facts, report.conversation);
  artifact["transcript"] = spoken;
  if (!report.recording_url.empty()) artifact["recordingUrl"] = report.recording_url;
  if (!report.stereo_recording_url.empty()) artifact["stereoRecordingUrl"] = report.stereo_recording_url;
  json::object analysis;
  if (!report.summary.empty()) analysis["summary"] = report.summary;
  if (!report.success_evaluation.empty()) analysis["successEvaluation"] = report.success_evaluation;

  json::object fields{{"endedReason", facts.ended_reason}, {"cost", facts.cost.value_or(0)}};
  if (facts.started_at) fields["startedAt"] = to_rfc3339(*facts.started_at);
  if (facts.ended_at) fields["endedAt"] = to_rfc3339(*facts.ended_at);
  fields["analysis"] = std::move(analysis);
  // Not in the published types, but on the wire, and integrations read them there.
  fields["transcript"] = spoken;
  fields["messages"] = artifact["messages"];
  if (!report.summary.empty()) fields["summary"] = report.summary;
  if (!report.recording_url.empty()) fields["recordingUrl"] = report.recording_url;
  if (!report.stereo_recording_url.empty()) fields["stereoRecordingUrl"] = report.stereo_recording_url;
  if (facts.started_at && facts.ended_at) {
    fields["durationSeconds"] = std::chrono::duration<double>(*facts.ended_at - *facts.started_at).count();
  }
  fields["artifact"] = std::move(artifact);
  return server_message(facts, "end-of-call-report", at, std::move(fields));
}

json::array artifact_messages(const CallFacts& facts, const std::vector<ConversationEntry>& conversation) {
  json::array messages;
  for (const auto& entry : conversation) {
    json::object message;
    if (entry.role == "assistant" && !entry.tool_calls.empty()) {
      message = {{"role", "tool_calls"}, {"message", entry.text}, {"toolCalls", tool_call_array(entry.tool_calls)}};
    } else if (entry.role == "tool") {
      message = {{"role", "tool_call_result"},
                 {"toolCallId", entry.tool_call_id},
                 {"name", entry.tool_name},
                 {"result", entry.text}};
    } else {
      message = {{"role", entry.role == "assistant" ? "bot" : entry.role}, {"message", entry.text}};
    }
    const auto since_start = entry.at && facts.started_at
                                 ? std::chrono::duration<double>(*entry.at - *facts.started_at).count()
                                 : entry.seconds_from_start.value_or(0);
    if (entry.at) message["time"] = to_epoch_ms(*entry.at);
    message["secondsFromStart"] = since_start;
    messages.push_back(std::move(message));
  }
  return messages;
}

json::array openai_messages(const std::vector<ConversationEntry>& conversation) {
  json::array messages;
  for (const auto& entry : conversation) {
    json::object message{{"role", entry.role}, {"content", entry.text}};
    if (entry.role == "tool") message["tool_call_id"] = entry.tool_call_id;
    if (!entry.tool_calls.empty()) {
      if (entry.text.empty()) message["content"] = nullptr;
      message["tool_calls"] = tool_call_array(entry.tool_calls);
    }
    messages.push_back(std::move(message));
  }
  return messages;
}

std::string transcript_text(const std::vector<ConversationEntry>& conversation) {
  std::string text;
  for (const auto& entry : conversation) {
    if (entry.text.empty() || (entry.role != "assistant" && entry.role != "user")) continue;
    text += entry.role == "assistant" ? "AI: " : "User: ";
    text += entry.text;
    text += '\n';
  }
  return text;
}

}  // namespace offhook::vapi
