#include "privacy/card_filter.hpp"

#include <gtest/gtest.h>

#include "privacy/card_number.hpp"

namespace offhook::privacy {
namespace {

struct Case {
  std::string_view before;
  std::string_view after;
};

/// Numbers that the networks publish for tests.
TEST(CardFilter, TakesCardNumbersOut) {
  const Case cases[] = {
      // Figures, as they are typed and printed.
      {"4242424242424242", "[card ending 4242]"},
      {"my card is 4242424242424242.", "my card is [card ending 4242]."},
      {"4242 4242 4242 4242", "[card ending 4242]"},
      {"4242-4242-4242-4242", "[card ending 4242]"},
      {"4242.4242.4242.4242", "[card ending 4242]"},
      {"4242, 4242, 4242, 4242", "[card ending 4242]"},
      {"4242/4242/4242/4242", "[card ending 4242]"},
      {"4242_4242_4242_4242", "[card ending 4242]"},
      {"4242+4242+4242+4242", "[card ending 4242]"},
      {"4242  -  4242 - 4242 -4242", "[card ending 4242]"},
      {"(4242) (4242) (4242) (4242)", "([card ending 4242])"},
      {"4242\n4242\n4242\n4242", "[card ending 4242]"},
      {"4 2 4 2 4 2 4 2 4 2 4 2 4 2 4 2", "[card ending 4242]"},
      {"42 42 42 42 42 42 42 42", "[card ending 4242]"},
      {"4242 42424242 4242", "[card ending 4242]"},
      {"card:4242424242424242;", "card:[card ending 4242];"},
      {"\"4242424242424242\"", "\"[card ending 4242]\""},
      {"4242424242424242x", "[card ending 4242]x"},
      {"PAN4242424242424242", "PAN[card ending 4242]"},
      {"5555555555554444", "[card ending 4444]"},
      {"5105105105105100", "[card ending 5100]"},
      {"2223003122003222", "[card ending 3222]"},
      {"378282246310005", "[card ending 0005]"},
      {"3782 822463 10005", "[card ending 0005]"},
      {"3714-496353-98431", "[card ending 8431]"},
      {"6011111111111117", "[card ending 1117]"},
      {"6011 0009 9013 9424", "[card ending 9424]"},
      {"30569309025904", "[card ending 5904]"},
      {"3056 930902 5904", "[card ending 5904]"},
      {"36227206271667", "[card ending 1667]"},
      {"3566002020360505", "[card ending 0505]"},
      {"6200000000000005", "[card ending 0005]"},
      {"4222222222222", "[card ending 2222]"},
      {"6304000000000000", "[card ending 0000]"},
      {"5019717010103742", "[card ending 3742]"},
      {"4000000000000002", "[card ending 0002]"},
      {"4111111111111111 and 5555555555554444", "[card ending 1111] and [card ending 4444]"},
      {"4111111111111111 5555555555554444", "[card ending 1111] [card ending 4444]"},
      {"I have 2 4242424242424242 cards", "I have 2 [card ending 4242] cards"},
      {"call 415 555 0101 4242 4242 4242 4242", "call 415 555 0101 [card ending 4242]"},
      // With what is printed beside it.
      {"4242 4242 4242 4242 12/26 123", "[card ending 4242]"},
      {"4242424242424242 1226 123", "[card ending 4242]"},
      {"42424242424242421226123", "[card ending 4242]"},
      {"4242424242424242, CVV 123", "[card ending 4242], CVV [code]"},
      {"4242424242424242 and the security code is 1 2 3", "[card ending 4242] and the security code is [code]"},
      {"cvc: 999", "cvc: [code]"},
      {"the CVV2 is one two three", "the CVV2 is [code]"},
      {"CVV is nine eight seven thanks", "CVV is [code] thanks"},
      // Other digits and separators.
      {"４２４２ ４２４２ ４２４２ ４２４２", "[card ending 4242]"},
      {"٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢", "[card ending 4242]"},
      {"۴۲۴۲ ۴۲۴۲ ۴۲۴۲ ۴۲۴۲", "[card ending 4242]"},
      {"४२४२ ४२४२ ४२४२ ४२४२", "[card ending 4242]"},
      {"𝟒𝟐𝟒𝟐𝟒𝟐𝟒𝟐𝟒𝟐𝟒𝟐𝟒𝟐𝟒𝟐", "[card ending 4242]"},
      {"④②④②④②④②④②④②④②④②", "[card ending 4242]"},
      {"⁴²⁴²⁴²⁴²⁴²⁴²⁴²⁴²", "[card ending 4242]"},
      {"4️⃣2️⃣4️⃣2️⃣4️⃣2️⃣4️⃣2️⃣4️⃣2️⃣4️⃣2️⃣4️⃣2️⃣4️⃣2️⃣", "[card ending 4242]️⃣"},
      {"4242\u00a04242\u00a04242\u00a04242", "[card ending 4242]"},
      {"4242\u20094242\u20094242\u20094242", "[card ending 4242]"},
      {"4242–4242–4242–4242", "[card ending 4242]"},
      {"4242—4242—4242—4242", "[card ending 4242]"},
      {"4242·4242·4242·4242", "[card ending 4242]"},
      {"4242\u200b4242\u200b4242\u200b4242", "[card ending 4242]"},
      {"4\u200d2\u200d4\u200d2\u200d4242\u20604242424 2", "[card ending 4242]"},
      // Said.
      {"four two four two four two four two four two four two four two four two", "[card ending 4242]"},
      {"It's four one one one, one one one one, one one one one, one one one one.", "It's [card ending 1111]."},
      {"Four-Two-Four-Two four two four two 4242 4242", "[card ending 4242]"},
      {"four double one one one one one one one one one one one one one one", "[card ending 1111]"},
      {"four triple one, one one one one, one one one one, double one double one", "[card ending 1111]"},
      {"four triple one quadruple one quadruple one quadruple one", "[card ending 1111]"},
      {"double five double five double five double five double five double five double four double four",
       "[card ending 4444]"},
      {"double 5 double 5 double 5 double 5 double 5 double 5 double 4 double 4", "[card ending 4444]"},
      {"four oh oh oh oh oh oh oh oh oh oh oh oh oh oh two", "[card ending 0002]"},
      {"four o o o, o o o o, o o o o, o o o two", "[card ending 0002]"},
      {"four zero zero zero zero zero zero zero zero zero zero zero zero zero zero two", "[card ending 0002]"},
      {"forty two forty two forty two forty two forty-two forty-two forty-two forty-two", "[card ending 4242]"},
      {"forty one eleven eleven eleven eleven eleven eleven eleven", "[card ending 1111]"},
      {"forty-one eleven, 1111, eleven eleven, one one one one", "[card ending 1111]"},
      {"four thousand, zero zero zero zero, triple zero zero, triple zero two", "[card ending 0002]"},
      {"forty-two hundred and forty-two 4242 4242 4242", "[card ending 4242]"},
      {"four one one one uh one one one one um one one one one and then one one one one", "[card ending 1111]"},
      {"four one one one dash one one one one dash one one one one dash one one one one", "[card ending 1111]"},
      {"thirty seven eighty two eight two two four six three one oh oh oh five", "[card ending 0005]"},
      {"cuatro uno uno uno, uno uno uno uno, uno uno uno uno, uno uno uno uno", "[card ending 1111]"},
      {"cuarenta y dos cuarenta y dos cuarenta y dos cuarenta y dos 4242 4242", "[card ending 4242]"},
      {"cuatro triple uno, doble uno doble uno, doble uno doble uno, doble uno doble uno", "[card ending 1111]"},
      {"quatre un un un un un un un un un un un un un un un", "[card ending 1111]"},
      {"quarante-deux quarante-deux quarante-deux quarante-deux 42 42 42 42", "[card ending 4242]"},
      {"quatre zéro zéro zéro zéro zéro zéro zéro zéro zéro zéro zéro zéro zéro zéro deux", "[card ending 0002]"},
      {"vier eins eins eins eins eins eins eins eins eins eins eins eins eins eins eins", "[card ending 1111]"},
      {"zweiundvierzig zweiundvierzig", "zweiundvierzig zweiundvierzig"},
      {"zweiundvierzig zweiundvierzig 42 42 zweiundvierzig zweiundvierzig 4242", "[card ending 4242]"},
      {"fünf fünf fünf fünf fünf fünf fünf fünf fünf fünf fünf fünf vier vier vier vier", "[card ending 4444]"},
      {"chaar ek ek ek, ek ek ek ek, ek ek ek ek, ek ek ek ek", "[card ending 1111]"},
      {"char do char do char do char do char do char do char do char do", "[card ending 4242]"},
  };
  for (const auto& [before, after] : cases) EXPECT_EQ(redact_cards(before), after) << before;
}

TEST(CardFilter, LeavesEverythingElse) {
  const std::string_view cases[] = {
      "",
      "Hello, how can I help you?",
      "one moment, for the two of us",
      "4242424242424241",  // the last digit is wrong
      "4242 4242 4242 4243",
      "order 4242-4242-4242-4240",
      "four two four two four two four two four two four two four two four three",
      "My number is 4 double 2 four, two 4 2 4, 2 4 2 4, 2 4 2 4 ok",
      "order number 1234567890123456",
      "order 9876543210987654",
      "tracking 1Z 999 AA1 01 2345 6784",
      "+14155550101",
      "+1 (415) 555-0101",
      "call 415-555-0101 or 415-555-0102",
      "415 555 0101, 415 555 0102",
      "+49 1512 3456789",
      "+447911123456",
      "+4242424242424",  // dialled, though it passes
      "00 49 151 23456789",
      "2026-11-21",
      "2026-11-21 14:30:00",
      "2026-11-21 2026-11-22",
      "from 21/11/2026 to 22/11/2026",
      "21/11/2026 22/11/2026",
      "2025-11-20T14:46:44.000Z",
      "1763650000000",     // milliseconds
      "1763650000000000",  // microseconds
      "6a1f2c3d-1111-4e5f-8a9b-00000000c001",
      "CA00000000000000000000000000000001",
      "192.168.100.200:8000",
      "3.14159265358979",
      "2,850 dollars a month, 1,200 square feet",
      "units 101, 202, 303 and 404",
      "open from 9 to 18, Saturday 10 to 16",
      "the card ending in 4 2 4 2",
      "[card ending 4242]",
      "the last four are 4 2 4 2",
      "date of birth 1985-04-12, postcode 94105",
      "code ST-17507",
      "twenty twenty six, November the twenty-first",
      "one two three four five six seven eight nine ten",
      "it is nine, or ten, or eleven",
      "IBAN DE89 3704 0044 0532 0130 00",
      "one hundred and fifty thousand",
      "0000 0000 0000 0000",
      "1111 1111 1111 1111",
      "the security code of the gate is 4521",  // no card was named
      "the door is at the back, 1234 Main Street",
      "a CVV is a number",
      "double room, triple glazing",
  };
  for (const auto text : cases) EXPECT_EQ(redact_cards(text), text);
}

TEST(CardFilter, HasWordsForTheEar) {
  EXPECT_EQ(redact_cards("I blocked 4242 4242 4242 4242.", Wording::spoken), "I blocked the card ending in 4 2 4 2.");
  EXPECT_EQ(redact_cards("CVV 123", Wording::spoken), "CVV hidden");
}

TEST(CardFilter, RedactingTwiceChangesNothingMore) {
  for (const auto wording : {Wording::written, Wording::spoken}) {
    const auto once = redact_cards("It is 4242 4242 4242 4242, CVV 123, and 5555555555554444.", wording);
    EXPECT_EQ(redact_cards(once, wording), once);
  }
}

TEST(CardFilter, EveryLengthAndSpellingOfAValidNumberIsFound) {
  // Each network's shortest and longest number, with the check digit worked out.
  for (const std::string_view prefix : {"4", "51", "2221", "37", "36", "6011", "3528", "62", "67", "2200"}) {
    for (std::size_t length = kShortestCard; length <= kLongestCard; ++length) {
      std::string digits(prefix);
      while (digits.size() + 1 < length) digits.push_back(static_cast<char>('0' + digits.size() * 7 % 10));
      for (char last = '0'; last <= '9'; ++last) {
        if (passes_luhn(digits + last)) {
          digits.push_back(last);
          break;
        }
      }
      if (!has_network_shape(digits)) continue;
      const std::string expected = "[card ending " + digits.substr(digits.size() - 4) + "]";
      EXPECT_EQ(redact_cards(digits), expected) << digits;
      std::string spaced;
      std::string said;
      constexpr std::string_view kWords[] = {"zero", "one", "two",   "three", "four",
                                             "five", "six", "seven", "eight", "nine"};
      for (const char digit : digits) {
        spaced.append(spaced.empty() ? "" : " ").push_back(digit);
        said.append(said.empty() ? "" : " ").append(kWords[digit - '0']);
      }
      EXPECT_EQ(redact_cards(spaced), expected) << spaced;
      EXPECT_EQ(redact_cards(said), expected) << said;
    }
  }
}

TEST(CardNumber, ChecksTheLastDigit) {
  EXPECT_TRUE(passes_luhn("79927398713"));  // the example of ISO/IEC 7812-1's algorithm that everybody quotes
  for (const char last : std::string_view("012456789")) EXPECT_FALSE(passes_luhn(std::string("7992739871") + last));
  EXPECT_FALSE(passes_luhn(""));
}

}  // namespace
}  // namespace offhook::privacy
