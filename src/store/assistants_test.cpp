#include "store/assistants.hpp"

#include <gtest/gtest.h>

#include "store/analytics.hpp"
#include "store/calls.hpp"
#include "store/leads.hpp"
#include "store/owners.hpp"
#include "store/properties.hpp"
#include "store/testing/database.hpp"

// Assistants, whose calls are theirs, and what calls and leads came to.

namespace offhook::store {
namespace {

using testing::kNow;
using namespace std::chrono_literals;

const Owner kOther("acct_other");

Assistant desk() {
  return {.id = "a1",
          .platform = "vapi",
          .platform_id = "uuid-1",
          .property_id = "p1",
          .agent = "leasing",
          .name = "Desk",
          .functions = R"(["qualify_lead"])",
          .created_at = kNow,
          .updated_at = kNow};
}

class AssistantRows : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(Properties(*db_, Owner::local()).insert({.id = "p1", .name = "One", .created_at = kNow}));
  }
  std::unique_ptr<sql::Connection> db_ = testing::migrated_database();
};

TEST_F(AssistantRows, AreFoundByEitherIdAndByTheirProperty) {
  Assistants assistants(*db_, Owner::local());
  ASSERT_TRUE(assistants.insert(desk()));
  EXPECT_EQ(assistants.find_any("a1").value()->functions, R"(["qualify_lead"])");
  EXPECT_EQ(assistants.find_any("uuid-1").value()->id, "a1");
  EXPECT_FALSE(assistants.find_any("").value());
  Assistant newer = desk();
  newer.id = "a2";
  newer.platform_id = "uuid-2";
  newer.created_at = kNow + 1s;
  ASSERT_TRUE(assistants.insert(newer));
  EXPECT_EQ(assistants.find_by_property("p1").value()->id, "a2");
  EXPECT_EQ(assistants.list("p1", {.limit = 1}).value().items.front().id, "a2");
  newer.name = "Front desk";
  ASSERT_TRUE(assistants.update(newer));
  EXPECT_EQ(assistants.find_any("a2").value()->name, "Front desk");
  ASSERT_TRUE(assistants.remove("a2"));
  EXPECT_EQ(assistants.remove("a2").error().kind, ErrorKind::not_found);
}

TEST_F(AssistantRows, AreTheirOwnersAlone) {
  ASSERT_TRUE(Assistants(*db_, Owner::local()).insert(desk()));
  Assistants others(*db_, kOther);
  EXPECT_FALSE(others.find_any("a1").value());
  EXPECT_FALSE(others.find_by_property("p1").value());
  EXPECT_EQ(others.update(desk()).error().kind, ErrorKind::conflict) << "nor may they speak for somebody's property";
  EXPECT_EQ(others.remove("a1").error().kind, ErrorKind::not_found);
  EXPECT_TRUE(Assistants(*db_, Owner::local()).find_any("a1").value());
}

TEST_F(AssistantRows, SayWhoseACallIs) {
  Assistant theirs = desk();
  theirs.property_id = "";
  ASSERT_TRUE(Assistants(*db_, kOther).insert(theirs));
  EXPECT_EQ(owner_of_call(*db_, {.assistant_id = "uuid-1"}).value(), kOther);
  EXPECT_EQ(owner_of_call(*db_, {.assistant_id = "a1"}).value(), kOther);
  EXPECT_EQ(owner_of_call(*db_, {.assistant_id = "none"}).value(), Owner::local());
}

TEST_F(AssistantRows, AnalyticsCountOnesOwnWithinTheRange) {
  Calls calls(*db_, Owner::local());
  for (int i = 0; i < 3; ++i) {
    const std::string id = "c" + std::to_string(i);
    Call call{.id = id, .platform_id = id, .direction = "inbound", .created_at = kNow + i * 24h};
    call.duration_seconds = 10.0 * (i + 1);
    call.cost = 0.5;
    call.ended_reason = i == 0 ? "customer-ended-call" : "assistant-ended-call";
    call.reason_key = call.report_key = "2";
    ASSERT_TRUE(calls.upsert(call));
    ASSERT_TRUE(calls.add_tool_call({.call_id = id, .id = "t", .name = "schedule_tour", .at = kNow}));
  }
  ASSERT_TRUE(Calls(*db_, kOther).upsert({.id = "x", .platform_id = "x", .created_at = kNow}));
  for (const char* status : {"new", "qualified", "tour_scheduled", "leased", "lost", "unqualified"}) {
    const Lead lead{.id = status, .status = status, .created_at = kNow, .updated_at = kNow};
    ASSERT_TRUE(Leads(*db_, Owner::local()).insert(lead));
  }
  // A person qualified it, and lost it; and one that never was.
  Activities activities(*db_, Owner::local());
  for (const auto& [id, text] : {std::pair{"a1", "contacted to qualified"}, std::pair{"a2", "qualified to lost"}}) {
    ASSERT_TRUE(activities.insert({.id = id, .lead_id = "lost", .kind = "status_changed", .text = text, .at = kNow}));
  }
  ASSERT_TRUE(activities.insert(
      {.id = "a3", .lead_id = "unqualified", .kind = "status_changed", .text = "new to unqualified", .at = kNow}));
  const auto found = read_analytics(*db_, Owner::local(), kNow, kNow + 48h).value();
  EXPECT_EQ(found.calls, 2) << "the third begins when the range ends";
  ASSERT_EQ(found.calls_per_day.size(), 2U);
  EXPECT_EQ(found.calls_per_day[1].day, found.calls_per_day[0].day + 1);
  EXPECT_DOUBLE_EQ(found.average_duration_seconds.value(), 15);
  EXPECT_DOUBLE_EQ(found.cost, 1.0);
  ASSERT_EQ(found.tools.size(), 1U);
  EXPECT_EQ(found.tools[0].count, 2);
  EXPECT_EQ(found.outcomes.size(), 2U);
  EXPECT_EQ(found.leads, 6);
  EXPECT_EQ(found.qualified, 4) << "qualified, tour_scheduled, leased, and the one that was lost afterwards";
  EXPECT_EQ(found.toured, 0);
  EXPECT_EQ(read_analytics(*db_, Owner("nobody"), kNow, kNow + 48h).value().calls, 0);
}

}  // namespace
}  // namespace offhook::store
