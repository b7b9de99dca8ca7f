#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <string>
#include <vector>

#include "brain/extract/contacts.hpp"
#include "brain/extract/money.hpp"
#include "brain/extract/numbers.hpp"
#include "brain/extract/places.hpp"
#include "brain/extract/polarity.hpp"
#include "brain/extract/temporal.hpp"

namespace offhook::brain::extract {
namespace {

using std::chrono::sys_days;
using testing::ElementsAre;
using testing::IsEmpty;

// Monday 2 March 2026, 9 o'clock.
TimeReference reference() {
  return {.today = sys_days(std::chrono::year(2026) / 3 / 2), .time_of_day = std::chrono::hours(9)};
}

std::string shown(const Temporal& found) {
  std::string line;
  for (const auto& value : found.values) {
    if (!line.empty()) line += " | ";
    if (value.at) line += value_text(found.kind, *value.at);
    if (value.from || value.until) {
      line += (value.from ? value_text(found.kind, *value.from) : "") + ".." +
              (value.until ? value_text(found.kind, *value.until) : "");
    }
    if (value.seconds) line += value.timex;
    if (!value.at && !value.from && !value.until && !value.seconds) line += value.timex;
  }
  return line;
}

std::string times_in(std::string_view text, std::string_view language = "en", bool is_day_first = false) {
  const Pieces pieces(text, language_of(language));
  TimeReference now = reference();
  now.is_day_first = is_day_first;
  std::string all;
  for (const auto& found : find_temporals(pieces, now)) all += (all.empty() ? "" : "; ") + shown(found);
  return all;
}

std::string numbers_in(std::string_view text, std::string_view language = "en") {
  const Pieces pieces(text, language_of(language));
  std::string all;
  for (const auto& found : find_numbers(pieces)) {
    if (!all.empty()) all += ' ';
    char buffer[32];
    std::snprintf(buffer, sizeof buffer, "%.10g", found.value);
    all += buffer;
  }
  return all;
}

struct Case {
  std::string_view text;
  std::string_view wanted;
};

TEST(Temporals, ReadsDatesWithTheirPastAndComingReading) {
  const Case cases[] = {
      {"tomorrow", "2026-03-03"},
      {"the day after tomorrow", "2026-03-04"},
      {"on Friday", "2026-02-27 | 2026-03-06"},
      {"next Friday", "2026-03-13"},
      {"this Friday", "2026-03-06"},
      {"last Friday", "2026-02-27"},
      {"Friday of next week", "2026-03-13"},
      {"the Saturday after next", "2026-03-14"},
      {"October 2", "2025-10-02 | 2026-10-02"},
      {"the 2nd of October 2027", "2027-10-02"},
      {"twenty fifth of May nineteen eighty six", "1986-05-25"},
      {"12/25/2026", "2026-12-25"},
      {"2026-04-01", "2026-04-01"},
      {"in two weeks", "2026-03-16"},
      {"three days ago", "2026-02-27"},
      {"a week from Friday", "2026-03-13"},
      {"the first Monday of next month", "2026-04-06"},
      {"Christmas", "2025-12-25 | 2026-12-25"},
      {"Easter 2026", "2026-04-05"},
      {"the 18th", "2026-02-18 | 2026-03-18"},
  };
  for (const auto& [text, wanted] : cases) EXPECT_EQ(times_in(text), wanted) << text;
  EXPECT_EQ(times_in("3/4", "en", true), "2025-04-03 | 2026-04-03");
}

TEST(Temporals, ReadsTimesAndTellsTheHalfOfTheDay) {
  const Case cases[] = {
      {"at 3 pm", "15:00:00"},
      {"half past two", "02:30:00 | 14:30:00"},
      {"quarter to three in the afternoon", "14:45:00"},
      {"seven thirty in the morning", "07:30:00"},
      {"14:30", "14:30:00"},
      {"noon", "12:00:00"},
      {"eight o'clock", "08:00:00 | 20:00:00"},
      {"tomorrow at half past two in the afternoon", "2026-03-03 14:30:00"},
      {"the Saturday after next at half past two", "2026-03-14 02:30:00 | 2026-03-14 14:30:00"},
      {"tonight at 8", "2026-03-02 20:00:00"},
      {"in 20 minutes", "2026-03-02 09:20:00"},
  };
  for (const auto& [text, wanted] : cases) EXPECT_EQ(times_in(text), wanted) << text;
}

TEST(Temporals, ReadsRangesDurationsAndRepetitions) {
  const Case cases[] = {
      {"from 9 to 5", "09:00:00..17:00:00"},
      {"tomorrow between 2 and 4 pm", "2026-03-03 14:00:00..2026-03-03 16:00:00"},
      {"tomorrow morning", "2026-03-03 08:00:00..2026-03-03 12:00:00"},
      {"next week", "2026-03-09..2026-03-16"},
      {"this weekend", "2026-03-07..2026-03-09"},
      {"May 5 to May 9, 2026", "2026-05-05..2026-05-09"},
      {"the end of the month", "2026-03-16..2026-04-01"},
      {"before Friday March 6 2026", "..2026-03-06"},
      {"since 2024", "2024-01-01.."},
      {"an hour and a half", "PT1.5H"},
      {"two and a half years", "P2.5Y"},
      {"every Monday at 4pm", "XXXX-WXX-1T16"},
      {"every two weeks", "P2W"},
      {"last three months", "2025-12-02..2026-03-02"},
  };
  for (const auto& [text, wanted] : cases) EXPECT_EQ(times_in(text), wanted) << text;
}

TEST(Temporals, LeavesAloneWhatOnlyLooksLikeTime) {
  for (const std::string_view text : {"May I ask why?", "good morning", "the sun is up", "account 2010-2015-86",
                                      "it costs 2000 dollars", "two to four people", "that march was long", "12%"}) {
    EXPECT_EQ(times_in(text), "") << text;
  }
}

TEST(Temporals, TurkishSpanishAndHindi) {
  const struct {
    std::string_view language, text, wanted;
  } cases[] = {
      {"tr", "yarın sabah 9'da", "2026-03-03 09:00:00"},
      {"tr", "saat üç buçukta", "03:30:00 | 15:30:00"},
      {"tr", "gelecek cuma günü", "2026-03-13"},
      {"tr", "15 Mart 2026", "2026-03-15"},
      {"tr", "3 gün sonra", "2026-03-05"},
      {"tr", "iki hafta önce", "2026-02-16"},
      {"tr", "akşam sekizde", "20:00:00"},
      {"tr", "üçü çeyrek geçe", "03:15:00 | 15:15:00"},
      {"tr", "beşe on var", "04:50:00 | 16:50:00"},
      {"es", "mañana a las tres y media de la tarde", "2026-03-03 15:30:00"},
      {"es", "el 15 de marzo de 2026", "2026-03-15"},
      {"es", "el próximo viernes", "2026-03-13"},
      {"es", "hace tres días", "2026-02-27"},
      {"es", "dentro de dos semanas", "2026-03-16"},
      {"es", "a las cinco menos cuarto", "04:45:00 | 16:45:00"},
      {"es", "la semana que viene", "2026-03-09..2026-03-16"},
      {"es", "a las 8 de la mañana", "08:00:00"},
      {"hi", "kal subah das baje", "2026-03-03 10:00:00"},
      {"hi", "sade teen baje", "03:30:00 | 15:30:00"},
      {"hi", "agle somvar", "2026-03-09"},
      {"hi", "do din baad", "2026-03-04"},
      {"hi", "15 march 2026", "2026-03-15"},
      {"hi", "शाम 5 बजे", "17:00:00"},
      {"hi", "अगले शुक्रवार", "2026-03-13"},
      {"hi", "साढ़े चार बजे", "04:30:00 | 16:30:00"},
      {"hi", "तीन दिन पहले", "2026-02-27"},
      {"hi", "१५ मार्च २०२६", "2026-03-15"},
  };
  for (const auto& each : cases) EXPECT_EQ(times_in(each.text, each.language), each.wanted) << each.text;
}

TEST(Numbers, InFiguresAndWords) {
  const Case cases[] = {
      {"two and a half million", "2500000"},
      {"minus five point five", "-5.5"},
      {"one hundred and sixteen", "116"},
      {"12,34,567.89", "1234567.89"},
      {"two thirds", "0.6666666667"},
      {"fifty lakh", "5000000"},
      {"1.2 crore", "12000000"},
      {"10k", "10000"},
      {"three dozen", "36"},
      {"twenty-one", "21"},
      {"the 180ml bottle", ""},
      {"that one is good", ""},
      {"1.3e6", "1300000"},
      {"-.08", "-0.08"},
      {"half a dozen", "6"},
      {"2 lakh 50 thousand", "250000"},
      {"nought point nought three", "0.03"},
  };
  for (const auto& [text, wanted] : cases) EXPECT_EQ(numbers_in(text), wanted) << text;
  EXPECT_EQ(numbers_in("iki yüz elli bin", "tr"), "250000");
  EXPECT_EQ(numbers_in("bin dokuz yüz seksen beş", "tr"), "1985");
  EXPECT_EQ(numbers_in("doscientos cuarenta y cinco mil", "es"), "245000");
  EXPECT_EQ(numbers_in("treinta y siete", "es"), "37");
  EXPECT_EQ(numbers_in("ek lakh pachees hazaar", "hi"), "125000");
  EXPECT_EQ(numbers_in("ढाई लाख", "hi"), "250000");
  EXPECT_EQ(numbers_in("दो सौ पैंतालीस", "hi"), "245");
}

// What is written out is read back: every number below a million, in steps, and the round ones above.
std::string spoken(int value) {
  static const char* kOnes[] = {"zero",     "one",     "two",     "three",     "four",     "five",    "six",
                                "seven",    "eight",   "nine",    "ten",       "eleven",   "twelve",  "thirteen",
                                "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
  static const char* kTens[] = {"", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"};
  if (value < 20) return kOnes[value];
  if (value < 100)
    return std::string(kTens[value / 10]) + (value % 10 != 0 ? std::string(" ") + kOnes[value % 10] : "");
  if (value < 1000) return spoken(value / 100) + " hundred" + (value % 100 != 0 ? " and " + spoken(value % 100) : "");
  if (value < 1'000'000)
    return spoken(value / 1000) + " thousand" + (value % 1000 != 0 ? " " + spoken(value % 1000) : "");
  return spoken(value / 1'000'000) + " million" + (value % 1'000'000 != 0 ? " " + spoken(value % 1'000'000) : "");
}

TEST(Numbers, SpokenNumbersComeBack) {
  for (int value = 0; value < 3'000'000; value = value < 1000 ? value + 1 : value * 5 / 4 + 7) {
    EXPECT_EQ(numbers_in(spoken(value)), std::to_string(value)) << spoken(value);
  }
}

TEST(Temporals, WrittenAndSpokenDatesComeBack) {
  static const char* kMonths[] = {"January", "February", "March",     "April",   "May",      "June",
                                  "July",    "August",   "September", "October", "November", "December"};
  for (int i = 0; i < 4000; i += 13) {
    const sys_days day = sys_days(std::chrono::year(1985) / 1 / 1) + std::chrono::days(i);
    const std::chrono::year_month_day date(day);
    const std::string wanted = value_text(TemporalKind::date, Civil(day));
    const std::string month = kMonths[unsigned(date.month()) - 1];
    const std::string number = std::to_string(unsigned(date.day()));
    const std::string year = std::to_string(int(date.year()));
    for (const std::string& text :
         {month + " " + number + ", " + year, "the " + number + " of " + month + " " + year, wanted,
          month + " " + spoken(int(unsigned(date.day()))) + " nineteen " + spoken(int(date.year()) % 100)}) {
      EXPECT_EQ(times_in(text), wanted) << text;
    }
  }
}

TEST(Money, WithItsCurrency) {
  const auto money = [](std::string_view text) {
    const Pieces pieces(text, language_of("en"));
    std::string all;
    for (const auto& found : find_money(pieces)) {
      char buffer[64];
      std::snprintf(buffer, sizeof buffer, "%.10g ", found.amount.value_or(-1));
      all += (all.empty() ? "" : "; ") + std::string(buffer) + std::string(found.currency);
    }
    return all;
  };
  EXPECT_EQ(money("about $2,500 a month"), "2500 Dollar");
  EXPECT_EQ(money("thirteen dollars and forty-five cents"), "13.45 Dollar");
  EXPECT_EQ(money("35 lakh rupees"), "3500000 Rupee");
  EXPECT_EQ(money("USD115.5 or 20 €"), "115.5 United States dollar; 20 Euro");
  EXPECT_EQ(money("a $5 coupon"), "5 Dollar");
  EXPECT_EQ(money("all 70 of us"), "");
}

TEST(Contacts, EmailsWrittenAndSpoken) {
  const auto emails = [](std::string_view text) {
    const Pieces pieces(text, language_of("en"));
    std::vector<std::string> all;
    for (const auto& found : find_emails(text, pieces)) all.push_back(found.value);
    return all;
  };
  EXPECT_THAT(emails("it's John.Doe+x@Example.com, thanks"), ElementsAre("john.doe+x@example.com"));
  EXPECT_THAT(emails("my email is john dot doe at gmail dot com"), ElementsAre("john.doe@gmail.com"));
  EXPECT_THAT(emails("a l i c e underscore five at mail dot co dot uk"), ElementsAre("alice_5@mail.co.uk"));
  EXPECT_THAT(emails("meet me at the park dot"), IsEmpty());
  EXPECT_THAT(emails("a..b@x.com and @me"), IsEmpty());
}

TEST(Contacts, PhonesAsWritten) {
  const auto phones = [](std::string_view text) {
    std::vector<std::string> all;
    for (const auto& found : find_written_phones(text)) all.push_back(found.value);
    return all;
  };
  EXPECT_THAT(phones("call (541) 754-3010 or +44 (0) 161 1234567 ext 12."),
              ElementsAre("(541) 754-3010", "+44 (0) 161 1234567 ext 12"));
  EXPECT_THAT(phones("on 16/04/2010 at 12:30, invoice number 12345678"), IsEmpty());
  EXPECT_THAT(phones("card 4242 4242 4242 4242, 0.000000012, a12345678"), IsEmpty());
}

TEST(Contacts, PhonesAsSaid) {
  const auto phones = [](std::string_view text) {
    const Pieces pieces(text, language_of("en"));
    std::vector<std::string> all;
    for (const auto& found : find_spoken_phones(pieces, "US")) all.push_back(found.value);
    return all;
  };
  EXPECT_THAT(phones("four one five, um, five five five, oh one double two"), ElementsAre("+14155550122"));
  EXPECT_THAT(phones("plus one four one five 555 0122"), ElementsAre("+14155550122"));
  EXPECT_THAT(phones("twenty one people"), IsEmpty());
}

TEST(Numbers, Percentages) {
  const auto percentages = [](std::string_view text, std::string_view language) {
    const Pieces pieces(text, language_of(language));
    std::vector<double> all;
    for (const auto& found : find_percentages(pieces)) all.push_back(found.value);
    return all;
  };
  EXPECT_THAT(percentages("from 5% to twenty five percent of 300", "en"), ElementsAre(5, 25));
  EXPECT_THAT(percentages("yüzde beş", "tr"), ElementsAre(5));
  EXPECT_THAT(percentages("el diez por ciento", "es"), ElementsAre(10));
}

TEST(Places, Postcodes) {
  const auto postcodes = [](std::string_view text, std::string_view region) {
    const Pieces pieces(text, language_of("en"));
    std::vector<std::string> all;
    for (const auto& found : find_postcodes(pieces, region)) all.push_back(found.value);
    return all;
  };
  EXPECT_THAT(postcodes("it's SW1A 1AA, thanks", "GB"), ElementsAre("SW1A 1AA"));
  EXPECT_THAT(postcodes("m four, zero q g", "GB"), ElementsAre("M4 0QG"));
  EXPECT_THAT(postcodes("bravo bravo 1 1 4 bravo hotel", "GB"), ElementsAre("BB11 4BH"));
  EXPECT_THAT(postcodes("I live in 94103-1234 now", "US"), ElementsAre("94103-1234"));
  EXPECT_THAT(postcodes("nine four one oh three", "US"), ElementsAre("94103"));
  EXPECT_THAT(postcodes("call 5551234567", "US"), IsEmpty());
}

TEST(Places, Addresses) {
  const Pieces british("I'm at 221B Baker Street, London NW1 6XE", language_of("en"));
  const auto found = find_addresses(british, "GB");
  ASSERT_EQ(found.size(), 1);
  EXPECT_EQ(found[0].number, "221B");
  EXPECT_EQ(found[0].street, "Baker Street");
  EXPECT_EQ(found[0].postcode, "NW1 6XE");
  const Pieces american("twelve fifty Market Street, apartment 4, San Francisco 94103", language_of("en"));
  const auto second = find_addresses(american, "US");
  ASSERT_EQ(second.size(), 1);
  EXPECT_EQ(second[0].number, "1250");
  EXPECT_EQ(second[0].street, "Market Street");
  EXPECT_EQ(second[0].unit, "4");
  EXPECT_EQ(second[0].postcode, "94103");
  const Pieces none("we have 2 cats and 3 dogs on the way", language_of("en"));
  EXPECT_THAT(find_addresses(none, "US"), IsEmpty());
}

TEST(Polarity, InFourLanguages) {
  const struct {
    std::string_view language, text;
    int wanted;  // 1 yes, -1 no, 0 neither
  } cases[] = {
      {"en", "uh yeah sure", 1},
      {"en", "not really", -1},
      {"en", "nope", -1},
      {"en", "agree, it is not ok", -1},
      {"en", "no problem", 1},
      {"en", "why not", 1},
      {"en", "the blue one", 0},
      {"tr", "evet lütfen", 1},
      {"tr", "hayır istemiyorum", -1},
      {"tr", "tabii ki", 1},
      {"es", "sí, claro", 1},
      {"es", "claro que no", -1},
      {"es", "no gracias", -1},
      {"hi", "haan ji", 1},
      {"hi", "bilkul nahi", -1},
      {"hi", "ठीक है", 1},
      {"hi", "नहीं", -1},
      {"en", "👍", 1},
  };
  for (const auto& each : cases) {
    const Pieces pieces(each.text, language_of(each.language));
    const auto found = find_polarity(each.text, pieces);
    EXPECT_EQ(found ? (found->is_yes ? 1 : -1) : 0, each.wanted) << each.text;
  }
}

// Readers call one another; however phrases are nested, a text takes a time of its length.
TEST(Extraction, NestedPhrasesAreReadInTheTimeOfTheirLength) {
  for (const std::string_view phrase :
       {"a week from ", "the week of ", "before the end of ", "in two weeks since ", "from 5 to ", "next ",
        "the first 2 weeks of ", "the day after ", "half past ", "between 3 and ", "one hundred and ",
        "two thirds of a ", "late in the ", "a dot b at ", "the rest of "}) {
    std::string text;
    for (int i = 0; i < 300; ++i) text += phrase;
    const auto begin = std::chrono::steady_clock::now();
    const Pieces pieces(text, language_of("en"));
    (void)find_temporals(pieces, reference());
    (void)find_numbers(pieces);
    (void)find_money(pieces);
    (void)find_emails(text, pieces);
    (void)find_addresses(pieces, "US");
    // Generous for any machine: without the bound on nesting these take hours.
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20)) << phrase;
  }
}

TEST(Extraction, NoBytesAreTooStrange) {
  std::mt19937 random(7);  // NOLINT(bugprone-random-generator-seed): the same bytes in every run
  const std::string_view words[] = {"next ",    "two ",     "hundred ",
                                    "of ",      "May ",     "at ",
                                    "5",        "-",        "/",
                                    ":",        ".",        ",",
                                    " ",        "pm ",      "from ",
                                    "to ",      "the ",     "2020",
                                    "million ", "and ",     "a ",
                                    "half ",    "\xe0\xa5", "\xff",
                                    "week ",    "31",       "every ",
                                    "last ",    "before ",  "dollars ",
                                    "@",        "dot ",     "com ",
                                    "+",        "(",        ")",
                                    "e",        "^",        "99999999999999999999",
                                    "week of ", "end of ",  "past ",
                                    "century "};
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    const auto length = random() % 24;
    for (unsigned i = 0; i < length; ++i) {
      if (random() % 4 == 0) {
        text += static_cast<char>(random() % 256);
      } else {
        text += words[random() % std::size(words)];
      }
    }
    for (const auto* language : {"en", "tr", "es", "hi"}) {
      const Pieces pieces(text, language_of(language));
      for (const auto& found : find_temporals(pieces, reference())) {
        EXPECT_LT(found.begin, found.end);
        EXPECT_LE(found.end, text.size());
        EXPECT_FALSE(found.values.empty());
      }
      (void)find_numbers(pieces);
      (void)find_ordinals(pieces);
      (void)find_money(pieces);
      (void)find_emails(text, pieces);
      (void)find_polarity(text, pieces);
      (void)find_written_phones(text);
      (void)find_spoken_phones(pieces, "US");
      (void)find_percentages(pieces);
      for (const auto* region : {"GB", "US", "IN"}) (void)find_addresses(pieces, region);
    }
  }
}

}  // namespace
}  // namespace offhook::brain::extract
