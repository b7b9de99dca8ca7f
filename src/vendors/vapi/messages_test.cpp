#include "vendors/vapi/messages.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "base/time_text.hpp"

namespace offhook::vapi {
namespace {

json::value sample(const std::string& name) {
  std::ifstream file(std::string(OFFHOOK_SOURCE_DIR) + "/test/data/vapi/" + name);
  std::stringstream text;
  text << file.rdbuf();
  return parse_json(text.str()).value();
}

const UtcTime kAt(std::chrono::milliseconds(1763650001000));

/// The call of the samples.
CallFacts sample_facts() {
  return {.id = "6a1f2c3d-1111-4e5f-8a9b-00000000c001",
          .org_id = "0f6c1d0e-7c1b-4d0b-9a55-1c6c8e6f0001",
          .status = "ringing",
          .created_at = *parse_rfc3339("2025-11-20T14:46:38Z"),
          .updated_at = *parse_rfc3339("2025-11-20T14:46:40Z"),
          .customer_number = "+14155550101",
          .phone_number = "+14155550100",
          .phone_number_id = "9c2e4b10-3333-4f6a-8b7c-00000000b001",
          .phone_number_name = "Main line"};
}

/// Everything in `part` is in `whole` too, with the same value.
void expect_within(const json::value& part, const json::value& whole, const std::string& path = "message") {
  if (part.is_object() && whole.is_object()) {
    for (const auto& member : part.get_object()) {
      const auto* other = whole.get_object().if_contains(member.key());
      const auto where = path + "." + std::string(member.key());
      if (other == nullptr) {
        ADD_FAILURE() << where << " is missing";
      } else {
        expect_within(member.value(), *other, where);
      }
    }
  } else if (part.is_array() && whole.is_array() && part.get_array().size() == whole.get_array().size()) {
    for (std::size_t i = 0; i < part.get_array().size(); ++i) {
      expect_within(part.get_array()[i], whole.get_array()[i], path + "[" + std::to_string(i) + "]");
    }
  } else if (part.is_number() && whole.is_number()) {
    EXPECT_DOUBLE_EQ(part.to_number<double>(), whole.to_number<double>()) << path;
  } else {
    EXPECT_EQ(part, whole) << path;
  }
}

/// Members of the sample that stand for things a local platform does not have.
json::value without(json::value message, std::initializer_list<std::pair<std::string_view, std::string_view>> members) {
  for (const auto& [parent, member] : members) {
    auto& object = parent.empty() ? message.at("message").as_object() : message.at("message").at(parent).as_object();
    object.erase(member);
  }
  return message;
}

TEST(Messages, AnAssistantRequestLooksLikeTheSample) {
  const auto expected = without(sample("assistant-request.json"), {{"", "assistantVersion"},
                                                                   {"call", "phoneCallProvider"},
                                                                   {"call", "phoneCallProviderId"},
                                                                   {"call", "phoneCallTransport"},
                                                                   {"call", "transport"},
                                                                   {"call", "assistantVersion"},
                                                                   {"phoneNumber", "provider"},
                                                                   {"phoneNumber", "twilioAccountSid"},
                                                                   {"phoneNumber", "twilioAuthToken"}});
  expect_within(expected, assistant_request(sample_facts(), kAt));
}

TEST(Messages, ToolCallsHaveTheObservedLayout) {
  const auto observed = sample("tool-calls.observed.json").at("message");
  auto tool = observed.at("toolWithToolCallList").at(0).as_object();
  tool.erase("toolCall");
  const auto built =
      tool_calls(sample_facts(), kAt,
                 {{.id = "call_7Qk2", .name = "find_table", .arguments = R"({"party":2,"time":"19:00"})"}},
                 json::array{tool})
          .at("message");
  for (const char* member : {"type", "timestamp", "toolCalls", "toolCallList", "toolWithToolCallList"}) {
    EXPECT_EQ(built.at(member), observed.at(member)) << member;
  }
}

TEST(Messages, ToolCallsOfUnknownToolsAndBrokenArgumentsAreStillSent) {
  const auto built = tool_calls(sample_facts(), kAt, {{.id = "c", .name = "f", .arguments = "{broken"}});
  const auto decoded = decode_server_message(json::value(built)).value();
  ASSERT_EQ(decoded.tool_calls.size(), 1u);
  EXPECT_EQ(decoded.tool_calls[0].name, "f");
  EXPECT_EQ(decoded.tool_calls[0].arguments, "{broken");
}

TEST(Messages, SmallMessagesLookLikeTheirSamples) {
  CallFacts facts{.id = "6a1f2c3d-1111-4e5f-8a9b-00000000c001",
                  .org_id = "0f6c1d0e-7c1b-4d0b-9a55-1c6c8e6f0001",
                  .status = "in-progress",
                  .created_at = *parse_rfc3339("2025-11-20T14:46:38Z"),
                  .updated_at = *parse_rfc3339("2025-11-20T14:46:40Z"),
                  .started_at = UtcTime(std::chrono::milliseconds(1763650000000))};
  const UtcTime at(std::chrono::milliseconds(1763650000000));
  const json::object built[] = {status_update(facts, at),
                                transcript(facts, at, "user", "Table for two at seven.", true),
                                speech_update(facts, at, "assistant", "started", 1),
                                hang(facts, at),
                                user_interrupted(facts, at),
                                voice_request(facts, at, "Table four is yours at seven.", 24000)};
  for (const auto& body : built) {
    const auto type = body.at("message").at("type");
    bool found = false;
    for (const auto& expected : sample("server-messages-minimal.json").as_array()) {
      if (expected.at("message").at("type") != type) continue;
      expect_within(without(expected, {{"", "turnId"}}), body, json::serialize(type));
      found = true;
    }
    EXPECT_TRUE(found) << type;
  }
}

TEST(Messages, AReportSurvivesTheWayThroughTheDecoder) {
  const auto original = decode_server_message(sample("end-of-call-report.json")).value();
  auto facts = sample_facts();
  facts.status = "ended";
  facts.started_at = original.started_at;
  facts.ended_at = original.ended_at;
  facts.ended_reason = original.ended_reason;
  facts.cost = original.cost;
  const auto body = end_of_call_report(facts, *original.timestamp,
                                       {.conversation = original.messages,
                                        .summary = original.summary,
                                        .recording_url = original.recording_url,
                                        .success_evaluation = "true"});
  const auto decoded = decode_server_message(json::value(body)).value();
  EXPECT_EQ(dedupe_key(decoded), dedupe_key(original));
  EXPECT_EQ(decoded.transcript, original.transcript);
  EXPECT_EQ(decoded.summary, original.summary);
  EXPECT_EQ(decoded.recording_url, original.recording_url);
  EXPECT_EQ(decoded.duration_seconds, original.duration_seconds);
  EXPECT_EQ(decoded.cost, original.cost);
  ASSERT_EQ(decoded.messages.size(), original.messages.size());
  for (std::size_t i = 0; i < decoded.messages.size(); ++i) {
    EXPECT_EQ(decoded.messages[i].role, original.messages[i].role) << i;
    EXPECT_EQ(decoded.messages[i].text, original.messages[i].text) << i;
    EXPECT_EQ(decoded.messages[i].at, original.messages[i].at) << i;
    EXPECT_EQ(decoded.messages[i].tool_calls.size(), original.messages[i].tool_calls.size()) << i;
  }
  EXPECT_EQ(body.at("message").at("artifact").at("messagesOpenAIFormatted"),
            sample("end-of-call-report.json").at("message").at("artifact").at("messagesOpenAIFormatted"));
  EXPECT_EQ(find_string_at(body, {"message", "analysis", "successEvaluation"}), "true");
}

TEST(Messages, AConversationUpdateHoldsBothShapes) {
  const std::vector<ConversationEntry> said = {{.role = "system", .text = "You book tables."},
                                               {.role = "assistant", .text = "Hi, this is the front desk."}};
  const auto body = conversation_update(sample_facts(), kAt, said);
  EXPECT_EQ(find_at(body, {"message", "messagesOpenAIFormatted"})->as_array().size(), 2u);
  EXPECT_EQ(find_at(body, {"message", "messages"})->as_array().at(1).at("role"), "bot");
}

}  // namespace
}  // namespace offhook::vapi
