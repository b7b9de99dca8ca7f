#include "tools/slots.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/time_text.hpp"

namespace offhook::tools {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kHours =
    R"({"mon":["09:00","18:00"],"fri":["09:00","18:00"],"sat":["10:00","16:00"],"sun":null})";

CivilTime local(std::string_view date, std::string_view time) {
  return {.date = parse_date(date).value(), .time_of_day = parse_time_of_day(time).value()};
}

/// Friday, March 6th, 2026, noon in San Francisco.
Calendar calendar() {
  Calendar made{.hours = OfficeHours::parse(kHours), .zone = TimeZone::find("America/Los_Angeles").value()};
  made.now = made.zone.to_utc(local("2026-03-06", "12:00"));
  return made;
}

TEST(OfficeHours, ContainWholeSlotsOnly) {
  const auto hours = OfficeHours::parse(kHours);
  const struct {
    std::string_view date, time;
    bool open;
  } cases[] = {{"2026-03-06", "09:00", true},  {"2026-03-06", "08:30", false}, {"2026-03-06", "17:30", true},
               {"2026-03-06", "18:00", false}, {"2026-03-06", "17:45", false}, {"2026-03-07", "15:30", true},
               {"2026-03-07", "09:30", false}, {"2026-03-08", "12:00", false}, {"2026-03-05", "12:00", false}};
  for (const auto& [date, time, open] : cases) EXPECT_EQ(hours.contain(local(date, time)), open) << date << " " << time;
}

TEST(OfficeHours, FallBackToTheStandardOnesOnlyWhenNoDayIsNamed) {
  for (const char* text : {"{}", "", "nonsense", "[]", R"({"open":true})"}) {
    EXPECT_TRUE(OfficeHours::parse(text).contain(local("2026-03-06", "09:00"))) << text;
    EXPECT_FALSE(OfficeHours::parse(text).contain(local("2026-03-07", "12:00"))) << text;
  }
  for (const char* closed : {R"({"fri":null})", R"({"fri":["18:00","09:00"]})", R"({"fri":["9","18:00"]})"}) {
    EXPECT_FALSE(OfficeHours::parse(closed).contain(local("2026-03-06", "12:00"))) << closed;
  }
  EXPECT_TRUE(OfficeHours::parse(R"({"fri":["00:00","24:00"]})").contain(local("2026-03-06", "23:30")));
}

TEST(Slots, ProblemsAreToldApart) {
  auto made = calendar();
  made.taken = {made.zone.to_utc(local("2026-03-07", "14:00"))};
  const struct {
    std::string_view date, time, problem;
  } cases[] = {{"2026-03-06", "12:30", ""},
               {"2026-03-06", "12:00", "in_the_past"},
               {"2026-03-01", "12:00", "in_the_past"},
               {"2026-03-06", "18:00", "outside_office_hours"},
               {"2026-03-08", "14:00", "outside_office_hours"},
               {"2026-03-07", "14:10", "no_such_slot"},
               {"2026-03-07", "14:00", "slot_taken"},
               {"2026-03-07", "14:30", ""}};
  for (const auto& [date, time, problem] : cases) {
    EXPECT_EQ(find_slot_problem(made, local(date, time)), problem) << date << " " << time;
  }
}

std::vector<std::string> nearest(const Calendar& made, std::string_view date, std::string_view time) {
  std::vector<std::string> texts;
  for (const auto start : nearest_free(made, made.zone.to_utc(local(date, time)))) {
    const auto civil = made.zone.to_civil(start);
    texts.push_back(to_text(civil.date) + " " + to_text(civil.time_of_day));
  }
  return texts;
}

TEST(Slots, TheNearestFreeOnesAreOfferedInOrderOfTime) {
  auto made = calendar();
  made.taken = {made.zone.to_utc(local("2026-03-07", "14:00"))};
  using Texts = std::vector<std::string>;
  EXPECT_EQ(nearest(made, "2026-03-07", "14:00"), (Texts{"2026-03-07 13:00", "2026-03-07 13:30", "2026-03-07 14:30"}));
  // A closed Sunday on which the clocks change: Monday's start is nearest, Saturday's end is the other side.
  EXPECT_EQ(nearest(made, "2026-03-08", "14:00"), (Texts{"2026-03-07 15:30", "2026-03-09 09:00", "2026-03-09 09:30"}));
  // Saturday's last slot: earlier that day, or after the weekend.
  EXPECT_EQ(nearest(made, "2026-03-07", "16:00"), (Texts{"2026-03-07 15:00", "2026-03-07 15:30", "2026-03-09 09:00"}));
  // In the past: from now on.
  EXPECT_EQ(nearest(made, "2026-02-01", "09:00"), (Texts{"2026-03-06 12:30", "2026-03-06 13:00", "2026-03-06 13:30"}));
}

TEST(Slots, ARefusalSaysWhyAndWhenElse) {
  auto made = calendar();
  made.taken = {made.zone.to_utc(local("2026-03-07", "15:30")), made.zone.to_utc(local("2026-03-07", "15:00"))};
  const auto refused = slot_refusal(made, local("2026-03-07", "15:30"), "slot_taken");
  EXPECT_FALSE(refused.ok);
  EXPECT_EQ(
      refused.speakable,
      "That time is already taken. I could offer Saturday, March 7th at 2 pm or 2:30 pm, or Monday, March 9th at 9 "
      "am.");
  EXPECT_EQ(refused.data.at("error"), "slot_taken");
  EXPECT_EQ(refused.data.at("alternatives").at(2),
            (json::object{{"date", "2026-03-09"}, {"time", "09:00"}, {"starts_at", "2026-03-09T16:00:00.000Z"}}))
      << "daylight saving time has begun";
}

TEST(Slots, TheHourThatTheClocksSkipIsNoSlot) {
  auto made = calendar();
  made.hours = OfficeHours::parse(R"({"sun":["00:00","24:00"]})");
  EXPECT_EQ(find_slot_problem(made, local("2026-03-08", "01:30")), "");
  EXPECT_EQ(find_slot_problem(made, local("2026-03-08", "02:30")), "no_such_slot");
  EXPECT_EQ(find_slot_problem(made, local("2026-03-08", "03:00")), "");
  EXPECT_EQ(
      slot_refusal(made, local("2026-03-08", "02:30"), "no_such_slot").speakable,
      "There is no such time that day, since the clocks change. I could offer Sunday, March 8th at 3 am, 3:30 am, "
      "or 4 am.");
}

/// Offices, calendars and wishes by chance, around both changes of the clocks.
TEST(Slots, WhatIsOfferedIsOpenFreeInTheFutureAndReachesBothWays) {
  Random random(11);
  const auto zone = TimeZone::find("America/Los_Angeles").value();
  constexpr std::string_view kOffices[] = {kHours, "{}", R"({"sun":["00:00","24:00"],"sat":["22:00","24:00"]})",
                                           R"({"wed":["13:00","13:30"]})"};
  for (int i = 0; i < 300; ++i) {
    const std::string_view month = i % 2 == 0 ? "2026-03-" : "2026-11-";
    const std::string date = std::string(month) + "0" + std::to_string(1 + random.below(9));
    Calendar made{.hours = OfficeHours::parse(kOffices[random.below(4)]), .zone = zone};
    made.now = zone.to_utc(local(date, "12:00"));
    const auto wanted = made.now + 30min * static_cast<int>(random.below(400)) - 24h;
    for (int n = 0; n < 60; ++n) {
      made.taken.push_back(std::chrono::floor<std::chrono::minutes>(wanted) +
                           30min * (static_cast<int>(random.below(80)) - 40));
    }
    const auto all = nearest_free(made, wanted, 10'000);
    const auto offered = nearest_free(made, wanted);
    ASSERT_LE(offered.size(), 3U);
    ASSERT_TRUE(std::ranges::is_sorted(offered));
    const auto from = std::max(wanted, made.now);
    const auto is_before = [from](UtcTime start) { return start < from; };
    for (const auto start : offered) {
      ASSERT_EQ(find_slot_problem(made, zone.to_civil(start)), "") << i;
    }
    ASSERT_EQ(offered.size(), std::min<std::size_t>(3, all.size()));
    ASSERT_EQ(std::ranges::any_of(offered, is_before), std::ranges::any_of(all, is_before)) << i;
    ASSERT_EQ(std::ranges::all_of(offered, is_before), std::ranges::all_of(all, is_before)) << i;
  }
}

TEST(Slots, ANeverOpenOfficeHasNothingToOffer) {
  auto made = calendar();
  made.hours = OfficeHours::parse(R"({"mon":null})");
  EXPECT_EQ(slot_refusal(made, local("2026-03-07", "15:30"), "outside_office_hours").speakable,
            "We're closed at that time. Would another week work for you?");
}

TEST(Slots, ConfirmationsHaveFiveDigits) {
  Random random(7);
  for (int i = 0; i < 100; ++i) {
    const auto code = make_confirmation(random, "ST");
    EXPECT_EQ(code.size(), 8u);
    EXPECT_TRUE(code.starts_with("ST-") && code[3] != '0') << code;
  }
}

}  // namespace
}  // namespace offhook::tools
