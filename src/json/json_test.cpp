#include "json/json.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
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
               {0.000001, "1e-06"},
               {999999999999999.0, "999999999999999"},
               {1e15, "1e+15"},
               {1.5e300, "1.5e+300"},
               {5e-324, "5e-324"},
               {1.0 / 3, "0.3333333333333333"},
               {std::numeric_limits<double>::max(), "1.7976931348623157e+308"},
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
  if (text.size() > 25 || text.find('E') != std::string::npos) return false;
  const auto parsed = parse_json("[" + text + "]");
  if (!parsed || !parsed->at(0).is_number()) return false;
  // A whole number comes back as an integer, which is the same number.
  const double back = std::strtod(text.c_str(), nullptr);
  return std::memcmp(&back, &number, sizeof number) == 0;
}

TEST(JsonNumbers, ReadBackAsTheSame) {
  std::mt19937_64 random(7);  // NOLINT(bugprone-random-generator-seed): the same numbers every time
  for (int i = 0; i < 200'000; ++i) {
    const std::uint64_t bits = random();
    double any = 0;
    std::memcpy(&any, &bits, sizeof any);
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
