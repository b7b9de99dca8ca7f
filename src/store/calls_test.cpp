#include "store/calls.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "store/testing/database.hpp"

namespace offhook::store {
namespace {

using testing::kNow;
using namespace std::chrono_literals;

class CallsTest : public ::testing::Test {
 protected:
  Call add(std::string id, UtcTime created_at = kNow) {
    return calls_.upsert({.id = id, .platform_id = "p-" + id, .created_at = created_at}).value();
  }
  std::unique_ptr<sql::Connection> db_ = testing::migrated_database();
  Calls calls_{*db_, Owner::local()};
};

TEST_F(CallsTest, GivesBackAllThatWasStored) {
  const Call call{.id = "c1",
                  .platform_id = "p1",
                  .status = CallStatus::in_progress,
                  .direction = "inbound",
                  .assistant_id = "a1",
                  .agent = "leasing",
                  .phone_number = "+14155550101",
                  .property_id = "prop_1",
                  .lead_id = "lead_1",
                  .metadata = R"({"k":1})",
                  .started_at = kNow + 1s,
                  .ended_at = kNow + 61s,
                  .duration_seconds = 60.5,
                  .ended_reason = "customer-ended-call",
                  .cost = 0.12,
                  .recording_url = "http://127.0.0.1/r.wav",
                  .summary = "A tour was booked.",
                  .created_at = kNow};
  ASSERT_TRUE(calls_.upsert(call));
  auto found = calls_.find("c1").value();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->platform_id, call.platform_id);
  EXPECT_EQ(found->status, call.status);
  EXPECT_EQ(found->direction, call.direction);
  EXPECT_EQ(found->assistant_id, call.assistant_id);
  EXPECT_EQ(found->agent, call.agent);
  EXPECT_EQ(found->phone_number, call.phone_number);
  EXPECT_EQ(found->property_id, call.property_id);
  EXPECT_EQ(found->lead_id, call.lead_id);
  EXPECT_EQ(found->metadata, call.metadata);
  EXPECT_EQ(found->started_at, call.started_at);
  EXPECT_EQ(found->ended_at, call.ended_at);
  EXPECT_EQ(found->duration_seconds, call.duration_seconds);
  EXPECT_EQ(found->ended_reason, call.ended_reason);
  EXPECT_EQ(found->cost, call.cost);
  EXPECT_EQ(found->recording_url, call.recording_url);
  EXPECT_EQ(found->summary, call.summary);
  EXPECT_EQ(found->created_at, call.created_at);
}

TEST_F(CallsTest, IsFoundByEitherId) {
  add("c1");
  EXPECT_EQ(calls_.find_any("c1").value()->id, "c1");
  EXPECT_EQ(calls_.find_any("p-c1").value()->id, "c1");
  EXPECT_EQ(calls_.find_any("p-c2").value(), std::nullopt);
  EXPECT_EQ(calls_.find("p-c1").value(), std::nullopt);
}

TEST_F(CallsTest, MergesWhatIsNewlyKnown) {
  ASSERT_TRUE(calls_.upsert({.id = "c1",
                             .platform_id = "p1",
                             .direction = "inbound",
                             .agent = "leasing",
                             .metadata = R"({"k":1})",
                             .created_at = kNow}));
  auto merged = calls_.upsert({.id = "c2",
                               .platform_id = "p1",
                               .status = CallStatus::ringing,
                               .lead_id = "lead_1",
                               .cost = 0.5,
                               .created_at = kNow + 1h,
                               .report_key = "2"});
  ASSERT_TRUE(merged);
  EXPECT_EQ(merged->id, "c1") << "the stored call keeps its id";
  EXPECT_EQ(merged->created_at, kNow);
  EXPECT_EQ(merged->direction, "inbound");
  EXPECT_EQ(merged->agent, "leasing") << "an empty member changes nothing";
  EXPECT_EQ(merged->metadata, R"({"k":1})");
  EXPECT_EQ(merged->lead_id, "lead_1");
  EXPECT_EQ(merged->cost, 0.5);
  EXPECT_EQ(merged->status, CallStatus::ringing);
  EXPECT_EQ(calls_.find("c2").value(), std::nullopt);
}

/// Every order in which the messages of a call can arrive ends in the same call.
TEST_F(CallsTest, EndsTheSameInWhateverOrderItsMessagesArrive) {
  std::vector<int> order{0, 1, 2, 3, 4, 5};
  int round = 0;
  do {
    const std::string platform_id = "p" + std::to_string(round++);
    CallStatus before = CallStatus::scheduled;
    for (const int rank : order) {
      Call seen{.id = "c" + platform_id,
                .platform_id = platform_id,
                .status = static_cast<CallStatus>(rank),
                .created_at = kNow};
      if (rank >= 3) seen.started_at = kNow + std::chrono::seconds(rank);
      if (rank >= 4) seen.ended_at = kNow + std::chrono::minutes(rank);
      auto stored = calls_.upsert(seen);
      ASSERT_TRUE(stored);
      ASSERT_GE(stored->status, before) << "a late message never takes a call back";
      ASSERT_GE(stored->status, seen.status);
      before = stored->status;
    }
    auto call = calls_.find_by_platform_id(platform_id).value();
    ASSERT_EQ(call->status, CallStatus::ended);
    ASSERT_EQ(call->started_at, kNow + 3s);
    ASSERT_EQ(call->ended_at, kNow + 5min);
  } while (std::ranges::next_permutation(order).found);
  EXPECT_EQ(round, 720);
}

TEST_F(CallsTest, BelievesTheMessageWithTheGreaterKeyWheneverItComes) {
  const Call status{.id = "a", .platform_id = "p", .ended_reason = "hangup", .created_at = kNow, .reason_key = "1"};
  Call report{.id = "b", .platform_id = "p", .ended_reason = "customer-ended-call", .created_at = kNow};
  report.duration_seconds = 9;
  report.summary = "A tour was booked.";
  report.reason_key = report.report_key = "2:1";
  Call corrected = report;
  corrected.duration_seconds = 10;
  corrected.summary = "";
  corrected.ended_reason = "";
  corrected.reason_key = "";
  corrected.report_key = "2:2";
  std::vector<Call> seen{corrected, report, status};
  std::ranges::sort(seen, {}, &Call::id);
  int round = 0;
  std::vector<int> order{0, 1, 2};
  do {
    const std::string platform_id = "p" + std::to_string(round++);
    for (const int index : order) {
      Call call = seen[static_cast<std::size_t>(index)];
      call.id += platform_id;
      call.platform_id = platform_id;
      ASSERT_TRUE(calls_.upsert(call));
      ASSERT_TRUE(calls_.upsert(call)) << "and again";
    }
    const auto call = calls_.find_by_platform_id(platform_id).value();
    EXPECT_EQ(call->ended_reason, "customer-ended-call");
    EXPECT_EQ(call->duration_seconds, 10);
    EXPECT_EQ(call->summary, "");
  } while (std::ranges::next_permutation(order).found);
}

TEST_F(CallsTest, MayExistBeforeThePlatformKnowsThem) {
  ASSERT_TRUE(calls_.upsert({.id = "c1", .created_at = kNow}));
  ASSERT_TRUE(calls_.upsert({.id = "c2", .created_at = kNow})) << "two unknown platform ids are no conflict";
  ASSERT_TRUE(calls_.upsert({.id = "c1", .status = CallStatus::ringing, .created_at = kNow}));
  EXPECT_EQ(calls_.find("c1").value()->status, CallStatus::ringing);
  ASSERT_TRUE(calls_.set_platform_id("c1", "p1"));
  ASSERT_TRUE(calls_.set_platform_id("c1", "p1")) << "again is fine";
  EXPECT_EQ(calls_.upsert({.id = "x", .platform_id = "p1", .created_at = kNow}).value().id, "c1");
  EXPECT_EQ(calls_.set_platform_id("c2", "p1").error().kind, ErrorKind::conflict);
  EXPECT_EQ(calls_.set_platform_id("c1", "p2").error().kind, ErrorKind::conflict);
  EXPECT_EQ(calls_.set_platform_id("c3", "p3").error().kind, ErrorKind::not_found);
}

TEST_F(CallsTest, StatusNamesAreThePlatforms) {
  for (const char* name : {"scheduled", "queued", "ringing", "in-progress", "forwarding", "ended"}) {
    auto status = parse_call_status(name);
    ASSERT_TRUE(status) << name;
    EXPECT_EQ(to_string(*status), name);
  }
  EXPECT_EQ(parse_call_status("in_progress"), std::nullopt);
}

TEST_F(CallsTest, ListsPageByPageNewestFirst) {
  for (int i = 0; i < 7; ++i) add("c" + std::to_string(i), kNow + std::chrono::seconds(i / 2));  // pairs share a time
  std::vector<std::string> ids;
  Page page{.limit = 3};
  int pages = 0;
  for (;;) {
    auto part = calls_.list({}, page).value();
    ++pages;
    for (const Call& call : part.items) ids.push_back(call.id);
    if (!part.next_cursor) break;
    if (pages == 1) add("late", kNow + 1h);  // a newer row does not disturb the pages after
    page.cursor = part.next_cursor;
  }
  EXPECT_THAT(ids, ::testing::ElementsAre("c6", "c5", "c4", "c3", "c2", "c1", "c0"));
  EXPECT_EQ(pages, 3);
}

TEST_F(CallsTest, HasNoNextPageWhenTheLastIsFull) {
  for (int i = 0; i < 4; ++i) add("c" + std::to_string(i));
  auto first = calls_.list({}, {.limit = 2}).value();
  ASSERT_TRUE(first.next_cursor);
  EXPECT_EQ(calls_.list({}, {.limit = 2, .cursor = first.next_cursor}).value().next_cursor, std::nullopt);
}

TEST_F(CallsTest, ListsWhatTheFilterSays) {
  ASSERT_TRUE(calls_.upsert({.id = "c1",
                             .status = CallStatus::ended,
                             .assistant_id = "a1",
                             .agent = "leasing",
                             .phone_number = "+1",
                             .property_id = "x",
                             .lead_id = "l",
                             .created_at = kNow}));
  ASSERT_TRUE(calls_.upsert({.id = "c2", .agent = "banking", .phone_number = "+1", .created_at = kNow}));
  const struct {
    CallFilter filter;
    std::size_t count;
  } cases[] = {{{}, 2},
               {{.agent = "leasing"}, 1},
               {{.agent = "realty"}, 0},
               {{.status = CallStatus::ended}, 1},
               {{.phone_number = "+1"}, 2},
               {{.assistant_id = "a1"}, 1},
               {{.lead_id = "l"}, 1},
               {{.property_id = "x"}, 1},
               {{.agent = "banking", .status = CallStatus::ended}, 0},
               {{.agent = "leasing", .status = CallStatus::ended, .phone_number = "+1"}, 1}};
  int number = 0;
  for (const auto& [filter, count] : cases) {
    EXPECT_EQ(calls_.list(filter, {}).value().items.size(), count) << "case " << number;
    ++number;
  }
}

TEST_F(CallsTest, TakesATranscriptEntryOnce) {
  add("c1");
  const TranscriptEntry hello{.call_id = "c1", .role = "user", .text = "Hello", .at = kNow};
  EXPECT_EQ(calls_.add_transcript(hello), true);
  EXPECT_EQ(calls_.add_transcript(hello), false);
  auto other = hello;
  other.role = "assistant";
  EXPECT_EQ(calls_.add_transcript(other), true);
  other.text = "Hello?";
  EXPECT_EQ(calls_.add_transcript(other), true);
  other.at += 1s;
  EXPECT_EQ(calls_.add_transcript(other), true);
  const auto entries = calls_.transcript("c1").value();
  ASSERT_EQ(entries.size(), 4U);
  EXPECT_EQ(entries.front().at, kNow);
  EXPECT_EQ(entries.back().at, kNow + 1s);
  EXPECT_EQ(entries.back().text, "Hello?");
}

TEST_F(CallsTest, KeepsNoTranscriptWithoutACall) {
  EXPECT_EQ(calls_.add_transcript({.call_id = "nobody", .role = "user", .text = "Hello", .at = kNow}).error().kind,
            ErrorKind::conflict);
}

TEST_F(CallsTest, ReplacesATranscriptByTheFinalOne) {
  add("c1");
  add("c2");
  ASSERT_TRUE(calls_.add_transcript({.call_id = "c1", .role = "user", .text = "Helo", .at = kNow}));
  ASSERT_TRUE(calls_.add_transcript({.call_id = "c2", .role = "user", .text = "Other", .at = kNow}));
  const TranscriptEntry final_entries[] = {{.role = "user", .text = "Hello", .at = kNow},
                                           {.role = "user", .text = "Hello", .at = kNow},
                                           {.role = "assistant", .text = "Hi", .at = kNow + 1s}};
  EXPECT_EQ(calls_.replace_transcript("c1", "2", final_entries), true);
  EXPECT_EQ(calls_.replace_transcript("c1", "1", {}), false) << "an older report";
  EXPECT_EQ(calls_.replace_transcript("c1", "2", {}), false) << "the same report";
  EXPECT_EQ(calls_.add_transcript({.call_id = "c1", .role = "user", .text = "Helo again", .at = kNow}), false);
  const auto entries = calls_.transcript("c1").value();
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].text, "Hello");
  EXPECT_EQ(entries[1].text, "Hi");
  EXPECT_EQ(calls_.transcript("c2").value().size(), 1U);
}

TEST_F(CallsTest, FillsInAToolCallsResult) {
  add("c1");
  ASSERT_TRUE(calls_.add_tool_call({.call_id = "c1", .id = "t1", .name = "list_cards", .arguments = "{}", .at = kNow}));
  ASSERT_TRUE(calls_.add_tool_call({.call_id = "c1", .id = "t1", .result = R"({"ok":true})", .at = kNow + 1s}));
  const auto tool_calls = calls_.tool_calls("c1").value();
  ASSERT_EQ(tool_calls.size(), 1U);
  EXPECT_EQ(tool_calls[0].name, "list_cards");
  EXPECT_EQ(tool_calls[0].arguments, "{}");
  EXPECT_EQ(tool_calls[0].result, R"({"ok":true})");
  EXPECT_EQ(tool_calls[0].at, kNow);
}

}  // namespace
}  // namespace offhook::store
