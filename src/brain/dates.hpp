#pragma once

#include <chrono>
#include <optional>
#include <span>

#include "brain/words.hpp"

namespace offhook::brain {

/// Where the caller stands in time: what "tomorrow" and "at three" are counted from.
struct Moment {
  std::chrono::year_month_day today{};
  bool is_month_first = true;  ///< is "3/14" March 14 (US) or not a date (elsewhere day comes first)?
};

/// A day somebody named.
struct DateSpan {
  std::chrono::year_month_day date{};
  std::size_t count = 0;  ///< tokens used
  bool has_year = false;  ///< the year was said
  /// Could be something else ("may", "second", "now"): take it only where a date was asked for.
  bool is_weak = false;
};

/// A time of day somebody named.
struct TimeSpan {
  std::chrono::minutes time{};
  std::size_t count = 0;
  bool is_weak = false;  ///< a bare hour that could be any number
};

/// "Saturday, March 7", with the year when it is not the one of `today`.
[[nodiscard]] std::string spoken_date(std::chrono::year_month_day date, std::chrono::year_month_day today);
/// "2 PM", "2:30 PM", "noon".
[[nodiscard]] std::string spoken_time(std::chrono::minutes time);

}  // namespace offhook::brain
