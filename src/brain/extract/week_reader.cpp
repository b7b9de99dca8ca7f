#include <algorithm>

#include "brain/extract/temporal_reader.hpp"

namespace offhook::brain::extract {
namespace {

using enum Word;
using std::chrono::days;

// The first week of a month or year is the one with its first Thursday (ISO 8601).
sys_days first_week_of(sys_days first) {
  const sys_days monday = monday_of(first);
  return monday + days(3) >= first ? monday : monday + days(7);
}

}  // namespace

// "week 31", "week of the 18th", "3rd week of January", "the first 2 weeks of 2021", "the weekend of halloween".
std::optional<PeriodNode> TemporalReader::week_period(std::size_t at) const {
  const auto around = [&](const DateNode& day, std::size_t next, Unit unit) {
    // The weekend of a Monday or Tuesday is the one before it.
    const auto begin = [&](sys_days of_day) {
      return unit == kWeekend ? monday_of(of_day - days(2)) + days(5) : monday_of(of_day);
    };
    const int length = unit == kWeekend ? 2 : 7;
    PeriodNode node{
        .next = next, .begin = {begin(day.past), begin(day.future)}, .is_certain = day.is_certain, .unit = unit};
    node.end = {node.begin[0] + days(length), node.begin[1] + days(length)};
    node.timex = unit == kWeekend ? week_text(node.begin[1]) + "-WE" : day.timex;
    node.is_relative = true;
    return node;
  };
  // A holiday beside the weekend makes it longer.
  const auto lengthen = [](PeriodNode& node, const DateNode& free_day) {
    for (std::size_t i = 0; i < 2; ++i) {
      const sys_days day = i == 0 ? free_day.past : free_day.future;
      const int in_week = int(std::chrono::weekday(day).iso_encoding());
      if (in_week == 1) {
        node.begin[i] = day - days(2);
        node.end[i] = day + days(1);
      } else if (in_week >= 4 && in_week <= 5) {
        node.begin[i] = day;
      }
    }
  };
  if (const Tag* lead = p_.tag(at, week_of)) {
    const std::size_t day_at = skip(lead->next, on);
    if (auto day = date(day_at)) return around(*day, day->next, kWeek);
    if (const auto nth = read_ordinal(p_, skip(day_at, the)); nth && nth->value <= 31) {
      const DateNode day = partial(0, 0, int(nth->value), 0, nth->next);
      if (day.is_possible) return around(day, nth->next, kWeek);
    }
  }
  const std::size_t start = skip(at, the);
  if (const Tag* word = p_.tag(start, unit); word != nullptr && word->unit() == kWeekend && p_.is(word->next, of)) {
    if (const auto day = date(skip(word->next, of))) {
      PeriodNode node = around(*day, day->next, kWeekend);
      if (day->is_holiday) lengthen(node, *day);
      return node;
    }
  }
  if (const auto holiday_found = holiday_date(at)) {
    if (const Tag* word = p_.tag(holiday_found->next, unit); word != nullptr && word->unit() == kWeekend) {
      PeriodNode node = around(*holiday_found, word->next, kWeekend);
      lengthen(node, *holiday_found);
      node.timex = week_text(node.begin[1]) + "-WE";
      return node;
    }
  }
  if (p_.is_word(start, "week") || p_.is_word(start, "wk")) {
    std::size_t i = start + 1;
    if (p_.is_word(i, "number") || p_.is_mark(i, '#')) ++i;
    if (const auto number = read_small(p_, i, 1, 53);
        number && !p_.is(number->next, unit) && !(p_.is_mark(number->next, ':') && p_[number->next].is_glued)) {
      int year = year_of_day(ref_.today);
      int said = 0;
      const std::size_t end = year_after(number->next, said, false);
      if (said != 0) year = said;
      const sys_days monday = first_week_of(first_of_year(year)) + days(7 * (int(number->value) - 1));
      return certain_period(monday, monday + days(7), said != 0 ? end : number->next, kWeek,
                            year_text(year) + "-W" + two_figures(int(number->value)));
    }
  }
  // The nth or last (two) weeks of a month or year.
  int n = 0;
  std::size_t i = start;
  if (const auto nth = read_ordinal(p_, start); nth && nth->value <= 53) {
    n = int(nth->value);
    i = nth->next;
  } else if (const Tag* tag = p_.tag(start, last)) {
    n = -1;
    i = tag->next;
  } else {
    return std::nullopt;
  }
  int count = 1;
  bool is_counted = false;
  if (const auto number = read_small(p_, i, 1, 20)) {
    count = int(number->value);
    i = number->next;
    is_counted = true;
  }
  const Tag* word = p_.tag(i, unit);
  if (word == nullptr) return std::nullopt;
  const auto unit_said = word->unit();
  std::size_t whole_at = skip(word->next, of);
  if (whole_at == word->next) return std::nullopt;
  const auto whole = plain_period(whole_at);
  if (!whole || (whole->unit != kMonth && whole->unit != kYear) || !whole->is_placed) return std::nullopt;
  PeriodNode node{.next = whole->next,
                  .is_certain = whole->is_certain,
                  .unit = unit_said,
                  .year = whole->year,
                  .month = whole->month};
  for (std::size_t reading = 0; reading < 2; ++reading) {
    const sys_days first = whole->begin[reading];
    const sys_days end = whole->end[reading];
    if (unit_said == kWeek) {
      sys_days monday = first_week_of(first);
      if (n > 0) {
        monday += days(7 * (n - 1));
      } else {
        monday = monday_of(end - days(4)) - days(7 * (count - 1));
        if (monday + days(7 * count - 4) >= end) monday -= days(7);
        if (monday + days(7 * count + 3) < end) monday += days(7);
      }
      node.begin[reading] = monday;
      node.end[reading] = monday + days(7 * count);
    } else if (unit_said == kDay || unit_said == kMonth) {
      node.begin[reading] = n > 0 ? add_units(first, (n - 1) * 1.0, unit_said) : add_units(end, -count, unit_said);
      node.end[reading] = add_units(node.begin[reading], count, unit_said);
      if (!is_counted && unit_said == kDay) return std::nullopt;
    } else if (unit_said == kWeekend) {
      sys_days saturday = monday_of(first) + days(5);
      if (saturday < first) saturday += days(7);
      if (n > 0) {
        saturday += days(7 * (n - 1));
      } else {
        while (saturday + days(7) < end) saturday += days(7);
      }
      node.begin[reading] = saturday;
      node.end[reading] = saturday + days(2);
    } else {
      return std::nullopt;
    }
  }
  node.timex = is_counted ? range_text(node.begin[0], node.end[0],
                                       "P" + std::to_string(count) +
                                           (unit_said == kWeek  ? "W"
                                            : unit_said == kDay ? "D"
                                                                : "M"))
                          : whole->timex + "-W" + (n > 0 ? two_figures(n) : std::string("05"));
  return node;
}

}  // namespace offhook::brain::extract
