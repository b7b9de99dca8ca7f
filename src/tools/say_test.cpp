#include "tools/say.hpp"

#include <gtest/gtest.h>

namespace offhook::tools {
namespace {

using namespace std::chrono_literals;

std::chrono::year_month_day day(std::string_view text) { return parse_date(text).value(); }

TEST(Say, MoneyIsSpokenInDollars) {
  const std::pair<std::int64_t, std::string_view> cases[] = {{0, "0 dollars"},
                                                             {100, "1 dollar"},
                                                             {99'900, "999 dollars"},
                                                             {245'000, "2,450 dollars"},
                                                             {245'050, "2,450 dollars and 50 cents"},
                                                             {100'000'000, "1,000,000 dollars"}};
  for (const auto& [cents, text] : cases) EXPECT_EQ(say_dollars(cents), text);
}

TEST(Say, DatesHaveOrdinalsAndAYearOnlyWhenItDiffers) {
  const auto today = day("2026-03-02");
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"2026-03-01", "March 1st"},  {"2026-03-02", "March 2nd"},          {"2026-03-03", "March 3rd"},
      {"2026-03-11", "March 11th"}, {"2026-03-12", "March 12th"},         {"2026-12-13", "December 13th"},
      {"2026-03-21", "March 21st"}, {"2027-01-22", "January 22nd, 2027"}, {"2026-03-30", "March 30th"}};
  for (const auto& [date, text] : cases) EXPECT_EQ(say_date(day(date), today), text);
  EXPECT_EQ(say_day(day("2026-03-07")), "Saturday, March 7th");
}

TEST(Say, TimesAreOnATwelveHourClock) {
  const std::pair<std::chrono::minutes, std::string_view> cases[] = {
      {0min, "midnight"}, {30min, "12:30 am"},      {9h, "9 am"},
      {12h, "noon"},      {12h + 5min, "12:05 pm"}, {14h + 30min, "2:30 pm"}};
  for (const auto& [time, text] : cases) EXPECT_EQ(say_time(time), text);
  EXPECT_EQ(say_moment({.date = day("2026-03-07"), .time_of_day = 14h}), "Saturday, March 7th at 2 pm");
}

TEST(Say, ListsReadLikeSentences) {
  EXPECT_EQ(say_list({}, "and"), "");
  EXPECT_EQ(say_list({"a"}, "and"), "a");
  EXPECT_EQ(say_list({"a", "b"}, "or"), "a or b");
  EXPECT_EQ(say_list({"a", "b", "c"}, "and"), "a, b, and c");
  EXPECT_EQ(say_list({"a, now", "b, later"}, "and"), "a, now, and b, later");
}

TEST(Say, CountsAndRoomsAreWords) {
  EXPECT_EQ(say_count(2) + say_count(12) + say_count(13), "twotwelve13");
  EXPECT_EQ(say_bedrooms(0), "studio");
  EXPECT_EQ(say_bedrooms(2), "two-bedroom");
  EXPECT_EQ(with_article("one-bedroom"), "a one-bedroom");
  EXPECT_EQ(with_article("eight-bedroom"), "an eight-bedroom");
  EXPECT_EQ(with_article("studio"), "a studio");
}

}  // namespace
}  // namespace offhook::tools
