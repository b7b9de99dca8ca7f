#include "json/json.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <random>

namespace offhook {
namespace {

std::string text_of(json::value value) { return json::serialize(value); }

TEST(JsonNumbers, ArePrintedPlainly) {
  const struct {
    json::value value;
    std::string_view text;
  } cases[] = {{16.015, "16.015"},
               {0.1, "0.1"},
               {850.0, "850"},
               {-2.5, "-2.5"},
               {0.0, "0"},
               {-0.0, "-0.0"},
               {100000.0, "100000"},
               {123456789.125, "123456789.125"},
               {0.00001, "0.00001"},
               {0.000001, "1e-6"},
               {999999999999999.0, "999999999999999"},
               {1e15, "1e15"},
               {1.5e300, "1.5e300"},
               {5e-324, "5e-324"},
               {0.0432, "0.0432"},
               {-0.0001, "-0.0001"},
               {1234.5678, "1234.5678"},
               {0.00015, "0.00015"},
               {99999999999.9999, "99999999999.9999"},
               {100000000000.5, "100000000000.5"},
               {0.1 + 0.2, "0.30000000000000004"},
               {1.0 / 3, "0.3333333333333333"},
               {std::numeric_limits<double>::max(), "1.7976931348623157e308"},
               {std::numeric_limits<double>::infinity(), "null"},
               {std::numeric_limits<double>::quiet_NaN(), "null"},
               {0, "0"},
               {-7, "-7"},
               {std::numeric_limits<std::int64_t>::min(), "-9223372036854775808"},
               {std::numeric_limits<std::int64_t>::max(), "9223372036854775807"},
               {std::numeric_limits<std::uint64_t>::max(), "18446744073709551615"}};
  for (const auto& [value, text] : cases) EXPECT_EQ(text_of(value), text);
}

bool reads_back(double number) {
  const std::string text = text_of(number);
  char shortest[40];
  const auto size =
      std::to_chars(shortest, shortest + sizeof shortest, number, std::chars_format::scientific).ptr - shortest;
  const std::string_view digits(shortest, static_cast<std::size_t>(size));
  const auto count = [](std::string_view from) {
    const std::string_view mantissa = from.substr(0, from.find('e'));
    std::string kept;
    for (const char c : mantissa) {
      if (c >= '0' && c <= '9') kept.push_back(c);
    }
    const auto first = std::min(kept.find_first_not_of('0'), kept.size());
    return kept.substr(first, kept.find_last_not_of('0') + 1 - first);
  };
  if (count(text) != count(digits)) return false;
  if (text.size() > 25 || text.find('E') != std::string::npos) return false;
  const auto parsed = parse_json("[" + text + "]");
  if (!parsed || !parsed->at(0).is_number()) return false;
  // A whole number comes back as an integer, which is the same number.
  const double back = std::strtod(text.c_str(), nullptr);
  return std::bit_cast<std::uint64_t>(back) == std::bit_cast<std::uint64_t>(number);
}

TEST(JsonNumbers, ReadBackAsTheSame) {
  std::mt19937_64 random(7);  // NOLINT(bugprone-random-generator-seed): the same numbers every time
  for (int i = 0; i < 50'000; ++i) {
    const std::uint64_t bits = random();
    const auto any = std::bit_cast<double>(bits);
    if (std::isfinite(any)) ASSERT_TRUE(reads_back(any)) << text_of(any);
    // Amounts, times and scores as they really come.
    const double usual = static_cast<double>(bits % 2'000'000'000'000) / std::pow(10.0, static_cast<double>(i % 7));
    ASSERT_TRUE(reads_back(usual)) << text_of(usual);
    ASSERT_TRUE(reads_back(-usual * 1e-7)) << text_of(-usual * 1e-7);
  }
}

TEST(JsonNumbers, IntegersStayIntegers) {
  std::mt19937_64 random(8);  // NOLINT(bugprone-random-generator-seed): the same numbers every time
  for (int i = 0; i < 10'000; ++i) {
    const auto number = static_cast<std::int64_t>(random() >> (i % 64));
    const auto parsed = parse_json(text_of(number));
    ASSERT_TRUE(parsed && parsed->is_int64()) << number;
    ASSERT_EQ(parsed->get_int64(), number);
  }
}

}  // namespace
}  // namespace offhook
