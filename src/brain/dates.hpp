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

/// Reads a date at `at`: "Saturday", "next Tuesday" (of next week), "tomorrow", "the 5th", "March 5",
/// "first of April", "3/14", "2026-03-05", "in two weeks", "a week from Friday", "end of the month",
/// "first of next month", "this weekend", "April 12 1985", weakly "three months" and "04 12 1985". Without a year the
/// next such day, today included; a weekday's own name said on that day means a week later.
[[nodiscard]] std::optional<DateSpan> read_date(std::span<const Token> tokens, std::size_t at, const Moment& moment);

/// A time of day somebody named.
struct TimeSpan {
  std::chrono::minutes time{};
  std::size_t count = 0;
  bool is_weak = false;  ///< a bare hour that could be any number
};

/// Reads a time at `at`: "2 pm", "14:30", "two thirty", "half past ten", "quarter to three", "noon",
/// "at 3", "three in the afternoon". An hour without am or pm is taken as office hours: 1 to 7 in the
/// afternoon, 8 to 11 in the morning. A part of the day alone is a weak reading: morning 10, afternoon 14,
/// evening 18 o'clock.
[[nodiscard]] std::optional<TimeSpan> read_time(std::span<const Token> tokens, std::size_t at);

/// "Saturday, March 7", with the year when it is not the one of `today`.
[[nodiscard]] std::string spoken_date(std::chrono::year_month_day date, std::chrono::year_month_day today);
/// "2 PM", "2:30 PM", "noon".
[[nodiscard]] std::string spoken_time(std::chrono::minutes time);

}  // namespace offhook::brain
