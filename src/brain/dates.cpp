#include "brain/dates.hpp"

#include <array>
#include <string_view>

namespace offhook::brain {

using std::chrono::minutes;
using std::chrono::sys_days;
using std::chrono::weekday;
using std::chrono::year_month_day;

namespace {

constexpr auto kWeekdays =
    std::to_array<std::string_view>({"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"});
constexpr auto kMonths =
    std::to_array<std::string_view>({"january", "february", "march", "april", "may", "june", "july", "august",
                                     "september", "october", "november", "december"});

}  // namespace

std::string spoken_date(year_month_day date, year_month_day today) {
  const auto capital = [](std::string_view name) {
    std::string out(name);
    out.front() = static_cast<char>(out.front() - 'a' + 'A');
    return out;
  };
  std::string out = capital(kWeekdays[weekday(sys_days(date)).c_encoding()]) + ", " +
                    capital(kMonths[unsigned(date.month()) - 1]) + " " + std::to_string(unsigned(date.day()));
  if (date.year() != today.year()) out += ", " + std::to_string(int(date.year()));
  return out;
}

std::string spoken_time(minutes time) {
  const int hour = int(time.count()) / 60;
  const int minute = int(time.count()) % 60;
  if (minute == 0 && hour == 12) return "noon";
  std::string out = std::to_string(hour % 12 == 0 ? 12 : hour % 12);
  if (minute != 0) out += std::string(minute < 10 ? ":0" : ":") + std::to_string(minute);
  return out + (hour < 12 ? " AM" : " PM");
}

}  // namespace offhook::brain
