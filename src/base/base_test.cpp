#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/civil_time.hpp"
#include "base/csv.hpp"
#include "base/error.hpp"
#include "base/masking.hpp"
#include "base/phone.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "base/time_text.hpp"

namespace offhook {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

TEST(TimeText, RoundTripsRfc3339) {
  const auto time = parse_rfc3339("2026-03-02T15:04:05.250Z");
  ASSERT_TRUE(time);
  EXPECT_EQ(to_rfc3339(*time), "2026-03-02T15:04:05.250Z");
}

TEST(TimeText, ReadsOffsetsAndFractionsOfAnyLength) {
  EXPECT_EQ(parse_rfc3339("2026-03-02T15:04:05+05:30"), parse_rfc3339("2026-03-02T09:34:05Z"));
  EXPECT_EQ(parse_rfc3339("2026-03-02T15:04:05.1234567Z"), parse_rfc3339("2026-03-02T15:04:05.123456Z"));
}

TEST(TimeText, RefusesWhatIsNotATime) {
  for (const char* text : {"", "2026-03-02", "2026-02-30T00:00:00Z", "2026-03-02T25:00:00Z", "2026-03-02T15:04:05",
                           "2026-03-02T15:04:05.Z", "2026-03-02T15:04:05Zx", "yesterday"}) {
    EXPECT_FALSE(parse_rfc3339(text)) << text;
  }
}

TEST(TimeText, WritesHttpDates) {
  EXPECT_EQ(to_http_date(*parse_rfc3339("1994-11-06T08:49:37Z")), "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST(CivilTime, ReadsStrictDatesAndTimes) {
  EXPECT_TRUE(parse_date("2028-02-29"));
  for (const char* text : {"2026-02-29", "2026-2-3", "2026/02/03", "+026-02-03", "2026-02-03 "})
    EXPECT_FALSE(parse_date(text)) << text;
  EXPECT_EQ(parse_time_of_day("14:05"), 845min);
  for (const char* text : {"24:00", "2:00", "12:60", "-1:00", "12.00"}) EXPECT_FALSE(parse_time_of_day(text)) << text;
}

TEST(TimeZone, ConvertsBothWaysAcrossDaylightSaving) {
  const auto zone = TimeZone::find("America/Los_Angeles").value();
  const CivilTime winter{*parse_date("2026-01-10"), 14h};
  const CivilTime summer{*parse_date("2026-07-10"), 14h};
  EXPECT_EQ(to_rfc3339(zone.to_utc(winter)), "2026-01-10T22:00:00.000Z");
  EXPECT_EQ(to_rfc3339(zone.to_utc(summer)), "2026-07-10T21:00:00.000Z");
  EXPECT_EQ(zone.to_civil(zone.to_utc(summer)), summer);
  EXPECT_FALSE(TimeZone::find("Mars/Olympus"));
}

TEST(Phone, NormalisesByRegionAndKeepsTheRest) {
  EXPECT_EQ(normalize_phone("9876543210", "IN"), "+919876543210");
  EXPECT_EQ(normalize_phone("+91 98765 43210", "US"), "+919876543210");
  EXPECT_EQ(normalize_phone("(415) 555-0101", "US"), "+14155550101");
  EXPECT_EQ(normalize_phone("+1234567890", "US"), "+1234567890");
  EXPECT_EQ(normalize_phone(" front desk ", "US"), "front desk");
}

TEST(Masking, KeepsOnlyWhatTellsCallersApart) {
  EXPECT_EQ(mask_phone("+14155550101"), "+1*******101");
  EXPECT_EQ(mask_phone("911"), "***");
  EXPECT_EQ(mask_phone(""), "");
  EXPECT_EQ(mask_name("John Doe"), "J*** D***");
  EXPECT_EQ(mask_name("Élodie"), "É***");
  EXPECT_EQ(mask_email("ann@example.test"), "a***@e***");
  EXPECT_EQ(mask_email("nonsense"), "***");
}

TEST(Text, OneLineIsSpeakable) {
  EXPECT_EQ(one_line("  Two\n rooms\t\tfree.\r\n"), "Two rooms free.");
  EXPECT_EQ(one_line(" \n "), "");
}

TEST(Text, KnowsUtf8) {
  EXPECT_TRUE(is_valid_utf8("plain, é, €, 😀"));
  for (const char* bad : {"\xff", "\xc0\xaf", "\xed\xa0\x80", "\xe2\x82", "\xf5\x80\x80\x80", "a\x80"}) {
    EXPECT_FALSE(is_valid_utf8(bad));
  }
  EXPECT_EQ(truncate_utf8("a€b", 2), "a");
  EXPECT_EQ(truncate_utf8("a€b", 4), "a€");
}

TEST(Random, GivesTheSameNumbersForTheSameSeed) {
  Random a(7);
  Random b(7);
  EXPECT_EQ(make_id(a, "lead"), make_id(b, "lead"));
  EXPECT_NE(make_uuid(a), make_uuid(a));
  const std::string uuid = make_uuid(b);
  EXPECT_EQ(uuid.size(), 36u);
  EXPECT_EQ(uuid[14], '4');
}

TEST(Error, KeepsTheLogTextFromTheClient) {
  const Error error{.kind = ErrorKind::unavailable, .log = "connect to 10.0.0.7 refused"};
  EXPECT_EQ(error.message(), "The service is not available right now.");
  EXPECT_EQ(error.log_text(), "connect to 10.0.0.7 refused");
  EXPECT_TRUE(is_retryable(error.kind));
}

TEST(Csv, RowsAreQuotedAsInRfc4180) {
  EXPECT_THAT(read_csv_rows("text,label\r\n\"I \"\"lost\"\" it, twice\",lost\n\n\"two\nlines\",\n", ','),
              ElementsAre(ElementsAre("text", "label"), ElementsAre("I \"lost\" it, twice", "lost"),
                          ElementsAre("two\nlines", "")));
  EXPECT_THAT(read_csv_rows("a\t\tc", '\t'), ElementsAre(ElementsAre("a", "", "c")));
}

}  // namespace
}  // namespace offhook
