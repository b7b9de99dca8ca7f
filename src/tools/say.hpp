#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/civil_time.hpp"

namespace offhook::tools {

/// Words for the ear, in American English.

/// 245000 is "2,450 dollars"; 245050 "2,450 dollars and 50 cents".
[[nodiscard]] std::string say_dollars(std::int64_t cents);
/// "zero" to "twelve", digits beyond.
[[nodiscard]] std::string say_count(std::int64_t count);
/// "March 15th"; with the year when it is not that of `today`.
[[nodiscard]] std::string say_date(std::chrono::year_month_day date, std::chrono::year_month_day today);
/// "Saturday, March 7th".
[[nodiscard]] std::string say_day(std::chrono::year_month_day date);
/// "2 pm", "2:30 pm", "noon", "midnight".
[[nodiscard]] std::string say_time(std::chrono::minutes time_of_day);
/// "Saturday, March 7th at 2 pm".
[[nodiscard]] std::string say_moment(const CivilTime& moment);
/// "a", "a and b", "a, b, and c"; parts that hold commas themselves stay tellable.
[[nodiscard]] std::string say_list(const std::vector<std::string>& parts, std::string_view conjunction);
/// 0 is "studio", 2 "two-bedroom".
[[nodiscard]] std::string say_bedrooms(std::int64_t bedrooms);
/// "a", "an": by the sound of the word after it.
[[nodiscard]] std::string with_article(std::string_view noun);

}  // namespace offhook::tools
