#include "vendors/vapi/server_message.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <set>
#include <sstream>

#include "base/time_text.hpp"

namespace offhook::vapi {
namespace {

constexpr std::string_view kCall = "6a1f2c3d-1111-4e5f-8a9b-00000000c001";
constexpr std::string_view kAssistant = "3b9d8f70-2222-4a1b-9c3d-00000000a001";

std::string sample(const std::string& name) {
  std::ifstream file(std::string(OFFHOOK_SOURCE_DIR) + "/test/data/vapi/" + name);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

ServerMessage decode(std::string_view text) {
  auto message = decode_server_message(text);
  if (!message) {
    ADD_FAILURE() << message.error().client << " in " << text;
    return {};
  }
  return std::move(*message);
}

void expect_find_table(const ToolCallRequest& call) {
  EXPECT_EQ(call.name, "find_table");
  EXPECT_EQ(parse_json(call.arguments).value(), (json::object{{"party", 2}, {"time", "19:00"}}));
}

TEST(ServerMessage, AssistantRequestSaysWhoCallsWhom) {
  const auto message = decode(sample("assistant-request.json"));
  EXPECT_EQ(message.kind, MessageKind::assistant_request);
  EXPECT_EQ(message.platform_call_id, kCall);
  EXPECT_EQ(message.direction, "inbound");
  EXPECT_EQ(message.customer_number, "+14155550101");
  EXPECT_EQ(message.dialled_number, "+14155550100");
  EXPECT_EQ(message.phone_number_id, "9c2e4b10-3333-4f6a-8b7c-00000000b001");
  EXPECT_EQ(message.timestamp, UtcTime(std::chrono::milliseconds(1763650001000)));
  EXPECT_TRUE(wants_answer(message.kind));
}

TEST(ServerMessage, NothingDecodedKeepsACarrierCredential) {
  for (const char* name : {"assistant-request.json", "tool-calls.observed.json", "end-of-call-report.json"}) {
    const auto stored = json::serialize(decode(sample(name)).raw);
    EXPECT_FALSE(stored.contains("twilioAuthToken")) << name;
    EXPECT_FALSE(stored.contains("ACxx")) << name;
    EXPECT_TRUE(stored.contains("+14155550100")) << name;
  }
}

TEST(ServerMessage, ToolCallsAreFoundInBothPublishedLayouts) {
  for (const char* name : {"tool-calls.observed.json", "tool-calls.schema.json"}) {
    const auto message = decode(sample(name));
    EXPECT_EQ(message.kind, MessageKind::tool_calls) << name;
    ASSERT_EQ(message.tool_calls.size(), 1u) << name;
    EXPECT_EQ(message.tool_calls[0].id, "call_7Qk2") << name;
    expect_find_table(message.tool_calls[0]);
    EXPECT_EQ(message.assistant_id, kAssistant);
    EXPECT_EQ(message.assistant_name, "Front Desk");
  }
}

TEST(ServerMessage, ToolCallsAreFoundInEveryObservedLayout) {
  const std::string_view args = R"({"party":2,"time":"19:00"})";
  const std::string_view text = R"("{\"party\":2,\"time\":\"19:00\"}")";
  const std::string bodies[] = {
      R"({"message":{"type":"tool-calls","toolCallList":[{"id":"c1","function":{"name":"find_table","arguments":)" +
          std::string(args) + "}}]}}",
      R"({"message":{"type":"tool-calls","toolCalls":[{"id":"c1","function":{"name":"find_table","arguments":)" +
          std::string(text) + "}}]}}",
      R"({"message":{"type":"tool-calls","toolCallList":[{"id":"c1","name":"find_table","parameters":)" +
          std::string(args) + "}]}}",
      R"({"message":{"type":"tool-calls","toolCallList":[{"id":"c1","name":"find_table","arguments":)" +
          std::string(text) + "}]}}",
      R"({"message":{"type":"tool-calls","toolWithToolCallList":[{"name":"find_table","toolCall":{"id":"c1","parameters":)" +
          std::string(args) + "}}]}}",
      R"({"message":{"type":"tool-calls","toolWithToolCallList":[{"function":{"name":"find_table"},)"
      R"("toolCall":{"id":"c1","function":{"parameters":)" +
          std::string(args) + "}}}]}}",
      R"({"message":{"type":"tool-calls","toolCallList":[{"id":"c1"}],"toolWithToolCallList":[{"name":"find_table",)"
      R"("toolCall":{"id":"c1","parameters":)" +
          std::string(args) + "}}]}}",
      R"({"message":{"type":"tool_calls","toolCalls":[{"toolCallId":"c1","name":"find_table","arguments":)" +
          std::string(args) + "}]}}",
      R"({"message":{"toolCallList":[{"id":"c1","name":"find_table","arguments":)" + std::string(args) + "}]}}",
      R"({"type":"tool-calls","toolCall":{"id":"c1","name":"find_table","arguments":)" + std::string(args) + "}}"};
  for (const auto& body : bodies) {
    const auto message = decode(body);
    EXPECT_EQ(message.kind, MessageKind::tool_calls) << body;
    EXPECT_EQ(message.type, "tool-calls") << body;
    ASSERT_EQ(message.tool_calls.size(), 1u) << body;
    EXPECT_EQ(message.tool_calls[0].id, "c1") << body;
    expect_find_table(message.tool_calls[0]);
  }
}

TEST(ServerMessage, OddArgumentsAreKeptForTheValidator) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {R"("")", "{}"}, {"null", "{}"}, {R"("{broken")", "{broken"}, {"[1]", "[1]"}, {"7", "7"}};
  for (const auto& [sent, kept] : cases) {
    const auto message = decode(R"({"message":{"type":"tool-calls","toolCallList":[{"id":"c","name":"n","arguments":)" +
                                std::string(sent) + "}]}}");
    ASSERT_EQ(message.tool_calls.size(), 1u);
    EXPECT_EQ(message.tool_calls[0].arguments, kept);
  }
}

TEST(ServerMessage, ParallelToolCallsKeepTheirOrder) {
  const auto message = decode(
      R"({"message":{"type":"tool-calls","toolCallList":[{"id":"b","name":"x"},{"id":"a","name":"y"},{"id":"c"}]}})");
  ASSERT_EQ(message.tool_calls.size(), 3u);
  EXPECT_EQ(message.tool_calls[0].id + message.tool_calls[1].id + message.tool_calls[2].id, "bac");
  EXPECT_EQ(message.tool_calls[2].name, "");
}

TEST(ServerMessage, FunctionCallsAreUnderstoodWithAndWithoutTypeAndEnvelope) {
  for (
      const char* body :
      {R"({"message":{"type":"function-call","functionCall":{"name":"find_table","parameters":{"party":2,"time":"19:00"}}}})",
       R"({"message":{"functionCall":{"name":"find_table","parameters":{"party":2,"time":"19:00"}},"call":{}}})",
       R"({"type":"function-call","functionCall":{"name":"find_table","parameters":"{\"party\":2,\"time\":\"19:00\"}"}})",
       R"({"functionCall":{"name":"find_table","arguments":{"party":2,"time":"19:00"}}})",
       R"({"type":"function_call","name":"find_table","parameters":{"party":2,"time":"19:00"}})"}) {
    const auto message = decode(body);
    EXPECT_EQ(message.kind, MessageKind::function_call) << body;
    ASSERT_TRUE(message.function_call) << body;
    expect_find_table(*message.function_call);
  }
}

TEST(ServerMessage, TheReportHoldsTheWholeCall) {
  const auto report = decode(sample("end-of-call-report.json"));
  EXPECT_EQ(report.kind, MessageKind::end_of_call_report);
  EXPECT_EQ(report.ended_reason, "customer-ended-call");
  EXPECT_EQ(to_rfc3339(report.started_at.value()), "2025-11-20T14:46:41.000Z");
  EXPECT_DOUBLE_EQ(report.duration_seconds.value(), 10.5);
  EXPECT_DOUBLE_EQ(report.cost.value(), 0.01045);
  EXPECT_EQ(report.summary, "Caller booked table four for two at seven.");
  EXPECT_TRUE(report.recording_url.ends_with("-mono.wav"));
  EXPECT_TRUE(report.transcript.starts_with("AI: Hi, this is the front desk.\nUser: "));
  ASSERT_EQ(report.messages.size(), 6u);
  const std::pair<std::string_view, std::string_view> said[] = {
      {"system", "You book tables."},       {"assistant", "Hi, this is the front desk."},
      {"user", "Table for two at seven."},  {"assistant", ""},
      {"tool", "Table 4 is free at 19:00"}, {"assistant", "Table four is yours at seven."}};
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(report.messages[i].role, said[i].first) << i;
    EXPECT_EQ(report.messages[i].text, said[i].second) << i;
  }
  ASSERT_EQ(report.messages[3].tool_calls.size(), 1u);
  expect_find_table(report.messages[3].tool_calls[0]);
  EXPECT_EQ(report.messages[4].tool_call_id, "call_7Qk2");
  EXPECT_EQ(report.messages[4].tool_name, "find_table");
  EXPECT_EQ(report.messages[2].at, UtcTime(std::chrono::milliseconds(1763650004100)));
  EXPECT_DOUBLE_EQ(report.messages[2].seconds_from_start.value(), 4.1);
}

TEST(ServerMessage, OlderReportsAreReadFromTheTopLevel) {
  const auto report = decode(R"({"message":{"type":"end-of-call-report","timestamp":"2024-07-11T19:40:02.123Z",
      "endedReason":"hangup","durationSeconds":12.5,"summary":"A call.","transcript":"AI: Hi\nUser: Bye\n",
      "recordingUrl":"https://r.example.test/a.wav","stereoRecordingUrl":"https://r.example.test/s.wav",
      "messages":[{"role":"bot","message":"Hi","time":1.7207e12},{"role":"user","message":"Bye"},
                  {"role":"function_call","name":"f","args":"{\"a\":1}"},{"role":"function_result","name":"f","result":{"b":2}},
                  "noise",{"role":"assistant","message":"Gone"}],
      "call":{"id":"c9","status":"ringing","assistantId":null,"customer":{"number":"+1999"}}}})");
  EXPECT_EQ(to_rfc3339(report.timestamp.value()), "2024-07-11T19:40:02.123Z");
  EXPECT_EQ(report.customer_number, "+1999");
  EXPECT_EQ(report.assistant_id, "");
  EXPECT_EQ(report.status, "");
  EXPECT_DOUBLE_EQ(report.duration_seconds.value(), 12.5);
  EXPECT_EQ(report.summary, "A call.");
  EXPECT_EQ(report.recording_url, "https://r.example.test/a.wav");
  ASSERT_EQ(report.messages.size(), 5u);
  EXPECT_EQ(report.messages[0].role, "assistant");
  ASSERT_EQ(report.messages[2].tool_calls.size(), 1u);
  EXPECT_EQ(report.messages[2].tool_calls[0].arguments, R"({"a":1})");
  EXPECT_EQ(report.messages[3].role, "tool");
  EXPECT_EQ(report.messages[3].text, R"({"b":2})");
}

/// One row for each message of server-messages-minimal.json: its type, its kind, and what else to see.
struct MinimalCase {
  std::string_view type;
  MessageKind kind;
  std::function<void(const ServerMessage&)> check = [](const ServerMessage&) {};
};

const MinimalCase kMinimal[] = {
    {"status-update", MessageKind::status_update, [](const auto& m) { EXPECT_EQ(m.status, "in-progress"); }},
    {"transcript", MessageKind::transcript,
     [](const auto& m) {
       EXPECT_EQ(m.role, "user");
       EXPECT_EQ(m.text, "Table for two at seven.");
       EXPECT_TRUE(m.is_final);
     }},
    {"conversation-update", MessageKind::conversation_update,
     [](const auto& m) {
       ASSERT_EQ(m.messages.size(), 3u);
       EXPECT_EQ(m.messages[1].role, "assistant");
     }},
    {"speech-update", MessageKind::speech_update,
     [](const auto& m) {
       EXPECT_EQ(m.status, "started");
       EXPECT_EQ(m.role, "assistant");
       EXPECT_EQ(m.turn, 1.0);
     }},
    {"hang", MessageKind::hang},
    {"model-output", MessageKind::model_output},
    {"user-interrupted", MessageKind::user_interrupted},
    {"voice-input", MessageKind::voice_input,
     [](const auto& m) { EXPECT_EQ(m.text, "Table four is yours at seven."); }},
    {"assistant.speechStarted", MessageKind::assistant_speech_started, [](const auto& m) { EXPECT_EQ(m.turn, 2.0); }},
    {"transfer-destination-request", MessageKind::transfer_destination_request},
    {"transfer-update", MessageKind::transfer_update},
    {"phone-call-control", MessageKind::phone_call_control},
    {"language-change-detected", MessageKind::language_change},
    {"handoff-destination-request", MessageKind::handoff_destination_request},
    {"knowledge-base-request", MessageKind::knowledge_base_request,
     [](const auto& m) { EXPECT_FALSE(m.messages.empty()); }},
    {"call.endpointing.request", MessageKind::endpointing_request},
    {"voice-request", MessageKind::voice_request,
     [](const auto& m) { EXPECT_EQ(m.text, "Table four is yours at seven."); }},
    {"call.artifact.upload", MessageKind::call_housekeeping},
    {"campaign.predial", MessageKind::campaign_predial},
    {"call.deleted", MessageKind::call_housekeeping},
    {"call.delete.failed", MessageKind::call_housekeeping},
    {"chat.created", MessageKind::chat_event, [](const auto& m) { EXPECT_EQ(m.platform_call_id, ""); }},
    {"chat.deleted", MessageKind::chat_event},
    {"session.created", MessageKind::session_event},
    {"session.updated", MessageKind::session_event},
    {"session.deleted", MessageKind::session_event},
    {"function-call", MessageKind::function_call, [](const auto& m) { expect_find_table(m.function_call.value()); }},
};

TEST(ServerMessage, EveryPublishedTypeDecodes) {
  const auto samples = parse_json(sample("server-messages-minimal.json")).value().as_array();
  std::set<std::string> seen;
  for (const auto& body : samples) {
    const auto message = decode(json::serialize(body));
    const auto* row = std::ranges::find(kMinimal, std::string_view(message.type), &MinimalCase::type);
    ASSERT_NE(row, std::end(kMinimal)) << message.type;
    EXPECT_EQ(message.kind, row->kind) << message.type;
    EXPECT_EQ(message.timestamp, UtcTime(std::chrono::milliseconds(1763650000000))) << message.type;
    const bool is_of_a_call = find(body.at("message"), "call") != nullptr;
    EXPECT_EQ(message.platform_call_id, is_of_a_call ? kCall : "") << message.type;
    row->check(message);
    seen.insert(message.type);
  }
  EXPECT_EQ(seen.size(), std::size(kMinimal));
}

TEST(ServerMessage, VoiceRequestsCarryTheirTextAndRate) {
  const auto message = decode(sample("voice-request.json"));
  EXPECT_EQ(message.kind, MessageKind::voice_request);
  EXPECT_EQ(message.text, "Table four is yours at seven.");
  EXPECT_EQ(find_number(message.raw, "sampleRate"), 24000);
}

TEST(ServerMessage, SimplifiedNamesOfGuidesAreUnderstood) {
  const struct {
    std::string_view body;
    MessageKind kind;
    std::string_view call, status;
  } cases[] = {
      {R"({"type":"call.started","callId":"c1"})", MessageKind::status_update, "c1", "in-progress"},
      {R"({"event":"call.ended","callId":"c1","endedReason":"hangup"})", MessageKind::end_of_call_report, "c1", ""},
      {R"({"event":"call.ended","data":{"call_id":"c2"}})", MessageKind::end_of_call_report, "c2", ""},
      {R"({"message":{"type":"call-start"},"call":{"id":"c3"}})", MessageKind::status_update, "c3", "in-progress"},
      {R"({"type":"transcript.update","callId":"c1","role":"bot","text":"Hi"})", MessageKind::transcript, "c1", ""},
      {R"({"type":"speech.end","call":"c4","role":"user"})", MessageKind::speech_update, "c4", "stopped"},
      {R"({"message":{"type":"status-update","call":{"id":"c5","status":"ended"}}})", MessageKind::status_update, "c5",
       "ended"}};
  for (const auto& [body, kind, call, status] : cases) {
    const auto message = decode(body);
    EXPECT_EQ(message.kind, kind) << body;
    EXPECT_EQ(message.platform_call_id, call) << body;
    EXPECT_EQ(message.status, status) << body;
  }
  EXPECT_EQ(decode(cases[4].body).text, "Hi");
  EXPECT_EQ(decode(cases[4].body).role, "assistant");
}

TEST(ServerMessage, FinalTranscriptsAreToldFromPartialOnes) {
  const std::pair<std::string_view, bool> cases[] = {
      {R"({"message":{"type":"transcript","transcriptType":"partial","transcript":"a"}})", false},
      {R"({"message":{"type":"transcript","transcriptType":"final","transcript":"a"}})", true},
      {R"({"message":{"type":"transcript[transcriptType=\"final\"]","transcript":"a"}})", true},
      {R"({"message":{"type":"transcript","isFinal":false,"transcript":"a"}})", false},
      {R"({"message":{"type":"transcript","transcript":"a"}})", true}};
  for (const auto& [body, is_final] : cases) {
    const auto message = decode(body);
    EXPECT_EQ(message.kind, MessageKind::transcript) << body;
    EXPECT_EQ(message.type, "transcript") << body;
    EXPECT_EQ(message.is_final, is_final) << body;
    EXPECT_EQ(message.text, "a") << body;
  }
}

TEST(ServerMessage, AnUnknownTypeIsKept) {
  const auto message = decode(R"({"message":{"type":"brand-new","x":1,"call":{"id":"c1"}}})");
  EXPECT_EQ(message.kind, MessageKind::unknown);
  EXPECT_EQ(message.type, "brand-new");
  EXPECT_EQ(message.platform_call_id, "c1");
  EXPECT_EQ(find_number(message.raw, "x"), 1);
}

TEST(ServerMessage, FieldsOfTheWrongTypeCountAsAbsent) {
  const auto message = decode(
      R"({"message":{"type":"status-update","timestamp":{},"call":[],"customer":7,"phoneNumber":null,"status":3,
          "messages":{},"cost":"much","startedAt":"soon","assistant":"a"}})");
  EXPECT_EQ(message.kind, MessageKind::status_update);
  EXPECT_EQ(message.platform_call_id + message.customer_number + message.dialled_number + message.status, "");
  EXPECT_FALSE(message.timestamp || message.cost || message.started_at);
}

TEST(ServerMessage, WhatIsNoMessageIsRefusedByField) {
  const struct {
    std::string_view body, param, code;
  } cases[] = {{"", "body", ""},
               {"{", "body", ""},
               {"\xff", "body", ""},
               {"[]", "body", "invalid_type"},
               {"7", "body", "invalid_type"},
               {"{}", "message", "missing_required_parameter"},
               {R"({"message":null})", "message", "invalid_type"},
               {R"({"message":[]})", "message", "invalid_type"},
               {R"({"message":"hi"})", "message", "invalid_type"},
               {R"({"message":{}})", "message.type", "missing_required_parameter"},
               {R"({"message":{"type":5}})", "message.type", "invalid_type"},
               {R"({"message":{"type":["tool-calls"]}})", "message.type", "invalid_type"}};
  for (const auto& [body, param, code] : cases) {
    const auto message = decode_server_message(body);
    ASSERT_FALSE(message) << body;
    EXPECT_EQ(message.error().kind, ErrorKind::invalid_argument) << body;
    EXPECT_EQ(message.error().param, param) << body;
    EXPECT_EQ(message.error().code, code) << body;
  }
}

TEST(DedupeKey, IsTheSameForARepeatAndDiffersForEveryOtherMessage) {
  const std::string_view bodies[] = {
      R"({"message":{"type":"status-update","status":"ringing","timestamp":1763650000000,"call":{"id":"c1"}}})",
      R"({"message":{"type":"status-update","status":"in-progress","timestamp":1763650000000,"call":{"id":"c1"}}})",
      R"({"message":{"type":"status-update","status":"ringing","timestamp":1763650000001,"call":{"id":"c1"}}})",
      R"({"message":{"type":"status-update","status":"ringing","timestamp":1763650000000,"call":{"id":"c2"}}})",
      R"({"message":{"type":"transcript","role":"user","transcript":"a","timestamp":1763650000000,"call":{"id":"c1"}}})",
      R"({"message":{"type":"transcript","role":"user","transcript":"b","timestamp":1763650000000,"call":{"id":"c1"}}})",
      R"({"message":{"type":"transcript","role":"bot","transcript":"a","timestamp":1763650000000,"call":{"id":"c1"}}})",
      R"({"message":{"type":"tool-calls","timestamp":1763650000000,"toolCallList":[{"id":"t1"}],"call":{"id":"c1"}}})",
      R"({"message":{"type":"tool-calls","timestamp":1763650000000,"toolCallList":[{"id":"t2"}],"call":{"id":"c1"}}})",
      R"({"message":{"type":"function-call","functionCall":{"name":"f","parameters":{"a":1}}}})",
      R"({"message":{"type":"function-call","functionCall":{"name":"f","parameters":{"a":2}}}})"};
  std::set<std::string> keys;
  for (const auto body : bodies) {
    const auto key = dedupe_key(decode(body));
    EXPECT_EQ(key, dedupe_key(decode(body)));
    EXPECT_TRUE(keys.insert(key).second) << body;
  }
}

TEST(DedupeKey, IgnoresWhatGrowsBetweenDeliveries) {
  EXPECT_EQ(
      dedupe_key(decode(
          R"({"message":{"type":"hang","timestamp":1763650000000,"call":{"id":"c1","updatedAt":"a"},"artifact":{}}})")),
      dedupe_key(decode(R"({"message":{"type":"hang","timestamp":1763650000000,"call":{"id":"c1"}}})")));
}

TEST(ServerMessage, WhatIsKeptIsReadBackEvenWhenOnlyItsContentSaysWhatItIs) {
  const auto message =
      decode_server_message(
          std::string_view(R"({"message":{"typ;":"x","toolCallList":[{"id":"1","function":{"name":"f"}}]}})"))
          .value();
  EXPECT_EQ(message.kind, MessageKind::tool_calls);
  const std::string kept = json::serialize(message.raw);
  const auto again = decode_server_message(std::string_view(kept));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->tool_calls.size(), 1u);
}

TEST(ServerMessage, ANumberBeyondAllNumbersIsNone) {
  const auto message =
      decode_server_message(std::string_view(R"({"type":"hang","cost":14e761281,"x":[1e999]})")).value();
  EXPECT_EQ(message.cost, std::nullopt);
  const std::string kept = json::serialize(message.raw);
  EXPECT_TRUE(decode_server_message(std::string_view(kept))) << kept;
}

}  // namespace
}  // namespace offhook::vapi
