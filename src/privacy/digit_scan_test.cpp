#include "privacy/digit_scan.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/random.hpp"
#include "privacy/card_filter.hpp"
#include "privacy/number_words.hpp"

namespace offhook::privacy {
namespace {

TEST(DigitScan, KnowsWhatSaysNoDigits) {
  for (const char* text : {"", "Hello, how are you?", "I'd like to book a tour \xE2\x80\x94 please\xE2\x80\xA6",
                           "and then", "The theatre is closed."}) {
    EXPECT_FALSE(scan_digits(text).says_digits()) << text;
  }
}

TEST(DigitScan, LooksCloserOnlyWhereItMay) {
  struct Case {
    const char* text;
    bool may;
  };
  const Case cases[] = {
      {"a two bedroom apartment for 2000 dollars", false},
      {"call me at 415 555 0142", false},
      {"4242 4242 4242 4242", true},
      {"four two four two four two four two four two four two four two four two", true},
      {"my CVV is 123", true},
      {"my CVV, please", false},
      {"4242 is one of 4242 and another 4242", false},
      {"\xEF\xBC\x94\xEF\xBC\x92", true},  // full-width digits: the filter knows
  };
  for (const auto& c : cases) EXPECT_EQ(scan_digits(c.text).may_hold_card(), c.may) << c.text;
}

/// What it waves through, the filter would have left as it is.
TEST(DigitScan, NeverTakesTooFewDigitsForGranted) {
  std::vector<std::string> pieces = {
      "4", "42", "4242", "424242424242", "a",  "card", "the", "CVV", "cvc2",         ",",
      ".", "-",  " ",    "  ",           "\n", "+",    "/",   "(",   "\xE2\x80\x93", "x1"};
  for_each_number_word([&](const NumberWord& word) { pieces.emplace_back(word.text); });
  Random random(7);
  int waved = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    for (std::uint64_t count = 1 + random.next() % 24; count > 0; --count) {
      text += pieces[random.next() % pieces.size()];
      if (random.next() % 4 != 0) text += ' ';
    }
    const DigitScan scan = scan_digits(text);
    CardFilter filter(Wording::written);
    filter.collect_runs();
    std::string filtered = filter.push(text);
    filtered += filter.finish();
    if (!scan.may_hold_card()) {
      ++waved;
      ASSERT_EQ(filtered, text);
    }
    if (!scan.says_digits()) ASSERT_TRUE(filter.other_runs().empty()) << text;
    std::size_t digits = 0;
    for (const auto& run : filter.other_runs()) digits += run.digits.size();
    ASSERT_LE(digits, scan.digits) << text;
  }
  EXPECT_GT(waved, 1000);
}

}  // namespace
}  // namespace offhook::privacy
