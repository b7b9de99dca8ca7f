#include "call/call_log.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "call/testing/call_world.hpp"
#include "store/leads.hpp"

namespace offhook::call {
namespace {

using namespace std::chrono_literals;

using World = testing::CallWorld;

const std::vector<std::string> kMessages = {
    R"({"message":{"type":"status-update","status":"in-progress","timestamp":1763650000000,"call":{"id":"c-1"}}})",
    R"({"message":{"type":"transcript","role":"user","transcriptType":"final","transcript":"Hello.","timestamp":1763650001000,"call":{"id":"c-1"}}})",
    R"({"message":{"type":"status-update","status":"ended","endedReason":"customer-ended-call","timestamp":1763650009000,"call":{"id":"c-1"}}})",
    R"({"message":{"type":"end-of-call-report","endedReason":"customer-ended-call","timestamp":1763650010000,
        "startedAt":"2025-11-20T14:46:40.000Z","endedAt":"2025-11-20T14:46:49.000Z","cost":0.01,"call":{"id":"c-1"},
        "artifact":{"messages":[{"role":"bot","message":"Hi.","time":1763650000500},{"role":"user","message":"Hello.","time":1763650001000}]}}})"};

TEST(CallLog, ARepeatedDeliveryChangesNothing) {
  World world;
  for (const auto& message : kMessages) EXPECT_TRUE(world.record(message).is_new);
  const auto before = world.transcript();
  for (const auto& message : kMessages) EXPECT_FALSE(world.record(message).is_new);
  EXPECT_EQ(world.transcript().size(), before.size());
  EXPECT_EQ(world.call().duration_seconds, 9.0);
}

TEST(CallLog, EveryOrderOfDeliveryEndsTheSame) {
  std::vector<std::size_t> order = {0, 1, 2, 3};
  do {
    World world;
    for (const auto index : order) world.record(kMessages[index]);
    const auto call = world.call();
    EXPECT_EQ(call.status, store::CallStatus::ended);
    EXPECT_EQ(call.ended_reason, "customer-ended-call");
    EXPECT_EQ(call.duration_seconds, 9.0);
    const auto transcript = world.transcript();
    ASSERT_GE(transcript.size(), 2u);
    EXPECT_EQ(std::count_if(transcript.begin(), transcript.end(), [](const auto& e) { return e.text == "Hello."; }), 1);
  } while (std::next_permutation(order.begin(), order.end()));
}

/// Everything the messages of a call left behind, but for what is made up here: ids and times of arrival.
std::string all_rows(World& world) {
  static constexpr const char* kQueries[] = {
      ("SELECT platform_id, status, direction, assistant_id, agent, phone_number, property_id, lead_id, metadata, "
       "started_at, ended_at, duration_seconds, ended_reason, cost, recording_url, summary, created_at FROM calls "
       "ORDER BY platform_id"),
      "SELECT role, said, said_at FROM transcript_entries ORDER BY call_id, said_at, seq",
      "SELECT id, name, arguments, result, called_at FROM call_tool_calls ORDER BY id",
      "SELECT policy, consent, consent_type, granted_at, status, url FROM call_recordings ORDER BY call_id",
      "SELECT lead_id, call_id, kind, note, happened_at FROM activities ORDER BY note",
      "SELECT type, payload, processed FROM webhook_events ORDER BY dedupe_key"};
  return world.loop
      .block_on(world.store->read([](sql::Connection& db) -> Result<std::string> {
        std::string text;
        for (const char* query : kQueries) {
          const int columns = static_cast<int>(std::ranges::count(
                                  std::string_view(query).substr(0, std::string_view(query).find(" FROM")), ',')) +
                              1;
          auto done = db.query(query, {}, [&](const sql::Row& row) -> Result<void> {
            for (int i = 0; i < columns; ++i) text.append(row.is_null(i) ? "NULL" : row.text(i)).append("|");
            text.append("\n");
            return {};
          });
          if (!done) return fail(done);
        }
        return text;
      }))
      .value();
}

/// The first report brings a recording that may be kept, the second takes the consent back.
std::string recording_in_report(int number) {
  return number == 0 ? R"("recordingUrl":"https://x/1.wav","compliance":{"recordingConsent":{"type":"verbal",
      "grantedAt":"2025-11-20T14:46:44.000Z"}},)"
                     : R"("compliance":{"recordingConsent":{"type":"verbal"}},)";
}

/// A recorded call with all that can disagree: statuses that lag behind, pieces of speech that the report corrects, the
/// number and the direction in some messages only, tool calls in two spellings, and two reports.
std::vector<std::string> recorded_call(bool has_conversation, int reports) {
  const std::string call = R"("call":{"id":"c-1","type":"inboundPhoneCall"})";
  const std::string known =
      R"("call":{"id":"c-1"},"customer":{"number":"+15551234567"},"assistant":{"name":"leasing"})";
  const auto message = [](int second, const std::string& fields, const std::string& about) {
    return R"({"message":{"timestamp":)" + std::to_string(1763650000000 + second * 1000) + "," + fields + "," + about +
           "}}";
  };
  std::vector<std::string> messages = {
      message(0, R"("type":"assistant-request")", known),
      message(1, R"("type":"status-update","status":"ringing")", call),
      message(2, R"("type":"status-update","status":"in-progress")", known),
      message(3, R"("type":"transcript","role":"assistant","transcriptType":"final","transcript":"Hello.")", call),
      message(4, R"("type":"transcript","role":"user","transcriptType":"partial","transcript":"A to")", call),
      message(4, R"("type":"transcript","role":"user","transcriptType":"final","transcript":"A tour pleas.")", call),
      message(5, R"("type":"speech-update","status":"stopped","role":"user")", call),
      message(
          5,
          R"("type":"tool-calls","toolCallList":[{"id":"t1","function":{"name":"schedule_tour","arguments":{"date":"2026-03-07"}}}])",
          call),
      message(6,
              R"("type":"conversation-update","messagesOpenAIFormatted":[{"role":"user","content":"A tour pleas."}])",
              call),
      message(8, R"("type":"status-update","status":"ended","endedReason":"hangup")", call),
      message(7, R"("type":"transcript","role":"assistant","transcriptType":"final","transcript":"Done.")", call),
      message(7, R"("type":"transcript","role":"user","transcriptType":"final","transcript":"Bye.")", call),
      message(9, R"("type":"hang")", call)};
  for (int i = 0; i < reports; ++i) {
    const std::string said = has_conversation
                                 ? R"(,"artifact":{"messages":[{"role":"bot","message":"Hello.","time":1763650003000},
        {"role":"user","message":"A tour, please.","time":1763650004000},
        {"role":"tool_calls","toolCalls":[{"id":"t1","function":{"name":"schedule_tour","arguments":"{\"date\": \"2026-03-07\"}"}}],"time":1763650005000},
        {"role":"tool_call_result","toolCallId":"t1","name":"schedule_tour","result":"Booked.","time":1763650006000}]})"
                                 : "";
    messages.push_back(
        message(10 + i,
                recording_in_report(i) + R"("type":"end-of-call-report","endedReason":"customer-ended-call",
        "startedAt":"2025-11-20T14:46:42.000Z","endedAt":"2025-11-20T14:46:49.000Z","cost":0.0)" +
                    std::to_string(1 + i) + R"(,"summary":"Report )" + std::to_string(i) + R"(.")" + said,
                call));
  }
  return messages;
}

TEST(CallLog, AnyInterleavingAndRepetitionEndsInTheSameRows) {
  struct Case {
    const char* name;
    bool has_conversation;
    int reports;
    agent::RecordingPolicy policy;
  };
  using enum agent::RecordingPolicy;
  for (const Case& c : {Case{"no report", false, 0, none}, Case{"a report without words", false, 1, required},
                        Case{"a report", true, 1, announced}, Case{"two reports", true, 2, none},
                        Case{"two reports of a call that needs consent", true, 2, required}}) {
    const auto messages = recorded_call(c.has_conversation, c.reports);
    const agent::AgentDefinition agent{.name = "leasing", .recording = c.policy};
    const auto rows_after = [&](const std::vector<std::size_t>& order) {
      World world;
      world.loop
          .block_on(world.store->write([](sql::Connection& db) {
            return store::Leads(db, store::Owner::local())
                .insert({.id = "lead_1", .name = "Ann", .phone = "+15551234567"});
          }))
          .value();
      // Only some messages name the agent.
      for (const auto index : order) {
        world.record(messages[index], messages[index].contains("leasing") ? &agent : nullptr);
      }
      return all_rows(world);
    };
    std::vector<std::size_t> order(messages.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    const std::string expected = rows_after(order);
    EXPECT_NE(expected.find("ended"), std::string::npos);
    Random random(20260302);
    for (int round = 0; round < 60; ++round) {
      std::vector<std::size_t> shuffled = order;
      for (int repeats = static_cast<int>(random.next() % 8); repeats > 0; --repeats) {
        shuffled.push_back(random.next() % messages.size());
      }
      for (std::size_t i = shuffled.size(); i > 1; --i) std::swap(shuffled[i - 1], shuffled[random.next() % i]);
      ASSERT_EQ(rows_after(shuffled), expected) << c.name << ", round " << round;
    }
  }
}

TEST(CallLog, AMessageWithoutACallIsKeptAndTouchesNoCall) {
  World world;
  const auto recorded = world.record(R"({"message":{"type":"hang"}})");
  EXPECT_TRUE(recorded.is_new);
  EXPECT_EQ(recorded.call_id, "");
}

}  // namespace
}  // namespace offhook::call
