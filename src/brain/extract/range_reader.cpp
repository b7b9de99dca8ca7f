#include <algorithm>
#include <array>

#include "brain/extract/temporal_reader.hpp"

namespace offhook::brain::extract {
namespace {

using enum Word;
using std::chrono::days;

TemporalValue between_days(sys_days from, sys_days until, std::string timex) {
  return {.timex = std::move(timex), .from = Civil(from), .until = Civil(until)};
}

std::string length_text(sys_days from, sys_days until, bool by_month, bool by_year) {
  if (by_month || by_year) {
    const int months = (year_of_day(until) - year_of_day(from)) * 12 + month_of_day(until) - month_of_day(from);
    if (by_year && months % 12 == 0) return "P" + std::to_string(months / 12) + "Y";
    return "P" + std::to_string(months) + "M";
  }
  return "P" + std::to_string((until - from).count()) + "D";
}

}  // namespace

// An end of a range: a day, the first day of a month or year, or the end of what "the end of" names.
std::optional<DateNode> TemporalReader::range_end(std::size_t at, bool& by_month, bool& by_year) const {
  by_month = by_year = false;
  std::optional<DateNode> day = date(at);
  const std::size_t lead = skip(at, in);
  auto whole = period(day ? at : lead);
  if (whole && !whole->is_placed) whole.reset();
  if (day && (!whole || day->next >= whole->next)) return day;
  if (!whole) {
    if (const Tag* present = p_.tag(at, now)) {
      DateNode node = on_day(ref_.today, present->next);
      return node;
    }
    return std::nullopt;
  }
  DateNode node{.next = whole->next,
                .is_certain = whole->is_certain,
                .is_weak = whole->is_weak && whole->unit != kMonth && whole->unit != kYear,
                .is_offset = whole->is_relative,
                .year = whole->year,
                .month = whole->month};
  const bool is_end = whole->mod == "end";
  std::array<sys_days, 2> days_found = is_end ? whole->end : whole->begin;
  if (whole->mod == "mid" && whole->unit == kMonth) {
    for (auto& found : days_found) found = first_of_month(found) + days(15);
  }
  node.past = days_found[0];
  node.future = days_found[1];
  node.day = whole->unit == kMonth && whole->mod.empty() ? 1 : 0;
  by_month = whole->unit == kMonth || whole->unit == kQuarter;
  by_year = whole->unit == kYear;
  if (whole->unit == kYear) node.month = node.day = 1;
  if (is_end) {
    node.month = month_of_day(node.future);
    node.day = 1;
    if (node.year != 0) node.year = year_of_day(node.future);
    by_month = true;
    by_year = false;
  }
  if (!whole->mod.empty() && node.month != 0) node.day = int((node.future - first_of_month(node.future)).count()) + 1;
  node.timex = node.is_certain ? date_text(node.past) : "XXXX" + date_text(node.future).substr(4);
  return node;
}

std::optional<TemporalReader::Found> TemporalReader::range_of(const DateNode& from, const DateNode& until,
                                                              std::size_t at, std::size_t next_at, bool by_month,
                                                              bool by_year) const {
  if (!from.is_possible || !until.is_possible) {
    return found(TemporalKind::date_range, at, next_at, {{.timex = "(" + from.timex + "," + until.timex + ",PXD)"}});
  }
  const auto make = [&](sys_days a, sys_days b) {
    const auto side = [](const DateNode& node, sys_days day) {
      return node.is_certain || node.month == 0 ? (node.is_certain ? date_text(day) : node.timex)
                                                : "XXXX" + date_text(day).substr(4);
    };
    return between_days(a, b,
                        "(" + side(from, a) + "," + side(until, b) + "," + length_text(a, b, by_month, by_year) + ")");
  };
  std::vector<Value> values;
  const auto in_year = [&](const DateNode& node, int year) {
    const DateNode moved = partial(year, node.month, std::max(node.day, 1), 0, 0);
    return moved.is_possible ? moved.future : node.future;
  };
  if (from.is_certain && until.is_certain) {
    if (until.past < from.past) {
      if (!(until.is_offset && from.is_offset)) return std::nullopt;
    }
    values.push_back(make(from.past, until.past));
  } else if (from.is_certain) {
    // The end is the next such day after the beginning.
    sys_days b = until.past;
    if (until.month != 0) {
      b = in_year(until, year_of_day(from.past));
      if (b < from.past) b = in_year(until, year_of_day(from.past) + 1);
    } else if (until.weekday != 0) {
      while (b <= from.past) b += days(7);
    } else {
      for (int ahead = 0; b < from.past && ahead < 3; ++ahead) b = add_units(until.past, ahead + 1.0, kMonth);
    }
    values.push_back(make(from.past, b));
  } else if (until.is_certain) {
    sys_days a = from.past;
    if (from.month != 0) {
      a = in_year(from, year_of_day(until.past));
      if (a > until.past) a = in_year(from, year_of_day(until.past) - 1);
    } else {
      while (a > until.past) a -= days(7);
    }
    values.push_back(make(a, until.past));
  } else if (from.month != 0 && until.month != 0) {
    // Both of the same year, or the end in the next one: last time, and next time.
    const int this_year = year_of_day(ref_.today);
    const auto pair_in = [&](int year) {
      const sys_days a = in_year(from, year);
      sys_days b = in_year(until, year);
      if (b < a) b = in_year(until, year + 1);
      return std::pair(a, b);
    };
    const bool has_clock = ref_.time_of_day.count() > 0;
    const auto now_pair = pair_in(this_year);
    const sys_days begin_today = now_pair.first;
    const bool has_begun = begin_today < ref_.today || (begin_today == ref_.today && has_clock);
    const bool is_over = now_pair.second < ref_.today || (now_pair.second == ref_.today && has_clock);
    if (is_over) {
      values.push_back(make(now_pair.first, now_pair.second));
      values.push_back(make(pair_in(this_year + 1).first, pair_in(this_year + 1).second));
    } else if (has_begun) {
      values.push_back(make(now_pair.first, now_pair.second));
    } else {
      values.push_back(make(pair_in(this_year - 1).first, pair_in(this_year - 1).second));
      values.push_back(make(now_pair.first, now_pair.second));
    }
  } else {
    const auto after = [&](sys_days a, sys_days b) {
      if (until.weekday != 0) {
        while (b < a) b += days(7);
        while (b - days(7) > a) b -= days(7);
      } else {
        for (int ahead = 1; b < a && ahead < 14; ++ahead) b = add_units(b, 1, kMonth);
      }
      return b;
    };
    values.push_back(make(from.past, after(from.past, until.past)));
    if (from.future != from.past) values.push_back(make(from.future, after(from.future, until.future)));
  }
  return found(TemporalKind::date_range, at, next_at, std::move(values));
}

// "from X to Y", "between X and Y", "X - Y", "X through Y" of days, months and years.
std::optional<TemporalReader::Found> TemporalReader::date_range(std::size_t at) const {
  std::size_t here = at;
  const bool is_between = p_.is(here, between);
  const bool is_from = !is_between && p_.is(here, from);
  if (is_between) here = skip(here, between);
  if (is_from) here = skip(here, from);
  if (auto short_form = short_date_range(here)) {
    short_form->temporal.begin = p_[at].begin;
    return short_form;
  }
  bool a_month = false, a_year = false, b_month = false, b_year = false;
  auto start = range_end(here, a_month, a_year);
  std::size_t link = 0;
  if (start) {
    link = start->next;
  } else {
    return std::nullopt;
  }
  if (p_.is_mark(link, ',')) ++link;
  const std::size_t behind = is_between && p_.is(link, and_) ? skip(link, and_)
                             : p_.is(link, to)               ? skip(link, to)
                                                             : link;
  if (behind == link) return std::nullopt;
  // "from March to date".
  if (p_.is_word(behind, "date") && !p_.is_mark(link, '-')) {
    const DateNode today = on_day(ref_.today, behind + 1);
    return range_of(*start, today, at, behind + 1, false, false);
  }
  auto stop = range_end(behind, b_month, b_year);
  if (!stop) {
    // "the 5th to the tenth", "april ninth through seventeenth"
    const std::size_t day_at = skip(behind, the);
    const auto nth = start->day != 0 && start->month != 0 && !a_month && !a_year ? day_number(day_at) : std::nullopt;
    if (!nth || p_.is(nth->next, unit)) return std::nullopt;
    DateNode end_day = partial(start->year, start->month, int(nth->value), 0, nth->next);
    if (!end_day.is_possible) return std::nullopt;
    return range_of(*start, end_day, at, nth->next, false, false);
  }
  // An ordinal alone ends the range in the same month: "april 9th through seventeenth".
  if (start->day != 0 && start->month != 0 && !a_month && !a_year && stop->month == 0 && stop->day != 0 &&
      !stop->is_offset) {
    const int year = start->year;
    DateNode end_day = partial(year, start->month, stop->day, 0, stop->next);
    if (end_day.is_possible && stop->day >= start->day) stop = end_day;
  }
  const bool is_dash = p_.is_mark(link, '-') && !is_from && !is_between;
  if ((start->is_weak && stop->is_weak) || (start->is_weak && !is_from && !is_between && !a_month) ||
      (stop->is_weak && !b_month && !stop->is_offset && !is_from && !is_between))
    return std::nullopt;
  if (is_dash && a_year != b_year) return std::nullopt;
  if (is_dash && a_year) {
    const auto first = period(here);
    const auto second = period(behind);
    if (first && second && first->is_weak && second->is_weak) return std::nullopt;
  }
  // A year said once holds for both.
  const auto adopt = [&](DateNode& node, int year) {
    DateNode fixed = partial(year, node.month, std::max(node.day, 1), 0, node.next);
    if (!fixed.is_possible) {
      node.is_possible = false;
      node.timex = fixed.timex;
      return;
    }
    node.past = node.future = fixed.future;
    node.is_certain = true;
    node.timex = fixed.timex;
    node.year = year;
  };
  if (start->year == 0 && start->month != 0 && !start->is_offset && stop->year != 0 && !start->is_certain) {
    adopt(*start, stop->year);
    if (start->past > stop->past) adopt(*start, stop->year - 1);
  }
  if (stop->year == 0 && stop->month != 0 && start->year != 0 && !stop->is_certain && !stop->is_offset) {
    adopt(*stop, start->year);
    if (start->past > stop->past) adopt(*stop, start->year + 1);
  }
  // Day of the month first, its month after: "from the 27th to the 3rd of April".
  return range_of(*start, *stop, at, stop->next, (a_month || a_year) && (b_month || b_year) && !(a_year && b_year),
                  a_year && b_year);
}

// One month for two days: "November 19-20", "9 to 12 of June", "5 - 7 May 2019".
std::optional<TemporalReader::Found> TemporalReader::short_date_range(std::size_t at) const {
  const auto link_at = [&](std::size_t i) {
    return p_.is(i, to) ? skip(i, to) : p_.is(i, and_) && at > 0 && p_.is(at - 1, between) ? skip(i, and_) : i;
  };
  const auto make = [&](int month, int from_day, int until_day, int year, std::size_t next_at) -> std::optional<Found> {
    const DateNode a = partial(year, month, from_day, 0, next_at);
    const DateNode b = partial(year, month, until_day, 0, next_at);
    if (!a.is_possible || !b.is_possible || from_day >= until_day) return std::nullopt;
    return range_of(a, b, at, next_at, false, false);
  };
  if (const Tag* name = p_.tag(at, month)) {
    std::size_t i = name->next;
    if (p_.is_mark(i, '.')) ++i;
    i = skip(skip(i, from), the);
    const auto first = day_number(i);
    if (!first) return std::nullopt;
    const std::size_t link = link_at(first->next);
    if (link == first->next) return std::nullopt;
    const auto second = day_number(skip(link, the));
    if (!second || p_.is(second->next, month) ||
        (p_[second->next].is_glued && (p_[second->next].is('/') || p_[second->next].is(':'))))
      return std::nullopt;
    if (p_.is(second->next, of) && p_.is(skip(second->next, of), month)) return std::nullopt;
    int year = 0;
    const std::size_t end = year_after(second->next, year, true);
    return make(int(name->value), int(first->value), int(second->value), year, year == 0 ? second->next : end);
  }
  const std::size_t start = skip(at, the);
  const auto first = day_number(start);
  if (!first) return std::nullopt;
  const std::size_t link = link_at(first->next);
  if (link == first->next) return std::nullopt;
  const auto second = day_number(skip(link, the));
  if (!second) return std::nullopt;
  std::size_t i = skip(second->next, of);
  // "from the 27th to the 3rd of April": the days are of different months.
  if (p_.is_mark(i, ',')) ++i;
  const Tag* name = p_.tag(i, month);
  if (name == nullptr) {
    if (const auto lead = which(i); lead && read_ordinal(p_, start)) {
      if (const Tag* word = p_.tag(lead->second, unit); word != nullptr && word->unit() == kMonth) {
        const sys_days in_month = first_of_month(ref_.today, std::clamp(lead->first, -1, 1));
        return make(month_of_day(in_month), int(first->value), int(second->value), year_of_day(in_month), word->next);
      }
    }
    return std::nullopt;
  }
  int year = 0;
  const std::size_t end = year_after(name->next, year, true);
  return make(int(name->value), int(first->value), int(second->value), year, year == 0 ? name->next : end);
}

// "3 days starting from next Monday", "for 1 week, from 20th dec", "more than 2 weeks after today".
std::optional<TemporalReader::Found> TemporalReader::started_range(std::size_t at) const {
  const Tag* more = p_.tag(at, more_than);
  const Tag* less = p_.tag(at, less_than);
  std::size_t here = more != nullptr ? more->next : less != nullptr ? less->next : at;
  if (more != nullptr || less != nullptr) {
    const auto day = moved_date(here);
    if (!day) return std::nullopt;
    const auto length = duration(here);
    const bool is_past = day->future < ref_.today || (length && p_.is(length->next, before));
    const bool is_before = is_past == (more != nullptr);
    Value value{.timex = day->timex};
    if (is_before) value.until = Civil(day->future);
    if (!is_before) value.from = Civil(day->future);
    return found(TemporalKind::date_range, at, day->next, {value}, is_before ? "before" : "after");
  }
  const bool is_for = p_.is(here, for_);
  here = skip(here, for_);
  const auto length = duration(here);
  if (!length || length->has_clock()) return std::nullopt;
  std::size_t link = length->next;
  const bool has_comma = p_.is_mark(link, ',');
  if (has_comma) ++link;
  const Tag* start_word = p_.tag(link, starting);
  if (start_word == nullptr) return std::nullopt;
  const bool is_from = p_.is_word(link, "from") && start_word->next == link + 1;
  if (is_from && !is_for) return std::nullopt;
  const auto day = date(start_word->next);
  if (!day) return std::nullopt;
  sys_days until = day->future;
  for (const auto& [count, unit] : length->parts) until = add_units(until, count, unit);
  // A past month and day of this year are taken as they stand: the stretch may have begun.
  sys_days from_day = day->future;
  if (!day->is_certain && day->month != 0 && year_of_day(from_day) > year_of_day(ref_.today)) {
    from_day = day->past;
    until = from_day;
    for (const auto& [count, unit] : length->parts) until = add_units(until, count, unit);
  }
  return found(
      TemporalKind::date_range, at, day->next,
      {between_days(from_day, until, "(" + date_text(from_day) + "," + date_text(until) + "," + length->timex + ")")});
}

}  // namespace offhook::brain::extract
