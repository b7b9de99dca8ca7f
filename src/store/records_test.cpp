#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/exchange_objects.hpp"
#include "store/jobs.hpp"
#include "store/testing/database.hpp"
#include "store/tool_journal.hpp"
#include "store/webhook_events.hpp"

// What the machinery remembers: webhooks, tool effects, exchange objects, jobs; and pages of lists.

namespace offhook::store {
namespace {

using testing::kNow;
using namespace std::chrono_literals;

class Records : public ::testing::Test {
 protected:
  std::unique_ptr<sql::Connection> db_ = testing::migrated_database();
};

WebhookEvent event(std::string id, std::string key, UtcTime at = kNow) {
  return {.id = std::move(id),
          .dedupe_key = std::move(key),
          .platform_call_id = "p1",
          .type = "status-update",
          .verified = "hmac",
          .payload = R"({"message":{}})",
          .received_at = at};
}

TEST_F(Records, AWebhookIsStoredOnceAndAnsweredTheSameAgain) {
  WebhookEvents events(*db_, Owner::local());
  WebhookEvent first = event("e1", "k1");
  first.answer = R"({"results":[]})";
  EXPECT_TRUE(events.insert_if_new(first).value().is_new);
  auto again = events.insert_if_new(event("e2", "k1")).value();
  EXPECT_FALSE(again.is_new);
  EXPECT_EQ(again.id, "e1");
  EXPECT_EQ(again.answer, R"({"results":[]})");
  EXPECT_FALSE(again.processed);
  ASSERT_TRUE(events.mark_processed("e1"));
  again = events.insert_if_new(event("e3", "k1")).value();
  EXPECT_EQ(again.answer, R"({"results":[]})");
  EXPECT_TRUE(again.processed);
  EXPECT_EQ(events.find("e2").value(), std::nullopt);
  EXPECT_EQ(events.mark_processed("e9").error().kind, ErrorKind::not_found);
}

TEST_F(Records, TheWebhooksOfACallAreListedInOrderOfTime) {
  WebhookEvents events(*db_, Owner::local());
  ASSERT_TRUE(events.insert_if_new(event("e2", "k2", kNow + 1s)));
  ASSERT_TRUE(events.insert_if_new(event("e1", "k1", kNow)));
  ASSERT_TRUE(events.insert_if_new(event("e3", "k3", kNow + 2s)));
  ASSERT_TRUE(events.mark_processed("e2", "no such call"));
  auto of_call = events.list_for_call("p1").value();
  ASSERT_EQ(of_call.size(), 3U);
  EXPECT_EQ(of_call[1].id, "e2");
  EXPECT_EQ(of_call[1].error, "no such call");
  EXPECT_EQ(of_call[1].verified, "hmac");
  EXPECT_EQ(of_call[1].payload, R"({"message":{}})");
  EXPECT_EQ(of_call[1].received_at, kNow + 1s);
}

TEST_F(Records, AToolEffectIsJournalledOnce) {
  ToolJournal journal(*db_, Owner::local());
  const JournalEntry entry{.key = "call/1",
                           .call_id = "call",
                           .tool = "block_card",
                           .arguments = "{}",
                           .result = R"({"first":1})",
                           .ok = false,
                           .created_at = kNow};
  EXPECT_EQ(journal.find("call/1", kNow).value(), std::nullopt);
  EXPECT_EQ(journal.insert(entry), true);
  auto other = entry;
  other.result = R"({"second":2})";
  other.created_at = kNow + 24h * 365;
  EXPECT_EQ(journal.insert(other), false) << "it never expires";
  auto found = journal.find("call/1", kNow + 24h * 365).value();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->result, entry.result);
  EXPECT_EQ(found->tool, "block_card");
  EXPECT_FALSE(found->ok);
}

TEST_F(Records, AStartedToolCallIsFinishedOnceOrForgotten) {
  ToolJournal journal(*db_, Owner::local());
  const JournalEntry entry{.key = "r",
                           .tool = "t",
                           .arguments = "{}",
                           .ok = false,
                           .created_at = kNow,
                           .state = JournalState::started,
                           .idempotency_key = "key-1"};
  EXPECT_EQ(journal.insert(entry), true);
  EXPECT_EQ(journal.insert(entry), false) << "somebody is at it";
  const auto started = journal.find("r", kNow).value();
  EXPECT_EQ(started->state, JournalState::started);
  EXPECT_EQ(started->idempotency_key, "key-1");
  EXPECT_EQ(journal.finish("r", R"({"done":1})", true), true);
  EXPECT_EQ(journal.finish("r", R"({"done":2})", true), false);
  EXPECT_EQ(journal.forget_started("r"), false) << "what is finished stays";
  const auto finished = journal.find("r", kNow).value();
  EXPECT_EQ(finished->state, JournalState::finished);
  EXPECT_EQ(finished->result, R"({"done":1})");
  auto other = entry;
  other.key = "s";
  EXPECT_EQ(journal.insert(other), true);
  EXPECT_EQ(journal.forget_started("s"), true);
  EXPECT_EQ(journal.find("s", kNow).value(), std::nullopt);
}

TEST_F(Records, AnExpiredJournalEntryMakesRoom) {
  ToolJournal journal(*db_, Owner::local());
  JournalEntry entry{
      .key = "k", .tool = "t", .arguments = "{}", .result = "1", .created_at = kNow, .expires_at = kNow + 10min};
  EXPECT_EQ(journal.insert(entry), true);
  entry.result = "2";
  entry.created_at = kNow + 9min;
  EXPECT_EQ(journal.insert(entry), false);
  EXPECT_TRUE(journal.find("k", kNow + 9min).value());
  EXPECT_EQ(journal.find("k", kNow + 10min).value(), std::nullopt);
  entry.created_at = kNow + 10min;
  entry.expires_at = kNow + 20min;
  EXPECT_EQ(journal.insert(entry), true);
  EXPECT_EQ(journal.find("k", kNow + 11min).value()->result, "2");
  EXPECT_EQ(ToolJournal::purge(*db_, kNow + 19min), 0);
  EXPECT_EQ(ToolJournal::purge(*db_, kNow + 20min), 1);
}

TEST_F(Records, AnExchangeObjectIsPutFoundListedAndRemoved) {
  ExchangeObjects objects(*db_, Owner::local());
  ASSERT_TRUE(objects.put({.kind = "assistant", .id = "1", .body = "{}", .created_at = kNow, .updated_at = kNow}));
  ASSERT_TRUE(
      objects.put({.kind = "assistant", .id = "2", .body = "{}", .created_at = kNow + 1s, .updated_at = kNow + 1s}));
  ASSERT_TRUE(objects.put({.kind = "call", .id = "1", .body = "[]", .created_at = kNow, .updated_at = kNow}));
  ASSERT_TRUE(objects.put(
      {.kind = "assistant", .id = "1", .body = R"({"a":1})", .created_at = kNow + 1h, .updated_at = kNow + 1h}));
  auto found = objects.find("assistant", "1").value();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->body, R"({"a":1})");
  EXPECT_EQ(found->created_at, kNow) << "replacing the body does not make it younger";
  EXPECT_EQ(found->updated_at, kNow + 1h);
  auto list = objects.list("assistant", {}).value();
  ASSERT_EQ(list.items.size(), 2U);
  EXPECT_EQ(list.items[0].id, "2");
  EXPECT_EQ(objects.remove("assistant", "1"), true);
  EXPECT_EQ(objects.remove("assistant", "1"), false);
  EXPECT_TRUE(objects.find("call", "1").value());
}

TEST_F(Records, AJobIsEnqueuedOnce) {
  Jobs jobs(*db_, Owner::local());
  EXPECT_EQ(jobs.enqueue({.id = "j1", .kind = "callback", .payload = R"({"a":1})", .run_at = kNow}), true);
  EXPECT_EQ(jobs.enqueue({.id = "j1", .kind = "other", .run_at = kNow}), false);
  auto job = jobs.find("j1").value();
  ASSERT_TRUE(job);
  EXPECT_EQ(job->kind, "callback");
  EXPECT_EQ(job->payload, R"({"a":1})");
  EXPECT_EQ(job->run_at, kNow);
  EXPECT_EQ(job->status, "queued");
}

TEST(Paging, ACursorComesBackAsItWas) {
  for (const char* id : {"lead_5k2m", "a b/c?d&e=f", "~", "\xC3\xA9", "x.y"}) {
    const std::string cursor = encode_cursor({.created_at = kNow, .id = id});
    EXPECT_EQ(cursor.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.~"),
              std::string::npos)
        << "safe in a query: " << cursor;
    auto position = decode_cursor(cursor);
    ASSERT_TRUE(position) << cursor;
    EXPECT_EQ(position->created_at, kNow);
    EXPECT_EQ(position->id, id);
  }
}

TEST(Paging, RefusesWhatIsNoCursor) {
  for (const char* text :
       {"", ".", "x", "123", "123.", "abc.id", "12a.id", "123.~", "123.~4", "123.~zz", "99999999999999999999.id"}) {
    auto position = decode_cursor(text);
    ASSERT_FALSE(position) << text;
    EXPECT_EQ(position.error().kind, ErrorKind::invalid_argument);
    EXPECT_EQ(position.error().param, "cursor");
  }
}

TEST_F(Records, AWrongCursorIsTheClientsFault) {
  EXPECT_EQ(ExchangeObjects(*db_, Owner::local()).list("call", {.cursor = "nonsense"}).error().kind,
            ErrorKind::invalid_argument);
}

TEST_F(Records, APageHasAtLeastOneRowAndAtMostTheMaximum) {
  ExchangeObjects objects(*db_, Owner::local());
  for (std::size_t i = 0; i < Page::kMaxLimit + 2; ++i) {
    ASSERT_TRUE(
        objects.put({.kind = "tool", .id = std::to_string(i), .body = "{}", .created_at = kNow, .updated_at = kNow}));
  }
  EXPECT_EQ(objects.list("tool", {.limit = 0}).value().items.size(), 1U);
  EXPECT_EQ(objects.list("tool", {.limit = 100'000}).value().items.size(), Page::kMaxLimit);
}

}  // namespace
}  // namespace offhook::store
