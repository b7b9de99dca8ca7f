#include <gtest/gtest.h>

#include "store/appointments.hpp"
#include "store/callbacks.hpp"
#include "store/jobs.hpp"
#include "tools/testing/tool_world.hpp"

namespace offhook::tools {
namespace {

using testing::ToolWorld;

constexpr std::string_view kTuesdayTen = R"({"customer_id":"123","date":"2026-03-03","time":"10:00"})";

TEST(BookAppointment, BooksASlotInTheOfficesZone) {
  ToolWorld world;
  const auto result = world.call("book_appointment", kTuesdayTen);
  ASSERT_TRUE(result.ok) << result.speakable;
  const auto code = to_std_string(result.data.at("confirmation"));
  EXPECT_TRUE(code.starts_with("AP-"));
  EXPECT_EQ(result.speakable,
            "Your appointment is booked for Tuesday, March 3rd at 10 am. Your confirmation code is " + code + ".");
  EXPECT_EQ(result.data.at("starts_at"), "2026-03-03T18:00:00.000Z");
  // Asked for again, under whatever key: nothing new, and said so.
  const auto again = world.call("book_appointment", kTuesdayTen);
  EXPECT_EQ(again.data, result.data);
  EXPECT_EQ(again.speakable,
            "Your appointment is already booked for Tuesday, March 3rd at 10 am. Your confirmation "
            "code is " +
                code + ".");
}

TEST(BookAppointment, OffersOtherTimesForATakenOrImpossibleOne) {
  ToolWorld world;
  ASSERT_TRUE(world.call("book_appointment", kTuesdayTen).ok);
  const struct {
    const char *arguments, *error;
  } cases[] = {{R"({"customer_id":"cust_alex","date":"2026-03-03","time":"10:00"})", "slot_taken"},
               {R"({"customer_id":"123","date":"2026-03-07","time":"10:00"})", "outside_office_hours"},
               {R"({"customer_id":"123","date":"2026-03-02","time":"10:00"})", "in_the_past"},
               {R"({"customer_id":"123","date":"2026-03-03","time":"10:15"})", "no_such_slot"},
               {R"({"customer_id":"nobody","date":"2026-03-03","time":"11:00"})", "unknown_customer"},
               {R"({"customer_id":"123","date":"tomorrow","time":"11:00"})", "invalid_argument"}};
  for (const auto& [arguments, error] : cases) {
    const auto result = world.call("book_appointment", arguments);
    EXPECT_FALSE(result.ok) << arguments;
    EXPECT_EQ(result.data.at("error"), error) << arguments;
  }
  EXPECT_EQ(world.call("book_appointment", cases[0].arguments).speakable,
            "That time is already taken. I could offer Tuesday, March 3rd at 9 am, 9:30 am, or 10:30 am.");
}

TEST(RescheduleAppointment, MovesByIdOrByWhatTheCallerReadsOut) {
  ToolWorld world;
  const auto booked = world.call("book_appointment", kTuesdayTen);
  const auto id = to_std_string(booked.data.at("appointment_id"));
  const auto code = to_std_string(booked.data.at("confirmation"));
  const auto spoken = "ap " + code.substr(3);
  const auto move = [&](const std::string& which, std::string_view time) {
    return world.call("reschedule_appointment",
                      json::serialize(json::object{{"appointment_id", which}, {"date", "2026-03-04"}, {"time", time}}));
  };
  EXPECT_EQ(move(id, "11:00").data.at("starts_at"), "2026-03-04T19:00:00.000Z");
  EXPECT_EQ(move(spoken, "12:00").speakable,
            "Your appointment is now on Wednesday, March 4th at noon. Your confirmation code is still " + code + ".");
  EXPECT_EQ(move(code, "12:00").speakable,
            "Your appointment is already on Wednesday, March 4th at noon. Your "
            "confirmation code is still " +
                code + ".");
  EXPECT_EQ(move("AP-00000", "12:00").data.at("error"), "unknown_appointment");
  // The old slot is free again, the new one is not.
  EXPECT_TRUE(world.call("book_appointment", R"({"customer_id":"cust_alex","date":"2026-03-03","time":"10:00"})").ok);
  const auto other =
      world.call("book_appointment", R"({"customer_id":"cust_alex","date":"2026-03-04","time":"13:00"})");
  EXPECT_EQ(move(to_std_string(other.data.at("appointment_id")), "12:00").data.at("error"), "slot_taken");
}

TEST(CancelAppointment, FreesTheSlotAndIsSaidTwiceWithoutHarm) {
  ToolWorld world;
  const auto booked = world.call("book_appointment", kTuesdayTen);
  const auto arguments = json::serialize(json::object{{"appointment_id", booked.data.at("confirmation")}});
  EXPECT_EQ(world.call("cancel_appointment", arguments).speakable,
            "Your appointment on Tuesday, March 3rd at 10 am is cancelled.");
  EXPECT_EQ(world.call("cancel_appointment", arguments).speakable,
            "Your appointment on Tuesday, March 3rd at 10 am was already cancelled.");
  EXPECT_EQ(world.call("cancel_appointment", R"({"appointment_id":"x"})").data.at("error"), "unknown_appointment");
  const auto id = to_std_string(booked.data.at("appointment_id"));
  EXPECT_EQ(
      world.call("reschedule_appointment", R"({"appointment_id":")" + id + R"(","date":"2026-03-04","time":"12:00"})")
          .data.at("error"),
      "not_scheduled");
  EXPECT_TRUE(world.call("book_appointment", R"({"customer_id":"cust_alex","date":"2026-03-03","time":"10:00"})").ok);
}

TEST(ScheduleCallback, ReadsLocalAndAbsoluteTimes) {
  ToolWorld world;
  world.context.caller_phone = "+15551234567";
  const std::pair<const char*, const char*> cases[] = {{"2026-03-03T14:30", "2026-03-03T22:30:00.000Z"},
                                                       {"2026-03-03 14:30", "2026-03-03T22:30:00.000Z"},
                                                       {"2026-03-03T14:30:00", "2026-03-03T22:30:00.000Z"},
                                                       {"2026-03-03T14:30:00Z", "2026-03-03T14:30:00.000Z"},
                                                       {"2026-03-03T14:30:00+05:30", "2026-03-03T09:00:00.000Z"}};
  for (const auto& [at, instant] : cases) {
    const auto result = world.call("schedule_callback", json::serialize(json::object{{"at", at}}));
    ASSERT_TRUE(result.ok) << at;
    EXPECT_EQ(result.data.at("at"), instant) << at;
  }
  for (const char* at : {"tomorrow", "2026-03-03", "2026-03-03T14", "2026-03-03T25:00", "2026-03-03T14:30x"}) {
    EXPECT_EQ(world.call("schedule_callback", json::serialize(json::object{{"at", at}})).data.at("field"), "at") << at;
  }
}

TEST(ScheduleCallback, IsARowAndAJob) {
  ToolWorld world;
  world.context.caller_phone = "+15551234567";
  const auto result = world.call("schedule_callback", R"({"at":"2026-03-03T14:30","reason":"rent question"})");
  EXPECT_EQ(result.speakable, "We'll call you back on Tuesday, March 3rd at 2:30 pm.");
  const auto id = to_std_string(result.data.at("callback_id"));
  const auto callback =
      world.in_database([id](sql::Connection& db) { return store::Callbacks(db, store::Owner::local()).find(id); })
          .value();
  EXPECT_EQ(callback.phone, "+15551234567");
  EXPECT_EQ(callback.lead_id, "lead_web");
  EXPECT_EQ(callback.reason, "rent question");
  const auto job =
      world.in_database([id](sql::Connection& db) { return store::Jobs(db, store::Owner::local()).find("job_" + id); })
          .value();
  EXPECT_EQ(job.kind, "callback");
  EXPECT_EQ(job.run_at, callback.at);
}

TEST(ScheduleCallback, IsPromisedOnce) {
  ToolWorld world;
  world.context.caller_phone = "+15551234567";
  const auto first = world.call("schedule_callback", R"({"at":"2026-03-03T14:30"})");
  const auto again = world.call("schedule_callback", R"({"at":"2026-03-03T22:30:00Z"})");
  EXPECT_TRUE(again.ok);
  EXPECT_EQ(again.data, first.data);
  EXPECT_EQ(again.speakable, "It's already arranged: we'll call you back on Tuesday, March 3rd at 2:30 pm.");
  EXPECT_NE(world.call("schedule_callback", R"({"at":"2026-03-03T15:00"})").data, first.data);
  EXPECT_NE(world.call("schedule_callback", R"({"at":"2026-03-03T14:30","reason":"a lease"})").data, first.data);
  // Not the row of another account, and not one that was called off.
  auto other = world.context;
  other.owner = store::Owner("elsewhere");
  EXPECT_NE(world.call("schedule_callback", R"({"at":"2026-03-03T14:30"})", other).data, first.data);
  world.in_database([id = to_std_string(first.data.at("callback_id"))](sql::Connection& db) -> Result<int> {
    auto done = store::Callbacks(db, store::Owner::local()).set_status(id, "cancelled");
    if (!done) return fail(done);
    return 0;
  });
  EXPECT_NE(world.call("schedule_callback", R"({"at":"2026-03-03T14:30"})").data, first.data);
}

TEST(ScheduleCallback, NeedsAFutureTimeAndANumber) {
  ToolWorld world;
  EXPECT_EQ(world.call("schedule_callback", R"({"at":"2026-03-03T14:30"})").data.at("error"), "phone_required");
  EXPECT_EQ(world.call("schedule_callback", R"({"at":"2026-03-02T09:00","phone":"+14155550101"})").data.at("error"),
            "in_the_past");
}

TEST(CallControl, ToolsOnlySayWhatTheLineShallDo) {
  ToolWorld world;
  EXPECT_EQ(world.call("end_call", "{}").data, (json::object{{"end_call", true}}));
  EXPECT_EQ(world.call("transfer_call", "{}").data, (json::object{{"transfer", true}}));
  EXPECT_EQ(world.call("transfer_call", R"({"destination":"(415) 555-0199"})").data,
            (json::object{{"transfer", true}, {"destination", "+14155550199"}}));
  EXPECT_EQ(world.call("transfer_call", R"({"destination":"sales"})").data.at("destination"), "sales");
}

}  // namespace
}  // namespace offhook::tools
