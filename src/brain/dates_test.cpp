#include "brain/dates.hpp"

#include <gtest/gtest.h>

#include "base/civil_time.hpp"
#include "brain/mentions.hpp"

namespace offhook::brain {
namespace {

using namespace std::chrono_literals;

// Monday.
constexpr std::chrono::year_month_day kToday = 2026y / 3 / 2;

std::string date_in(std::string_view text, bool is_month_first = true) {
  const auto tokens = tokenize(text);
  const ReadingContext context{.moment = {.today = kToday, .is_month_first = is_month_first}};
  for (const auto& mention : find_mentions(text, tokens, context)) {
    if (mention.kind == MentionKind::date) return mention.value;
  }
  return "none";
}

std::string time_in(std::string_view text, bool only_clear = true) {
  const auto tokens = tokenize(text);
  for (const auto& mention : find_mentions(text, tokens, {.moment = {.today = kToday}})) {
    if (mention.kind == MentionKind::time && !(only_clear && mention.is_weak)) return mention.value;
  }
  return "none";
}

struct Case {
  std::string_view text;
  std::string_view value;
};

TEST(Dates, AreReadAsCallersSayThem) {
  for (const auto& [text, value] : std::initializer_list<Case>{
           {"Saturday", "2026-03-07"},
           {"this Saturday please", "2026-03-07"},
           {"on monday", "2026-03-09"},
           {"next Tuesday", "2026-03-10"},
           {"Tuesday next week", "2026-03-10"},
           {"tomorrow morning", "2026-03-03"},
           {"the day after tomorrow", "2026-03-04"},
           {"today at five", "2026-03-02"},
           {"the 5th", "2026-03-05"},
           {"on the first of April", "2026-04-01"},
           {"April first", "2026-04-01"},
           {"April 1st", "2026-04-01"},
           {"March 5", "2026-03-05"},
           {"march the fifth", "2026-03-05"},
           {"5 March", "2026-03-05"},
           {"the twenty first of May", "2026-05-21"},
           {"february 3", "2027-02-03"},
           {"3/14", "2026-03-14"},
           {"2026-03-05", "2026-03-05"},
           {"March 5, 2027", "2027-03-05"},
           {"in two weeks", "2026-03-16"},
           {"in 3 days", "2026-03-05"},
           {"in a month", "2026-04-02"},
           {"within three months", "2026-06-02"},
           {"two weeks from now", "2026-03-16"},
           {"a week from Friday", "2026-03-13"},
           {"first of next month", "2026-04-01"},
           {"the beginning of next month", "2026-04-01"},
           {"at the end of the month", "2026-03-31"},
           {"end of April", "2026-04-30"},
           {"by the end of the year", "2026-12-31"},
           {"mid June", "2026-06-15"},
           {"in May", "2026-05-01"},
           {"next month", "2026-04-01"},
           {"this weekend", "2026-03-07"},
           {"Saturday the 14th", "2026-03-14"},
           {"Saturday, March 14", "2026-03-14"},
           {"Saturday, March 7th at 1:30 pm", "2026-03-07"},
           {"april twelfth nineteen eighty five", "1985-04-12"},
           {"12/04/1985", "1985-12-04"},
           {"4-12-85", "1985-04-12"},
           {"12 April 1985", "1985-04-12"},
           {"the twelfth of April nineteen eighty-five", "1985-04-12"},
           {"the twenty-first of May", "2026-05-21"},
           {"04 12 1985", "1985-04-12"},
           {"april twelve eighty five", "1985-04-12"},
           {"3 months", "2026-06-02"},
           {"3-4 months", "2026-07-02"},
           {"two or three months", "2026-06-02"},
           {"within the next 2 months", "2026-05-02"},
           {"in a few weeks", "2026-03-23"},
           {"in a year", "2027-03-02"},
           {"next year", "2027-01-01"},
           {"13/32", "none"},
           {"two bedrooms", "none"},
       }) {
    EXPECT_EQ(date_in(text), value) << text;
  }
}

TEST(Dates, AreReadAsFarAsTheirPhraseGoes) {
  EXPECT_EQ(date_in("the Saturday after next at half past two"), "2026-03-14");
  EXPECT_EQ(time_in("the Saturday after next at half past two"), "14:30");
  EXPECT_EQ(date_in("the first Monday of next month"), "2026-04-06");
  EXPECT_EQ(date_in("three weeks from tomorrow"), "2026-03-24");
  EXPECT_EQ(date_in("on Christmas eve"), "2026-12-24");
  EXPECT_EQ(date_in("nothing works since yesterday"), "none");
}

TEST(Dates, AreReadInTheLanguageOfTheCaller) {
  const auto first_of = [](std::string_view text, std::string language, MentionKind kind) {
    const auto tokens = tokenize(text);
    const ReadingContext context{.moment = {.today = kToday}, .language = std::move(language)};
    for (const auto& mention : find_mentions(text, tokens, context)) {
      if (mention.kind == kind && !mention.is_weak) return mention.value;
    }
    return std::string("none");
  };
  EXPECT_EQ(first_of("gelecek cuma saat üç buçukta", "tr", MentionKind::date), "2026-03-13");
  EXPECT_EQ(first_of("gelecek cuma saat üç buçukta", "tr", MentionKind::time), "15:30");
  EXPECT_EQ(first_of("el próximo viernes a las diez de la mañana", "es", MentionKind::date), "2026-03-13");
  EXPECT_EQ(first_of("el próximo viernes a las diez de la mañana", "es", MentionKind::time), "10:00");
  EXPECT_EQ(first_of("agle somvar ko subah gyarah baje", "hi-IN", MentionKind::date), "2026-03-09");
  EXPECT_EQ(first_of("अगले सोमवार शाम 5 बजे", "hi", MentionKind::time), "17:00");
}

TEST(Dates, WordsThatAreMonthsTooAreOnlyWeakReadings) {
  for (const std::string_view text : {"may I ask something", "we march on", "give me a second"}) {
    const auto tokens = tokenize(text);
    for (const auto& mention : find_mentions(text, tokens, {.moment = {.today = kToday}})) {
      EXPECT_TRUE(mention.is_weak || mention.kind != MentionKind::date) << text;
    }
  }
}

TEST(Dates, ImpossibleDaysAreNeverProduced) {
  for (const std::string_view text :
       {"February 30", "2026-02-31", "the 31st of April", "april 31", "0/0", "99/99/99"}) {
    const auto found = date_in(text);
    if (found != "none") {
      EXPECT_TRUE(parse_date(found).has_value()) << text << " gave " << found;
    }
  }
}

TEST(Dates, OutsideTheStatesTheDayComesFirst) {
  EXPECT_EQ(date_in("12/04/1985", false), "1985-04-12");
  EXPECT_EQ(date_in("5/3", false), "2026-03-05");
}

TEST(Times, AreReadAsCallersSayThem) {
  for (const auto& [text, value] : std::initializer_list<Case>{
           {"2 pm", "14:00"},
           {"2pm", "14:00"},
           {"2:30 p.m.", "14:30"},
           {"two thirty", "14:30"},
           {"14:30", "14:30"},
           {"09:15", "09:15"},
           {"noon", "12:00"},
           {"half past ten", "10:30"},
           {"quarter to three", "14:45"},
           {"a quarter past nine", "09:15"},
           {"ten past two", "14:10"},
           {"at 3", "15:00"},
           {"at three", "15:00"},
           {"at 11", "11:00"},
           {"eleven in the morning", "11:00"},
           {"three in the afternoon", "15:00"},
           {"ten o'clock", "10:00"},
           {"tomorrow morning at 7", "07:00"},
           {"seven in the evening", "19:00"},
           {"eleven thirty", "11:30"},
           {"four forty five", "16:45"},
           {"December 1st 9 am", "09:00"},
           {"in the afternoon", "none"},
           {"2 bedrooms", "none"},
           {"at 3 apartments and 2 weeks", "15:00"},
           {"my budget is 2500", "none"},
           {"5 days", "none"},
       }) {
    EXPECT_EQ(time_in(text), value) << text;
  }
}

TEST(Times, ABareHourIsOnlyAWeakReading) {
  EXPECT_EQ(time_in("ten"), "none");
  EXPECT_EQ(time_in("ten", false), "10:00");
  EXPECT_EQ(time_in("in the afternoon", false), "14:00");
}

TEST(Speaking, DatesAndTimesSoundNatural) {
  EXPECT_EQ(spoken_date(2026y / 3 / 7, kToday), "Saturday, March 7");
  EXPECT_EQ(spoken_date(2027y / 1 / 1, kToday), "Friday, January 1, 2027");
  EXPECT_EQ(spoken_time(14h), "2 PM");
  EXPECT_EQ(spoken_time(9h + 5min), "9:05 AM");
  EXPECT_EQ(spoken_time(12h), "noon");
  EXPECT_EQ(spoken_time(0h), "12 AM");
}

}  // namespace
}  // namespace offhook::brain
