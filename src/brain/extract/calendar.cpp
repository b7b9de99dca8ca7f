#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "brain/extract/temporal_reader.hpp"

namespace offhook::brain::extract {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::months;
using std::chrono::seconds;
using std::chrono::weekday;
using std::chrono::year;
using std::chrono::year_month_day;

std::string year_text(int year) { return year == 0 ? "XXXX" : fmt::format("{:04}", year); }
std::string two_figures(int value) { return value == 0 ? "XX" : fmt::format("{:02}", value); }

std::string date_text(sys_days day) {
  const year_month_day date(day);
  return fmt::format("{:04}-{:02}-{:02}", int(date.year()), unsigned(date.month()), unsigned(date.day()));
}

std::string time_text(int second, int precision) {
  std::string text = fmt::format("T{:02}", second / 3600 % 24);
  if (precision > 0) text += fmt::format(":{:02}", second / 60 % 60);
  if (precision > 1) text += fmt::format(":{:02}", second % 60);
  return text;
}

std::string span_text(int seconds) {
  std::string text = "PT";
  if (seconds / 3600 > 0) text += fmt::format("{}H", seconds / 3600);
  if (seconds / 60 % 60 > 0) text += fmt::format("{}M", seconds / 60 % 60);
  if (seconds % 60 > 0 || text.size() == 2) text += fmt::format("{}S", seconds % 60);
  return text;
}

std::string plain_number(double value) { return fmt::format("{:.15g}", value); }

PeriodNode certain_period(sys_days begin, sys_days end, std::size_t next, Unit unit, std::string timex) {
  PeriodNode node{.next = next, .begin = {begin, begin}, .end = {end, end}, .unit = unit};
  node.timex = std::move(timex);
  return node;
}

std::string range_text(sys_days begin, sys_days end, std::string_view length) {
  return "(" + date_text(begin) + "," + date_text(end) + "," + std::string(length) + ")";
}

std::string value_text(TemporalKind kind, Civil value) {
  const sys_days day = floor<days>(value);
  const int second = int((value - day).count());
  std::string time = fmt::format("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60);
  switch (kind) {
    case TemporalKind::date:
    case TemporalKind::date_range: return date_text(day);
    case TemporalKind::time:
    case TemporalKind::time_range: return time;
    default: return date_text(day) + " " + time;
  }
}

sys_days monday_of(sys_days day) { return day - (weekday(day) - std::chrono::Monday); }

sys_days first_of_month(sys_days day, int months_ahead) {
  const year_month_day date(day);
  return sys_days((date.year() / date.month() + months(months_ahead)) / 1);
}

sys_days first_of_year(int value) { return year(value) / 1 / 1; }
int figures_value(std::string_view figures) {
  int value = 0;
  std::from_chars(figures.data(), figures.data() + figures.size(), value);
  return value;
}

std::optional<sys_days> day_of(int year_said, int month, int day) {
  const year_month_day date{year(year_said), std::chrono::month(unsigned(month)), std::chrono::day(unsigned(day))};
  if (!date.ok()) return std::nullopt;
  return sys_days(date);
}

int weekday_of(sys_days day) { return int(weekday(day).iso_encoding()); }

int year_of_day(sys_days day) { return int(year_month_day(day).year()); }
int month_of_day(sys_days day) { return int(unsigned(year_month_day(day).month())); }

std::string week_text(sys_days day) {
  const sys_days thursday = monday_of(day) + days(3);
  const int in_year = year_of_day(thursday);
  const int week = int((thursday - first_of_year(in_year)).count()) / 7 + 1;
  return fmt::format("{:04}-W{:02}", in_year, week);
}

namespace {

sys_days add_months(sys_days day, int count) {
  const year_month_day date(day);
  const auto moved = date.year() / date.month() + months(count);
  const auto last = year_month_day(moved / std::chrono::last).day();
  return sys_days(moved / std::min(date.day(), last));
}

double seconds_in(Unit unit) {
  switch (unit) {
    case kSecond: return 1;
    case kMinute: return 60;
    case kHour: return 3600;
    default: return 86400;
  }
}

}  // namespace

// A century either way of any date that is spoken of keeps the sums inside their types.
constexpr double kMostUnits = 100'000;

sys_days add_units(sys_days day, double count, Unit unit) {
  count = std::clamp(count, -kMostUnits, kMostUnits);
  switch (unit) {
    case kDay:
    case kNight: return day + days(static_cast<int>(std::round(count)));
    case kWeek:
    case kWorkweek:
    case kWeekend: return day + days(static_cast<int>(std::round(count * 7)));
    case kFortnight: return day + days(static_cast<int>(std::round(count * 14)));
    case kMonth:
      return add_months(day, static_cast<int>(std::clamp(count, -12e3, 12e3))) +
             days(static_cast<int>(std::fmod(count, 1) * 30));
    case kQuarter: return add_months(day, static_cast<int>(std::clamp(count, -4e3, 4e3) * 3));
    case kHalfYear: return add_months(day, static_cast<int>(std::clamp(count, -2e3, 2e3) * 6));
    case kYear: return add_months(day, static_cast<int>(std::round(std::clamp(count, -1e3, 1e3) * 12)));
    case kDecade: return add_months(day, static_cast<int>(std::round(std::clamp(count, -1e2, 1e2) * 120)));
    case kCentury: return add_months(day, static_cast<int>(std::round(std::clamp(count, -1e1, 1e1) * 1200)));
    case kWorkday: {
      const int step = count < 0 ? -1 : 1;
      for (int left = static_cast<int>(std::min(std::abs(count), 2000.0)); left > 0;) {
        day += days(step);
        if (weekday(day).iso_encoding() <= 5) --left;
      }
      return day;
    }
    default: return day;
  }
}

Civil add_units(Civil moment, double count, Unit unit) {
  if (unit <= kHour) {
    return moment + seconds(static_cast<long>(std::clamp(count, -1e7, 1e7) * seconds_in(unit)));
  }
  const sys_days day = floor<days>(moment);
  if ((unit == kDay || unit == kWeek) && std::fmod(count, 1) != 0) {
    return moment + seconds(static_cast<long>(std::clamp(count, -1e5, 1e5) * (unit == kDay ? 86400 : 604800)));
  }
  return Civil(add_units(day, count, unit)) + (moment - day);
}

}  // namespace offhook::brain::extract
