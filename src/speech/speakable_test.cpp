#include "speech/speakable.hpp"

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace offhook::speech {
namespace {

struct Case {
  std::string written;
  std::string spoken;
};

TEST(Speakable, MarkdownIsNotSpoken) {
  const Case cases[] = {
      {"**Great** news: it is *available*!", "Great news: it is available!"},
      {"***really***", "really"},
      {"__bold__ and _thin_", "bold and thin"},
      {"snake_case stays", "snake_case stays"},
      {"3 * 4 is 12", "3 * 4 is 12"},
      {"# Your tour\nIt is booked.", "Your tour. It is booked."},
      {"Run `ls` now", "Run ls now"},
      {"```sh\nls\n```", "ls"},
      {"See [our site](https://example.com/a) today", "See our site today"},
      {"![photo](x.png) of **[it](y)**", "photo of it"},
      {"[not a link] (really)", "[not a link] (really)"},
      {"Options:\n- one bedroom\n- two bedrooms\n\nWhich?", "Options: one bedroom. two bedrooms. Which?"},
      {"> quoted", "quoted"},
      {"above\n---\nbelow", "above. below"},
      {"Done \xE2\x9C\x85 see you \xF0\x9F\x98\x80!", "Done see you !"},
      {"\xE2\x9D\xA4\xEF\xB8\x8F", ""},
      {"", ""},
      {"**", ""},
  };
  for (const auto& c : cases) EXPECT_EQ(to_speakable_english(c.written), c.spoken) << c.written;
}

TEST(Speakable, EnglishIsWrittenAsItIsSpoken) {
  const Case cases[] = {
      // Money
      {"$1,234.56", "1,234 dollars and 56 cents"},
      {"Rent is $2,400.", "Rent is 2,400 dollars."},
      {"($2,400)", "(2,400 dollars)"},
      {"$2,400/month", "2,400 dollars a month"},
      {"$1", "1 dollar"},
      {"$1.01", "1 dollar and 1 cent"},
      {"$5.00", "5 dollars"},
      {"$0.99", "99 cents"},
      {"$1.2M", "1.2 million dollars"},
      {"$500k", "500 thousand dollars"},
      {"$2.5", "2.5 dollars"},
      {"US$ is money", "US$ is money"},
      {"$", "$"},
      // Dates
      {"2026-03-05", "March 5th, 2026"},
      {"on 2026-12-01, at", "on December 1st, 2026, at"},
      {"2026-05-22 and 2026-05-23", "May 22nd, 2026 and May 23rd, 2026"},
      {"2026-08-11, 2026-08-12, 2026-08-13", "August 11th, 2026, August 12th, 2026, August 13th, 2026"},
      {"2026-02-30", "2026-02-30"},
      {"12/25/2026", "December 25th, 2026"},
      {"3/5/2026", "March 5th, 2026"},
      {"25/12/2026", "25/12/2026"},
      // Times
      {"14:30", "2 30 P M"},
      {"at 14:00.", "at 2 P M."},
      {"00:15", "12 15 A M"},
      {"09:05", "9 oh 5 A M"},
      {"9:30", "9 30"},
      {"12:00", "12 o'clock"},
      {"23:59", "11 59 P M"},
      {"2 pm", "2 P M"},
      {"2 PM", "2 P M"},
      {"2pm", "2 P M"},
      {"2:30 PM", "2 30 P M"},
      {"12:00 AM", "12 A M"},
      {"2 p.m. works", "2 P M works"},
      {"2 parking spots", "2 parking spots"},
      {"10 amazing rooms", "10 amazing rooms"},
      {"25:00", "25:00"},
      {"14:75", "14:75"},
      {"10:20:30", "10:20:30"},
      {"a 16:9 screen", "a 16:9 screen"},
      // Phone numbers
      {"+14155550101", "1, 4 1 5, 5 5 5, 0 1 0 1"},
      {"(415) 555-0101", "4 1 5, 5 5 5, 0 1 0 1"},
      {"call 415-555-0101.", "call 4 1 5, 5 5 5, 0 1 0 1."},
      {"4155550101", "4 1 5, 5 5 5, 0 1 0 1"},
      {"+1 (415) 555-0101", "1, 4 1 5, 5 5 5, 0 1 0 1"},
      {"+919876543210", "plus 9 1 9, 8 7 6, 5 4 3, 2 1 0"},
      {"room 415", "room 415"},
      {"1,000,000 people", "1,000,000 people"},
      {"10, 20 or 30", "10, 20 or 30"},
      // Digits one by one
      {"the card ending in 1234", "the card ending in 1 2 3 4"},
      {"ends in 0042.", "ends in 0 0 4 2."},
      {"ending in May", "ending in May"},
      {"code ST-48213", "code S T, 4 8 2 1 3"},
      {"A-100B7", "A, 1 0 0 B 7"},
      {"B-2 and COVID-19", "B-2 and COVID-19"},
      {"X-RAY", "X-RAY"},
      // Words
      {"850 sq ft", "850 square feet"},
      {"850 sq. ft., two baths", "850 square feet, two baths"},
      {"850 sqft.", "850 square feet."},
      {"the APR is 5%", "the A P R is 5%"},
      {"open 24/7", "open 24 7"},
      {"unit #5", "unit number 5"},
      {"see https://www.example.com/help?x=1 now", "see example dot com now"},
      {"at www.example.co.uk.", "at example dot co dot uk."},
      // Left alone
      {"Dr. Smith lives on Main St.", "Dr. Smith lives on Main St."},
      {"3.5% of 1984", "3.5% of 1984"},
      {"O'Neil, apartment 4B", "O'Neil, apartment 4B"},
  };
  for (const auto& c : cases) EXPECT_EQ(to_speakable_english(c.written), c.spoken) << c.written;
}

TEST(Speakable, AcceptsAnyBytes) {
  Random random(3);
  constexpr std::string_view kAlphabet =
      "$1,234.56-+()/:# *_`[]\n#apmAPMsqftSTending in https://www.\xF0\x9F\x98\x80\xE2\x9C";
  for (int round = 0; round < 20000; ++round) {
    std::string text(random.below(24), ' ');
    for (auto& c : text) c = kAlphabet[random.below(kAlphabet.size())];
    EXPECT_LT(to_speakable_english(text).size(), 10 * text.size() + 40) << text;
  }
}

}  // namespace
}  // namespace offhook::speech
