#include "store/retention.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.hpp"
#include "store/callbacks.hpp"
#include "store/calls.hpp"
#include "store/customers.hpp"
#include "store/erasure.hpp"
#include "store/jobs.hpp"
#include "store/leads.hpp"
#include "store/migrations.hpp"
#include "store/sql/sqlite_connection.hpp"
#include "store/tool_journal.hpp"
#include "store/webhook_events.hpp"

namespace offhook::store {
namespace {

using namespace std::chrono_literals;

constexpr UtcTime kNow = UtcTime(std::chrono::sys_days(std::chrono::year(2026) / 3 / 2));

struct World {
  World() { EXPECT_TRUE(migrate(*db, kNow)); }
  /// A call with everything, `age` ago.
  void add_call(const std::string& id, Duration age, const std::string& phone = "+14155550101") {
    const UtcTime at = kNow - std::chrono::duration_cast<std::chrono::microseconds>(age);
    Calls calls(*db, Owner::local());
    Call call{.id = "call_" + id, .platform_id = id, .phone_number = phone, .summary = "A call."};
    call.recording_url = "https://x/" + id;
    call.created_at = at;
    EXPECT_TRUE(calls.upsert(call));
    EXPECT_TRUE(calls.add_transcript({.call_id = call.id, .role = "user", .text = "Hello.", .at = at}));
    EXPECT_TRUE(calls.add_tool_call({.call_id = call.id, .id = "t", .name = "end_call", .at = at}));
    const std::string payload = R"({"customer":{"number":")" + phone + R"("},"phoneNumber":{"number":"+14155550100"}})";
    EXPECT_TRUE(WebhookEvents(*db, Owner::local())
                    .insert_if_new({.id = make_ordered_id(random, "evt", at),
                                    .dedupe_key = id,
                                    .platform_call_id = id,
                                    .type = "hang",
                                    .verified = "open",
                                    .payload = payload,
                                    .answer = {},
                                    .received_at = at}));
  }
  std::int64_t count(std::string_view sql) {
    std::int64_t rows = -1;
    EXPECT_TRUE(db->query(sql, {}, [&](const sql::Row& row) -> Result<void> {
      rows = row.integer(0);
      return {};
    }));
    return rows;
  }
  Random random{7};
  std::unique_ptr<sql::SqliteConnection> db = sql::open_sqlite({}).value();
};

std::int64_t rows_of(const std::vector<Removal>& removals, std::string_view what) {
  const auto found = std::ranges::find(removals, what, &Removal::what);
  return found == removals.end() ? -1 : found->rows;
}

TEST(Retention, RemovesWhatIsOlderAndNothingElse) {
  World world;
  world.add_call("old", 100 * 24h);
  world.add_call("new", 24h);
  const RetentionLimits limits{.transcripts = kNow - 30 * 24h, .recordings = {}, .payloads = kNow - 200 * 24h};
  const auto expected = count_expired(*world.db, limits).value();
  EXPECT_EQ(rows_of(expected, "transcript entries"), 1);
  EXPECT_EQ(rows_of(expected, "summaries"), 1);
  EXPECT_EQ(rows_of(expected, "webhook payloads"), 0);
  EXPECT_EQ(rows_of(expected, "recording addresses"), 0);
  const auto removed = remove_expired(*world.db, limits).value();
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_EQ(removed[i].rows, expected[i].rows) << removed[i].what;
  EXPECT_EQ(world.count("SELECT COUNT(*) FROM transcript_entries"), 1);
  EXPECT_EQ(world.count("SELECT COUNT(*) FROM calls WHERE summary = ''"), 1);
  EXPECT_EQ(world.count("SELECT COUNT(*) FROM calls WHERE recording_url = ''"), 0);
  for (const auto& removal : remove_expired(*world.db, limits).value()) EXPECT_EQ(removal.rows, 0) << removal.what;
}

TEST(Retention, TakesTheSummaryOutOfTheLeadsHistoryToo) {
  World world;
  world.add_call("old", 100 * 24h);
  Leads leads(*world.db, Owner::local());
  ASSERT_TRUE(leads.insert({.id = "lead_1", .name = "Ann", .phone = "+14155550101", .status = "new"}));
  Activities history(*world.db, Owner::local());
  ASSERT_TRUE(history.put(
      {.id = "act_call_old", .lead_id = "lead_1", .call_id = "old", .kind = "call", .text = "A call.", .at = kNow}));
  const RetentionLimits limits{.transcripts = kNow - 30 * 24h, .recordings = {}, .payloads = {}};
  EXPECT_EQ(rows_of(remove_expired(*world.db, limits).value(), "notes of calls"), 1);
  EXPECT_EQ(world.count("SELECT COUNT(*) FROM activities WHERE note = ''"), 1);
}

TEST(Retention, LeavesAnotherAccountsYoungEntryOfTheSameKey) {
  World world;
  const JournalEntry entry{.key = "k", .tool = "t", .arguments = "{}", .result = "1", .created_at = kNow - 100 * 24h};
  JournalEntry young = entry;
  young.created_at = kNow - 24h;
  ASSERT_TRUE(ToolJournal(*world.db, Owner("ann")).insert(entry));
  ASSERT_TRUE(ToolJournal(*world.db, Owner("bob")).insert(young));
  const RetentionLimits limits{.transcripts = kNow - 30 * 24h, .recordings = {}, .payloads = {}};
  EXPECT_EQ(rows_of(remove_expired(*world.db, limits).value(), "journal entries"), 1);
  EXPECT_TRUE(ToolJournal(*world.db, Owner("bob")).find("k", kNow).value());
}

TEST(Retention, RemovesInSmallSteps) {
  World world;
  for (int i = 0; i < 25; ++i) world.add_call("c" + std::to_string(i), 100 * 24h);
  const RetentionLimits limits{.transcripts = {}, .recordings = kNow, .payloads = kNow};
  std::int64_t steps = 0;
  for (;; ++steps) {
    const auto removed = remove_expired(*world.db, limits, 10).value();
    EXPECT_LE(rows_of(removed, "webhook payloads"), 10);
    if (std::ranges::all_of(removed, [](const Removal& removal) { return removal.rows == 0; })) break;
  }
  EXPECT_EQ(steps, 3);
  EXPECT_EQ(world.count("SELECT COUNT(*) FROM webhook_events"), 0);
  EXPECT_EQ(world.count("SELECT COUNT(*) FROM calls WHERE recording_url <> ''"), 0);
  EXPECT_EQ(world.count("SELECT COUNT(*) FROM transcript_entries"), 25);
}

TEST(Erasure, ErasesOnePersonAndNobodyElse) {
  World world;
  world.add_call("hers", 24h, "+14155550142");
  world.add_call("his", 24h, "+14155550101");
  Leads leads(*world.db, Owner::local());
  ASSERT_TRUE(leads.insert({.id = "lead_1", .name = "Ann", .phone = "+14155550142", .status = "new"}));
  ASSERT_TRUE(leads.insert({.id = "lead_2", .name = "Bob", .phone = "+14155550101", .status = "new"}));
  for (const auto& [id, phone] : {std::pair{"cb_1", "+14155550142"}, std::pair{"cb_2", "+14155550101"}}) {
    ASSERT_TRUE(Callbacks(*world.db, Owner::local()).insert({.id = id, .phone = phone, .at = kNow + 1h}));
  }
  const auto person = find_person(*world.db, {"+14155550142"}).value();
  EXPECT_EQ(person.platform_calls, std::vector<std::string>{"hers"});
  ASSERT_TRUE(erase_person(*world.db, person));
  EXPECT_EQ(world.count("SELECT COUNT(*) FROM calls WHERE platform_id = 'hers'"), 0);
  EXPECT_EQ(world.count("SELECT COUNT(*) FROM webhook_events WHERE payload LIKE '%0142%'"), 0);
  EXPECT_EQ(world.count("SELECT COUNT(*) FROM leads"), 1);
  EXPECT_EQ(world.count("SELECT COUNT(*) FROM calls"), 1);
  EXPECT_EQ(world.count("SELECT COUNT(*) FROM transcript_entries"), 1);
  EXPECT_EQ(world.count("SELECT COUNT(*) FROM callbacks"), 1);
  EXPECT_EQ(world.count("SELECT COUNT(*) FROM jobs"), 1);
  EXPECT_EQ(world.count("SELECT COUNT(*) FROM jobs WHERE id = 'job_cb_2'"), 1);
}

TEST(Erasure, AShortIdOrAPartOfANumberIsNobodyElses) {
  World world;
  Customers customers(*world.db, Owner::local());
  ASSERT_TRUE(customers.insert({.id = "123", .name = "Ann", .phone = "+14155550142", .status = "active"}));
  ToolJournal journal(*world.db, Owner::local());
  const auto remember = [&](const std::string& key, const std::string& arguments, const std::string& result) {
    ASSERT_TRUE(journal.insert({.key = key, .tool = "t", .arguments = arguments, .result = result}));
  };
  remember("hers", R"({"customer_id":"123"})", "{}");
  remember("hers too", "{}", R"({"speakable":"We call +14155550142."})");
  remember("strangers", R"({"customer_id":"81234"})", R"({"price":1234})");
  remember("longer", R"({"phone":"+141555501429"})", R"({"n":"9914155550142"})");
  ASSERT_TRUE(Jobs(*world.db, Owner::local()).enqueue({.id = "j1", .kind = "x", .payload = R"({"customer":"123"})"}));
  ASSERT_TRUE(Jobs(*world.db, Owner::local()).enqueue({.id = "j2", .kind = "x", .payload = R"({"unit":"A123"})"}));
  const auto person = find_person(*world.db, {"+14155550142", "14155550142"}).value();
  ASSERT_TRUE(erase_person(*world.db, person));
  EXPECT_EQ(world.count("SELECT COUNT(*) FROM tool_journal WHERE journal_key IN ('hers', 'hers too')"), 0);
  EXPECT_EQ(world.count("SELECT COUNT(*) FROM tool_journal"), 2);
  EXPECT_EQ(world.count("SELECT COUNT(*) FROM jobs WHERE id = 'j1'"), 0);
  EXPECT_EQ(world.count("SELECT COUNT(*) FROM jobs"), 1);
  EXPECT_EQ(world.count("SELECT COUNT(*) FROM customers"), 0);
}

TEST(Erasure, TheNumberThatWasDialledIsNobodys) {
  World world;
  world.add_call("hers", 24h, "+14155550142");
  const auto person = find_person(*world.db, {"+14155550100"}).value();
  EXPECT_TRUE(person.calls.empty());
  EXPECT_TRUE(person.events.empty());
  for (const auto& line : erase_person(*world.db, person).value()) EXPECT_EQ(line.rows, 0) << line.what;
}

}  // namespace
}  // namespace offhook::store
