// What holds for every tool: it acts once, for the account of the call, and speaks one plain line.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "store/callbacks.hpp"
#include "store/leads.hpp"
#include "store/tours.hpp"
#include "tools/testing/tool_world.hpp"

namespace offhook::tools {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using testing::ToolWorld;

struct Call {
  std::string_view tool, arguments;
};

/// Calls that succeed for the sample customer who is a lead too.
constexpr Call kGoodCalls[] = {{"check_availability", R"({"bedrooms":2})"},
                               {"schedule_tour", R"({"date":"2026-03-07","time":"14:00","name":"Ann Lee"})"},
                               {"qualify_lead", R"({"budget":3000,"employed":true})"},
                               {"transfer_to_human", R"({"reason":"wants a person"})"},
                               {"list_cards", "{}"},
                               {"card_status", R"({"last_four":"4242"})"},
                               {"block_card", R"({"last_four":"4242","date_of_birth":"1985-04-12"})"},
                               {"loan_options", R"({"kind":"auto"})"},
                               {"get_customer_info", R"({"customer_id":"123"})"},
                               {"book_appointment", R"({"customer_id":"123","date":"2026-03-03","time":"10:00"})"},
                               {"schedule_callback", R"({"at":"2026-03-03T14:30"})"},
                               {"end_call", "{}"},
                               {"transfer_call", R"({"destination":"billing"})"},
                               {"send_dtmf", R"({"digits":"1w2#"})"},
                               {"collect", R"({"kind":"email","value":"ann dot lee at example dot com"})"}};

ToolWorld& with_caller(ToolWorld& world) {
  world.context.caller_phone = "+1234567890";
  return world;
}

TEST(EveryTool, SpeaksOneLineWithoutMarkupAndInternalIds) {
  ToolWorld world;
  with_caller(world);
  for (const auto& [tool, arguments] : kGoodCalls) {
    const auto result = world.call(tool, arguments);
    ASSERT_TRUE(result.ok) << tool << ": " << result.speakable;
    EXPECT_FALSE(result.speakable.empty()) << tool;
    EXPECT_EQ(result.speakable.find_first_of("\n\r*_#<>{}[]`$"), std::string::npos) << tool << ": " << result.speakable;
    for (const auto& member : result.data) {
      if (!member.key().ends_with("_id")) continue;
      EXPECT_EQ(result.speakable.find(to_std_string(member.value())), std::string::npos) << tool;
    }
  }
}

TEST(EveryTool, ARefusalIsOneLineAndHasACode) {
  ToolWorld world;
  const Call refused[] = {
      {"schedule_tour", R"({"date":"2026-03-08","time":"14:00","name":"Ann","phone":"4155550101"})"},
      {"schedule_tour", R"({"date":"2026-03-07","time":"14:00","name":"Ann"})"},
      {"check_availability", R"({"property_id":"nowhere"})"},
      {"qualify_lead", R"({"move_in_date":"soon"})"},
      {"transfer_to_human", "{}"},
      {"list_cards", "{}"},
      {"card_status", "{}"},
      {"block_card", "{}"},
      {"unblock_card", "{}"},
      {"loan_options", R"({"kind":"yacht"})"},
      {"get_customer_info", R"({"customer_id":"nobody"})"},
      {"book_appointment", R"({"customer_id":"123","date":"2026-03-01","time":"10:00"})"},
      {"reschedule_appointment", R"({"appointment_id":"x","date":"2026-03-04","time":"10:00"})"},
      {"cancel_appointment", R"({"appointment_id":"x"})"},
      {"schedule_callback", R"({"at":"later"})"},
      {"send_dtmf", R"({"digits":"A"})"},
      {"collect", R"({"kind":"email","value":"nope"})"}};
  for (const auto& [tool, arguments] : refused) {
    const auto result = world.call(tool, arguments);
    EXPECT_FALSE(result.ok) << tool;
    EXPECT_TRUE(result.data.contains("error")) << tool;
    EXPECT_FALSE(result.speakable.empty()) << tool;
    EXPECT_EQ(result.speakable.find_first_of("\n\r*_#<>{}[]`$"), std::string::npos) << tool << ": " << result.speakable;
    EXPECT_THAT(result.speakable.back(), AnyOf('.', '?')) << tool;
  }
}

/// Every writing tool, however the call is named: by the platform's id, by what it says, or outside a call.
TEST(EveryTool, TheSameCallActsOnceAndGivesTheSameAnswer) {
  for (const auto& [tool, arguments] : kGoodCalls) {
    for (const int naming : {0, 1, 2}) {
      ToolWorld world;
      with_caller(world);
      if (naming != 2) world.context.call_id = "call-1";
      if (naming == 0) world.context.tool_call_id = "tool-1";
      if (naming == 2) world.context.journal_scope = "request-1";
      const auto first = world.call(tool, arguments);
      const auto second = world.call(tool, arguments);
      EXPECT_EQ(first.speakable, second.speakable) << tool << naming;
      EXPECT_EQ(first.data, second.data) << tool << naming;
    }
  }
}

/// A `function-call` has no ids at all: then the database's constraints are what is left.
TEST(EveryTool, WithoutAnyIdTheSameEffectIsNotHadTwice) {
  const Call writes[] = {{"schedule_tour", R"({"date":"2026-03-07","time":"14:00","name":"Ann Lee"})"},
                         {"block_card", R"({"last_four":"4242","date_of_birth":"1985-04-12"})"},
                         {"book_appointment", R"({"customer_id":"123","date":"2026-03-03","time":"10:00"})"},
                         {"schedule_callback", R"({"at":"2026-03-03T14:30"})"}};
  ToolWorld world;
  with_caller(world);
  for (const auto& [tool, arguments] : writes) {
    const auto first = world.call(tool, arguments);
    const auto second = world.call(tool, arguments);
    EXPECT_TRUE(first.ok && second.ok) << tool;
    EXPECT_EQ(first.speakable.find("already"), std::string::npos) << first.speakable;
    EXPECT_THAT(second.speakable, HasSubstr("already")) << tool;
  }
  const auto tours =
      world.in_database([](sql::Connection& db) { return store::Tours(db, store::Owner::local()).list({}, {}); });
  EXPECT_EQ(tours.items.size(), 1U);
  const auto callbacks =
      world.in_database([](sql::Connection& db) { return store::Callbacks(db, store::Owner::local()).list({}); });
  EXPECT_EQ(callbacks.items.size(), 1U);
}

TEST(EveryTool, SeesTheRowsOfItsAccountOnly) {
  ToolWorld world;
  with_caller(world);
  const auto booked = world.call("book_appointment", kGoodCalls[9].arguments);
  const auto code = json::serialize(booked.data.at("confirmation"));
  auto other = world.context;
  other.owner = store::Owner("elsewhere");
  const struct {
    std::string_view tool;
    std::string arguments;
    std::string_view error;
  } cases[] = {{"schedule_tour", R"({"date":"2026-03-07","time":"14:00","name":"Ann"})", "property_required"},
               {"check_availability", R"({"property_id":"prop_sunset"})", "unknown_property"},
               {"list_cards", "{}", "unknown_caller"},
               {"card_status", "{}", "unknown_caller"},
               {"block_card", R"({"date_of_birth":"1985-04-12"})", "unknown_caller"},
               {"get_customer_info", R"({"customer_id":"123"})", "unknown_customer"},
               {"book_appointment", R"({"customer_id":"123","date":"2026-03-03","time":"11:00"})", "unknown_customer"},
               {"reschedule_appointment", R"({"date":"2026-03-04","time":"10:00","appointment_id":)" + code + "}",
                "unknown_appointment"},
               {"cancel_appointment", R"({"appointment_id":)" + code + "}", "unknown_appointment"}};
  for (const auto& [tool, arguments, error] : cases) {
    const auto result = world.call(tool, arguments, other);
    EXPECT_FALSE(result.ok) << tool;
    EXPECT_EQ(to_std_string(result.data.at("error")), error) << tool;
  }
  EXPECT_TRUE(world.call("check_availability", "{}", other).data.at("units").as_array().empty());
  // The same number is another lead there.
  const auto here = world.call("qualify_lead", R"({"budget":3000})");
  const auto there = world.call("qualify_lead", R"({"budget":3000})", other);
  EXPECT_NE(here.data.at("lead_id"), there.data.at("lead_id"));
}

TEST(Invoke, WhatIsCollectedIsInTheJournalAndNowhereElse) {
  ToolWorld world;
  world.context.call_id = "call-1";
  ASSERT_TRUE(world.call("collect", R"({"kind":"name","value":"Nobody Known"})").ok);
  const auto leads =
      world.in_database([](sql::Connection& db) { return store::Leads(db, store::Owner::local()).list({}, {}); });
  EXPECT_TRUE(std::ranges::none_of(leads.items, [](const auto& lead) { return lead.name == "Nobody Known"; }));
  const auto rows = world.in_database([](sql::Connection& db) -> Result<int> {
    int count = 0;
    auto counted = db.query("SELECT arguments FROM tool_journal WHERE tool = 'collect'", {},
                            [&count](const sql::Row&) -> Result<void> {
                              ++count;
                              return {};
                            });
    if (!counted) return fail(counted);
    return count;
  });
  EXPECT_EQ(rows, 1);
}

}  // namespace
}  // namespace offhook::tools
