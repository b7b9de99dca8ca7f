#include "tools/slots.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/time_text.hpp"
#include "tools/arguments.hpp"
#include "tools/results.hpp"
#include "tools/say.hpp"

namespace offhook::tools {
namespace {

constexpr std::array<std::string_view, 7> kDayKeys = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

std::optional<OfficeHours::Span> read_span(const json::value& value) {
  const auto* bounds = value.if_array();
  if (bounds == nullptr || bounds->size() != 2) return std::nullopt;
  const auto opens = parse_time_of_day(to_std_string(bounds->at(0)));
  // An office that is open to the end of the day closes at 24:00, which is no time of day.
  const auto last = to_std_string(bounds->at(1));
  const auto closes = last == "24:00" ? std::optional(std::chrono::minutes(24 * 60)) : parse_time_of_day(last);
  if (!opens || !closes || *opens >= *closes) return std::nullopt;
  return OfficeHours::Span{*opens, *closes};
}

bool is_taken(const Calendar& calendar, UtcTime start) {
  return std::ranges::find(calendar.taken, start) != calendar.taken.end();
}

/// Does the clock ever show that? Not in the hour that it skips in spring.
bool exists(const TimeZone& zone, const CivilTime& reading) { return zone.to_civil(zone.to_utc(reading)) == reading; }

/// When the first `count` all lie on one side of what was wanted, the last of them makes room for the nearest on the
/// other side: who cannot come later may come earlier.
void reach_both_ways(std::vector<UtcTime>& nearest_first, UtcTime wanted, std::size_t count) {
  if (count < 2 || nearest_first.size() <= count) return;
  const bool is_before = nearest_first.front() < wanted;
  const auto is_other_side = [&](UtcTime start) { return (start < wanted) != is_before; };
  const auto other = std::ranges::find_if(nearest_first, is_other_side);
  const auto last = nearest_first.begin() + static_cast<std::ptrdiff_t>(count) - 1;
  if (other != nearest_first.end() && other > last) std::iter_swap(other, last);
}

/// "Saturday, March 7th at 1:30 pm or 2:30 pm": times of one day are said together.
std::string say_choices(const Calendar& calendar, const std::vector<UtcTime>& starts) {
  std::vector<std::string> days;
  for (std::size_t i = 0; i < starts.size();) {
    const auto date = calendar.zone.to_civil(starts[i]).date;
    std::vector<std::string> times;
    for (; i < starts.size() && calendar.zone.to_civil(starts[i]).date == date; ++i) {
      times.push_back(say_time(calendar.zone.to_civil(starts[i]).time_of_day));
    }
    days.push_back(fmt::format("{} at {}", say_day(date), say_list(times, "or")));
  }
  return say_list(days, "or");
}

std::string_view complaint(const Calendar& calendar, const CivilTime& wanted, std::string_view problem) {
  if (problem == "in_the_past") return "That time has already passed.";
  if (problem == "outside_office_hours") return "We're closed at that time.";
  if (!exists(calendar.zone, wanted)) return "There is no such time that day, since the clocks change.";
  if (problem == "no_such_slot") return "We start on the hour and the half hour.";
  return "That time is already taken.";
}

}  // namespace

OfficeHours OfficeHours::parse(std::string_view json_text) {
  const auto parsed = parse_json(json_text);
  if (!parsed || !parsed->is_object()) return standard();
  OfficeHours hours;
  bool names_a_day = false;
  for (std::size_t day = 0; day < kDayKeys.size(); ++day) {
    const auto* value = find(*parsed, kDayKeys[day]);
    if (value == nullptr) continue;
    names_a_day = true;
    hours.days[day] = read_span(*value);
  }
  return names_a_day ? hours : standard();
}

OfficeHours OfficeHours::standard() {
  OfficeHours hours;
  for (std::size_t day = 1; day <= 5; ++day) hours.days[day] = Span{std::chrono::hours(9), std::chrono::hours(17)};
  return hours;
}

bool OfficeHours::contain(const CivilTime& start) const {
  const auto& span = days[std::chrono::weekday(std::chrono::sys_days(start.date)).c_encoding()];
  return span && start.time_of_day >= span->opens && start.time_of_day + kSlotLength <= span->closes;
}

std::vector<UtcTime> nearest_free(const Calendar& calendar, UtcTime wanted, std::size_t count) {
  wanted = std::max(wanted, calendar.now);
  const std::chrono::sys_days middle(calendar.zone.to_civil(wanted).date);
  std::vector<UtcTime> free;
  for (auto day = middle - kSearchSpan; day <= middle + kSearchSpan; day += std::chrono::days(1)) {
    for (std::chrono::minutes time{0}; time < std::chrono::hours(24); time += kSlotLength) {
      const CivilTime start{.date = std::chrono::year_month_day(day), .time_of_day = time};
      if (!calendar.hours.contain(start) || !exists(calendar.zone, start)) continue;
      const auto instant = calendar.zone.to_utc(start);
      if (instant > calendar.now && !is_taken(calendar, instant)) free.push_back(instant);
    }
  }
  // The nearest first; of two equally near, the earlier.
  std::ranges::sort(
      free, {}, [wanted](UtcTime start) { return std::pair(start < wanted ? wanted - start : start - wanted, start); });
  reach_both_ways(free, wanted, count);
  free.resize(std::min(free.size(), count));
  std::ranges::sort(free);
  return free;
}

std::string_view find_slot_problem(const Calendar& calendar, const CivilTime& wanted) {
  const auto start = calendar.zone.to_utc(wanted);
  if (start <= calendar.now) return "in_the_past";
  if (!calendar.hours.contain(wanted)) return "outside_office_hours";
  if (wanted.time_of_day % kSlotLength != std::chrono::minutes(0) || !exists(calendar.zone, wanted)) {
    return "no_such_slot";
  }
  return is_taken(calendar, start) ? "slot_taken" : "";
}

ToolResult slot_refusal(const Calendar& calendar, const CivilTime& wanted, std::string_view problem) {
  const auto starts = nearest_free(calendar, calendar.zone.to_utc(wanted));
  json::array alternatives;
  for (const auto start : starts) {
    const auto local = calendar.zone.to_civil(start);
    alternatives.push_back(json::object{
        {"date", to_text(local.date)}, {"time", to_text(local.time_of_day)}, {"starts_at", to_rfc3339(start)}});
  }
  std::string speakable(complaint(calendar, wanted, problem));
  speakable += starts.empty() ? std::string(" Would another week work for you?")
                              : fmt::format(" I could offer {}.", say_choices(calendar, starts));
  return refusal(problem, std::move(speakable), {{"alternatives", std::move(alternatives)}});
}

std::expected<CivilTime, ToolResult> read_date_and_time(const json::object& arguments) {
  const auto date = parse_date(text_argument(arguments, "date").value_or(""));
  if (!date) return std::unexpected(invalid_argument("date", "a date as YYYY-MM-DD"));
  const auto time = parse_time_of_day(text_argument(arguments, "time").value_or(""));
  if (!time) return std::unexpected(invalid_argument("time", "a time as HH:MM on a 24-hour clock"));
  return CivilTime{.date = *date, .time_of_day = *time};
}

std::string make_confirmation(Random& random, std::string_view prefix) {
  return fmt::format("{}-{}", prefix, 10000 + random.below(90000));
}

}  // namespace offhook::tools
