#pragma once

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "brain/extract/holidays.hpp"
#include "brain/extract/number_reader.hpp"
#include "brain/extract/temporal.hpp"

namespace offhook::brain::extract {

using std::chrono::sys_days;

/// A day, perhaps not fully said: its last occurrence before now and its next one.
struct DateNode {
  std::size_t next = 0;
  sys_days past{}, future{};
  bool is_certain = true;   ///< past and future are the same
  bool is_possible = true;  ///< false: "Feb 30"
  bool is_holiday = false;
  bool is_weak = false;                           ///< could be something else; counts only inside a larger phrase
  bool is_offset = false;                         ///< counted from now ("tomorrow", "in two days")
  int year = 0, month = 0, day = 0, weekday = 0;  ///< what was said; 0: was not
  std::string timex;
};

/// A stretch of days.
struct PeriodNode {
  std::size_t next = 0;
  std::array<sys_days, 2> begin{}, end{};  ///< past and future reading; `end` is not part of it
  bool is_certain = true;
  bool is_placed = true;  ///< false: "summer", "fiscal year 2008"
  bool is_weak = false;
  Unit unit = kDay;
  int year = 0, month = 0;   ///< what was said of them
  bool is_relative = false;  ///< "this", "next" … was said, or it has a name of its own
  std::string timex, mod;
};

/// A time of day.
struct TimeNode {
  std::size_t next = 0;
  int second = 0;             ///< of the day
  int precision = 0;          ///< 0: hours were said, 1: minutes, 2: seconds
  bool is_ambiguous = false;  ///< before or after noon?
  bool is_bare = false;       ///< a number alone
  bool is_evening = false;    ///< was said to be in the afternoon, evening or night
  bool is_approx = false;
};

/// A stretch of a day; more than one reading when it is ambiguous.
struct SpanNode {
  struct Reading {
    int from = 0, until = 0;  ///< seconds of the day; until < from: over midnight
    std::string from_timex, until_timex;
  };
  std::size_t next = 0;
  std::vector<Reading> readings;
  std::string part;  ///< "TMO": a part of the day; then there is one reading
  std::string mod;
  bool is_meal = false;
  bool is_bare = false;
  int day_offset = 0;  ///< "tonight" is today's, "last night" yesterday's
  bool has_day = false;
};

struct DurationNode {
  std::size_t next = 0;
  std::vector<std::pair<double, Unit>> parts;
  std::string timex;
  double seconds = 0;
  bool is_indefinite = false;  ///< "a day", "the hour": one, not counted
  [[nodiscard]] bool has_clock() const;
};

/// Reads phrases about time at a given piece. Pure; borrows the pieces. One thread at a time.
class TemporalReader {
 public:
  TemporalReader(const Pieces& pieces, const TimeReference& reference) : p_(pieces), ref_(reference) {}
  TemporalReader(const TemporalReader&) = delete;
  TemporalReader& operator=(const TemporalReader&) = delete;

  /// The longest phrase at `at` and the piece after it.
  struct Found {
    Temporal temporal;
    std::size_t next = 0;
  };
  [[nodiscard]] std::optional<Found> read(std::size_t at) const;

  [[nodiscard]] std::optional<DateNode> date(std::size_t at) const;
  [[nodiscard]] std::optional<PeriodNode> period(std::size_t at) const;
  [[nodiscard]] std::optional<TimeNode> time(std::size_t at, bool may_be_bare) const;
  [[nodiscard]] std::optional<SpanNode> day_part(std::size_t at) const;
  [[nodiscard]] std::optional<SpanNode> time_span(std::size_t at) const;
  [[nodiscard]] std::optional<DurationNode> duration(std::size_t at) const;

 private:
  using Value = TemporalValue;
  // dates (date_reader.cpp)
  [[nodiscard]] std::optional<DateNode> date_here(std::size_t at) const;
  [[nodiscard]] std::optional<DateNode> offset_date(std::size_t at) const;
  [[nodiscard]] std::optional<DateNode> weekday_date(std::size_t at) const;
  [[nodiscard]] std::optional<DateNode> month_date(std::size_t at) const;
  [[nodiscard]] std::optional<DateNode> figure_date(std::size_t at) const;
  [[nodiscard]] std::optional<DateNode> ordinal_date(std::size_t at) const;
  [[nodiscard]] std::optional<DateNode> nth_weekday(std::size_t at) const;
  [[nodiscard]] std::optional<DateNode> holiday_date(std::size_t at) const;
  [[nodiscard]] std::optional<DateNode> moved_date(std::size_t at) const;
  [[nodiscard]] std::optional<std::pair<sys_days, std::size_t>> range_or_day(std::size_t at) const;
  [[nodiscard]] DateNode on_day(sys_days day, std::size_t next) const;
  [[nodiscard]] DateNode partial(int year, int month, int day, int weekday, std::size_t next) const;
  [[nodiscard]] std::size_t year_after(std::size_t at, int& year, bool is_bound) const;
  [[nodiscard]] std::optional<std::pair<int, std::size_t>> which(std::size_t at) const;
  [[nodiscard]] std::optional<Number> day_number(std::size_t at) const;
  // periods (period_reader.cpp)
  [[nodiscard]] std::optional<PeriodNode> month_period(std::size_t at) const;
  [[nodiscard]] std::optional<PeriodNode> year_period(std::size_t at) const;
  [[nodiscard]] std::optional<PeriodNode> unit_period(std::size_t at) const;
  [[nodiscard]] std::optional<PeriodNode> counted_period(std::size_t at) const;
  [[nodiscard]] std::optional<PeriodNode> week_period(std::size_t at) const;
  [[nodiscard]] std::optional<PeriodNode> quarter_period(std::size_t at) const;
  [[nodiscard]] std::optional<PeriodNode> long_period(std::size_t at) const;
  [[nodiscard]] std::optional<PeriodNode> part_of_period(std::size_t at) const;
  [[nodiscard]] std::optional<PeriodNode> plain_period(std::size_t at) const;
  [[nodiscard]] PeriodNode unit_at(Unit unit, int offset, std::size_t next) const;
  [[nodiscard]] PeriodNode year_of(int year, std::size_t next) const;
  [[nodiscard]] PeriodNode month_of(int year, int month, std::size_t next) const;
  // ranges (range_reader.cpp)
  [[nodiscard]] std::optional<Found> date_range(std::size_t at) const;
  [[nodiscard]] std::optional<Found> short_date_range(std::size_t at) const;
  [[nodiscard]] std::optional<Found> range_of(const DateNode& from, const DateNode& until, std::size_t at,
                                              std::size_t next, bool by_month, bool by_year) const;
  [[nodiscard]] std::optional<Found> started_range(std::size_t at) const;
  [[nodiscard]] std::optional<DateNode> range_end(std::size_t at, bool& by_month, bool& by_year) const;
  // moments (moment_reader.cpp)
  [[nodiscard]] std::optional<Found> moment(std::size_t at) const;
  [[nodiscard]] std::optional<Found> moment_range(std::size_t at) const;
  [[nodiscard]] std::optional<Found> moved_moment(std::size_t at) const;
  [[nodiscard]] std::optional<Found> end_of_day(std::size_t at) const;
  [[nodiscard]] std::optional<Found> repeated(std::size_t at) const;
  [[nodiscard]] std::optional<Found> bounded(std::size_t at) const;
  [[nodiscard]] std::optional<Found> plain(std::size_t at) const;
  [[nodiscard]] Found found(TemporalKind kind, std::size_t at, std::size_t next, std::vector<Value> values,
                            std::string mod = {}) const;
  [[nodiscard]] std::vector<Value> values_of(const DateNode& date) const;
  [[nodiscard]] std::vector<Value> values_of(const PeriodNode& period) const;
  [[nodiscard]] std::vector<Value> values_of(const TimeNode& time) const;
  [[nodiscard]] std::vector<Value> values_of(const SpanNode& span) const;
  [[nodiscard]] std::vector<Value> at_time(const DateNode& date, const TimeNode& time) const;
  [[nodiscard]] std::vector<Value> in_span(const DateNode& date, const SpanNode& span) const;
  [[nodiscard]] std::size_t skip(std::size_t at, Word word) const {
    const Tag* tag = p_.tag(at, word);
    return tag != nullptr ? tag->next : at;
  }
  [[nodiscard]] std::string_view word_before(std::size_t at) const {
    return at > 0 && p_[at - 1].kind == Piece::Kind::word ? p_[at - 1].text : std::string_view();
  }

  // Dates within dates ("a week from a week from …") go so deep and no deeper.
  static constexpr int kMostDepth = 4;
  mutable int depth_ = 0;

  const Pieces& p_;
  TimeReference ref_;
};

/// "2016", "XXXX" for 0; "07", "XX" for 0.
[[nodiscard]] std::string year_text(int year);
[[nodiscard]] std::string two_figures(int value);
[[nodiscard]] std::string date_text(sys_days day);
/// The value of figures; 0 when they are too many.
[[nodiscard]] int figures_value(std::string_view figures);
/// The day, when there is one ("30 February" is none).
[[nodiscard]] std::optional<sys_days> day_of(int year, int month, int day);
/// 1 Monday to 7 Sunday.
[[nodiscard]] int weekday_of(sys_days day);
/// "T16", "T16:30", "T16:30:05".
[[nodiscard]] std::string time_text(int second, int precision);
/// A period with one reading.
[[nodiscard]] PeriodNode certain_period(sys_days begin, sys_days end, std::size_t next, Unit unit, std::string timex);
/// "(2016-01-12,2016-01-22,P10D)".
[[nodiscard]] std::string range_text(sys_days begin, sys_days end, std::string_view length);
/// "PT3H30M", "P2D".
[[nodiscard]] std::string span_text(int seconds);
/// A number without needless zeros: "3", "3.5".
[[nodiscard]] std::string plain_number(double value);
[[nodiscard]] sys_days monday_of(sys_days day);
[[nodiscard]] sys_days first_of_month(sys_days day, int months_ahead = 0);
[[nodiscard]] sys_days first_of_year(int year);
[[nodiscard]] int year_of_day(sys_days day);
[[nodiscard]] int month_of_day(sys_days day);
/// "2016-W45" (ISO 8601) of a day.
[[nodiscard]] std::string week_text(sys_days day);
/// So many units on; months end where the month does ("31 January and a month").
[[nodiscard]] sys_days add_units(sys_days day, double count, Unit unit);
[[nodiscard]] Civil add_units(Civil moment, double count, Unit unit);

}  // namespace offhook::brain::extract
