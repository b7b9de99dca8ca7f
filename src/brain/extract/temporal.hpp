#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "brain/extract/lexicon.hpp"

namespace offhook::brain::extract {

/// A reading of calendar and clock without a zone; a bare time of day counts from 1970-01-01.
using Civil = std::chrono::sys_seconds;

enum class TemporalKind { date, date_range, time, time_range, date_time, date_time_range, duration, set };

/// One thing that a stretch of words can stand for.
struct TemporalValue {
  std::string timex;              ///< TimeML TIMEX3 value: "XXXX-10-02", "T16:30", "P3W", "2016-W45-WE"
  std::optional<Civil> at;        ///< of dates, times and date-times
  std::optional<Civil> from;      ///< of ranges; without it they are open before `until`
  std::optional<Civil> until;     ///< not part of the range
  std::optional<double> seconds;  ///< of durations
};

/// Dates, times, ranges, durations and repetitions. What is not fully said ("October 2", "at six") has one value
/// for each way to understand it, the past one before the coming one, the morning before the afternoon.
struct Temporal {
  TemporalKind kind = TemporalKind::date;
  std::size_t begin = 0;  ///< byte offset in the text
  std::size_t end = 0;
  std::string mod;  ///< TimeML mod: "before", "after", "since", "until", "approx", "start", "mid", "end"; or empty
  std::vector<TemporalValue>
      values;  ///< never empty; a value without times cannot be placed ("every Monday", "feb 30")
};

/// What words about time count from.
struct TimeReference {
  std::chrono::sys_days today{};
  std::chrono::seconds time_of_day{0};
  bool is_day_first = false;  ///< "3/4" is 3 April

  [[nodiscard]] Civil now() const { return Civil(today) + time_of_day; }
};

/// All of them, in order, not overlapping. Linear in the length of the text; never fails.
[[nodiscard]] std::vector<Temporal> find_temporals(const Pieces& pieces, const TimeReference& reference);

/// "2016-11-07", "16:30:00", "2016-11-07 16:30:00": as the kind wants it.
[[nodiscard]] std::string value_text(TemporalKind kind, Civil value);

}  // namespace offhook::brain::extract
