#include <algorithm>
#include <array>

#include "brain/extract/temporal_reader.hpp"

namespace offhook::brain::extract {
namespace {

using enum Word;
using std::chrono::days;

constexpr int kYearsSearched = 8;  // a 29 February is at most so far away

}  // namespace

DateNode TemporalReader::on_day(sys_days day, std::size_t next) const {
  return {.next = next, .past = day, .future = day, .is_offset = true, .timex = date_text(day)};
}

// The readings of a date of which not all is known: the algebra under every other reader of dates.
DateNode TemporalReader::partial(int year, int month, int day, int weekday, std::size_t next) const {
  DateNode node{.next = next, .year = year, .month = month, .day = day, .weekday = weekday};
  const sys_days today = ref_.today;
  // A day that has begun is past.
  const sys_days first_future = ref_.time_of_day.count() > 0 ? today + days(1) : today;
  node.timex = year_text(year) + "-" + two_figures(month) + "-" + two_figures(day);
  if (month == 0 && day == 0) {
    node.timex = "XXXX-WXX-" + std::to_string(weekday);
    const sys_days this_week = monday_of(today) + days(weekday - 1);
    node.future = this_week >= first_future ? this_week : this_week + days(7);
    node.past = node.future - days(7);
    node.is_certain = false;
    return node;
  }
  if (year != 0) {
    const auto only = day_of(year, month, day);
    node.is_possible = only.has_value();
    node.past = node.future = only.value_or(today);
    return node;
  }
  node.is_certain = false;
  const int this_year = year_of_day(today);
  std::optional<sys_days> past;
  std::optional<sys_days> future;
  const auto consider = [&](std::optional<sys_days> found) {
    if (!found || (month == 0 && weekday != 0 && weekday_of(*found) != weekday)) return;
    if (*found < first_future) {
      if (!past || *found > *past) past = found;
    } else if (!future || *found < *future) {
      future = found;
    }
  };
  if (month == 0) {
    node.timex = weekday != 0 ? "XXXX-WXX-" + std::to_string(weekday) : node.timex;
    const int reach = weekday != 0 ? 48 : 3;
    for (int ahead = -reach; ahead <= reach; ++ahead) {
      const sys_days first = first_of_month(today, ahead);
      consider(day_of(year_of_day(first), month_of_day(first), day));
    }
  } else {
    for (int y = this_year - kYearsSearched; y <= this_year + kYearsSearched; ++y) consider(day_of(y, month, day));
  }
  node.is_possible = past && future;
  node.past = past.value_or(today);
  node.future = future.value_or(today);
  return node;
}

std::optional<Number> TemporalReader::day_number(std::size_t at) const {
  if (const auto nth = read_ordinal(p_, at); nth && nth->value >= 1 && nth->value <= 31) return nth;
  const auto count = read_small(p_, at, 1, 31);
  if (!count) return std::nullopt;
  // "3:30", "5.5", "10%", "7pm" are something else.
  const Piece& after = p_[count->next];
  if (count->in_figures && after.is_glued && (after.is(':') || after.is('%'))) return std::nullopt;
  if (p_.is(count->next, meridiem) || p_.is(count->next, oclock)) return std::nullopt;
  return count;
}

// A year after a date: "2016", ", 2016", "of 87", "in 2019"; sets `year`, returns where it ends (`at` when there is
// none).
std::size_t TemporalReader::year_after(std::size_t at, int& year, bool is_bound) const {
  std::size_t next = at;
  bool is_linked = false;
  if (p_.is_mark(next, ',') || p_.is_mark(next, '.')) ++next;
  if (p_.is_mark(next, ',')) ++next;
  if (p_.is_mark(next, '-') || p_.is_mark(next, '/')) {
    if (!p_[next].is_glued) return at;
    ++next;
    is_linked = true;
  }
  if (const Tag* link = p_.tag(next, of)) {
    next = link->next;
    is_linked = true;
    next = skip(next, the);
    next = skip(next, year_word);
  }
  if (const auto found = read_year(p_, next)) {
    const Piece& after = p_[found->next];
    const bool is_time = found->in_figures && after.is_glued && (after.is(':') || p_.is(found->next, units_only));
    if (!is_time && !p_.is(found->next, meridiem)) {
      year = int(found->value);
      return found->next;
    }
  }
  // "April twelve eighty five".
  if (is_bound && !is_linked && !p_.is_figures(next) && next == at) {
    const auto two = read_small(p_, next, 40, 99);
    if (two && !p_.is(two->next, unit) && !p_.is(two->next, hundred) && !p_.is(two->next, scale)) {
      year = 1900 + int(two->value);
      return two->next;
    }
  }
  // "of 87", "'87".
  if (is_bound && is_linked && p_.is_figures(next) && p_[next].text.size() == 2 && !p_[next - 1].is('-') &&
      !p_.is(next + 1, meridiem)) {
    const int two = figures_value(p_[next].text);
    year = two >= 40 ? 1900 + two : 2000 + two;
    return next + 1;
  }
  return at;
}

// "May 29", "29 May", "the 29th of May 2019", "Oct/2", "2019-aug-1", "23-2020-September".
std::optional<DateNode> TemporalReader::month_date(std::size_t at) const {
  std::size_t start = skip(at, the);
  const auto separator = [&](std::size_t i) {
    return (p_.is_mark(i, '-') || p_.is_mark(i, '/')) && p_[i].is_glued && p_[i + 1].is_glued;
  };
  if (const Tag* name = p_.tag(start, month)) {
    if (start > at) return std::nullopt;
    std::size_t next_at = name->next;
    if (p_.is_mark(next_at, '.') && p_[next_at].is_glued) ++next_at;
    if (p_.is_mark(next_at, ',')) ++next_at;
    int year = 0;
    if (separator(next_at)) {
      ++next_at;
      if (const auto y = read_year(p_, next_at); y && separator(y->next)) {
        if (const auto day = read_small(p_, y->next + 1, 1, 31))
          return partial(int(y->value), int(name->value), int(day->value), 0, day->next);
      }
    }
    next_at = skip(next_at, the);
    const auto day = day_number(next_at);
    if (!day) return std::nullopt;
    // "May 2019" is a month; so is "May 1" followed by ":30".
    if (const auto y = read_year(p_, next_at);
        y && y->next > day->next && !read_ordinal(p_, next_at) && !read_year(p_, day->next))
      return std::nullopt;
    std::size_t end = day->next;
    // "may/22(tue)".
    if (p_.is_mark(end, '(') && p_.is(end + 1, weekday) && p_.is_mark(end + 2, ')')) end += 3;
    const std::size_t with_year = year_after(end, year, true);
    DateNode node = partial(year, int(name->value), int(day->value), 0, with_year);
    if (year == 0) node.next = end;
    return node;
  }
  // year-month-day with a name
  if (const auto y = read_year(p_, start); y && separator(y->next)) {
    if (const Tag* name = p_.tag(y->next + 1, month); name != nullptr && separator(name->next)) {
      if (const auto day = read_small(p_, name->next + 1, 1, 31))
        return partial(int(y->value), int(name->value), int(day->value), 0, day->next);
    }
  }
  const auto day = day_number(start);
  if (!day) return std::nullopt;
  std::size_t next_at = day->next;
  if (separator(next_at)) {
    if (const auto y = read_year(p_, next_at + 1); y && separator(y->next)) {
      if (const Tag* name = p_.tag(y->next + 1, month))
        return partial(int(y->value), int(name->value), int(day->value), 0, name->next);
    }
    ++next_at;
  }
  if (const Tag* word = p_.tag(next_at, unit); word != nullptr && word->unit() == kDay && read_ordinal(p_, start))
    next_at = word->next;  // "15th day of June"
  if (p_.is_mark(next_at, ',')) ++next_at;
  next_at = skip(next_at, of);
  next_at = skip(next_at, the);
  // "16th of this month".
  if (const auto lead = which(next_at); lead && (next_at > day->next || read_ordinal(p_, start))) {
    if (const Tag* word = p_.tag(lead->second, unit); word != nullptr && word->unit() == kMonth) {
      const sys_days first = first_of_month(ref_.today, std::clamp(lead->first, -1, 1));
      if (const auto date = day_of(year_of_day(first), month_of_day(first), int(day->value)))
        return on_day(*date, word->next);
    }
  }
  const Tag* name = p_.tag(next_at, month);
  if (name == nullptr) return std::nullopt;
  // "$ 12 December 27": the figure belongs to what is before it.
  if (at > 0 && !day->in_figures && p_.is(at - 1, hundred)) return std::nullopt;
  if (at > 0 && (p_.is_mark(at - 1, '$') || (p_.is_mark(at - 1, '.') && p_[at].is_glued) ||
                 (p_.is_mark(at - 1, ',') && p_[at].is_glued)))
    return std::nullopt;
  std::size_t end = name->next;
  if (p_.is_mark(end, '.') && p_[end].is_glued && p_.is_figures(end + 1)) ++end;
  int year = 0;
  const std::size_t with_year = year_after(end, year, true);
  DateNode node = partial(year, int(name->value), int(day->value), 0, year == 0 ? name->next : with_year);
  return node;
}

// "2016-11-07", "11/7/2016", "7.11.2016", "11/7", "20161107", "2016 11 07".
std::optional<DateNode> TemporalReader::figure_date(std::size_t at) const {
  if (!p_.is_figures(at)) return std::nullopt;
  const std::string_view first = p_[at].text;
  const bool is_clean_start =
      at == 0 || !p_[at].is_glued ||
      (!p_[at - 1].is('.') && !p_[at - 1].is('/') && !p_[at - 1].is(':') && !p_[at - 1].is('$')) || p_[at - 1].end == 0;
  if (!is_clean_start) return std::nullopt;
  const auto is_end = [&](std::size_t i) {
    return !(p_[i].is_glued && (p_[i].is('/') || p_[i].is('-') || p_[i].is('.') || p_[i].is(':')) &&
             p_.is_figures(i + 1) && p_[i + 1].is_glued);
  };
  if (first.size() == 8 && is_end(at + 1)) {
    const int year = figures_value(first.substr(0, 4));
    if (year < 1900 || year > 2100) return std::nullopt;
    const auto date = day_of(year, figures_value(first.substr(4, 2)), figures_value(first.substr(6)));
    if (!date || (p_[at + 1].is_glued && p_[at + 1].kind == Piece::Kind::figures)) return std::nullopt;
    return partial(year, figures_value(first.substr(4, 2)), figures_value(first.substr(6)), 0, at + 1);
  }
  const char mark = p_[at + 1].text.size() == 1 ? p_[at + 1].text[0] : '\0';
  const bool is_spaced = p_.is_figures(at + 1) && !p_[at + 1].is_glued;
  const bool is_marked = (mark == '/' || mark == '-' || mark == '.') && p_[at + 1].is_glued && p_.is_figures(at + 2) &&
                         p_[at + 2].is_glued;
  if (is_spaced && first.size() == 4 && p_.is_figures(at + 2) && p_[at + 1].text.size() <= 2 &&
      p_[at + 2].text.size() <= 2 && !is_marked) {
    const int year = figures_value(first);
    if (year >= 1900 && year <= 2100 && day_of(year, figures_value(p_[at + 1].text), figures_value(p_[at + 2].text))) {
      return partial(year, figures_value(p_[at + 1].text), figures_value(p_[at + 2].text), 0, at + 3);
    }
  }
  if (!is_marked) return std::nullopt;
  const int a = figures_value(first);
  const int b = figures_value(p_[at + 2].text);
  const bool has_third =
      p_.is_mark(at + 3, mark) && p_[at + 3].is_glued && p_.is_figures(at + 4) && p_[at + 4].is_glued;
  if (first.size() == 4) {
    if (!has_third || p_[at + 4].text.size() > 2 || a < 1500 || a > 2100) return std::nullopt;
    const int c = figures_value(p_[at + 4].text);
    if (!day_of(a, b, c)) return std::nullopt;
    return partial(a, b, c, 0, at + 5);
  }
  if (first.size() > 2 || p_[at + 2].text.size() > 2) return std::nullopt;
  const bool is_day_first = (ref_.is_day_first && b <= 12) || a > 12;
  const int month = is_day_first ? b : a;
  const int day = is_day_first ? a : b;
  if (month < 1 || month > 12 || day < 1 || day > 31) return std::nullopt;
  if (has_third && (p_[at + 4].text.size() == 4 || p_[at + 4].text.size() == 2)) {
    if (!is_end(at + 5)) {
      // "10/1-11/2/2017" is a range of two.
      if (!(p_[at + 5].is('-') && mark != '-')) return std::nullopt;
    }
    const int year = figures_value(p_[at + 4].text);
    if (p_[at + 4].text.size() == 4) {
      if (year < 1500 || year > 2100) return std::nullopt;
      return partial(year, month, day, 0, at + 5);
    }
    if (year >= 40 || year < 30) return partial(year >= 40 ? 1900 + year : 2000 + year, month, day, 0, at + 5);
    DateNode node = partial(2000 + year, month, day, 0, at + 5);  // "30" could be of either century
    const auto earlier = day_of(1900 + year, month, day);
    if (earlier) node.past = *earlier;
    node.is_certain = false;
    node.timex = "XX" + node.timex.substr(2);
    return node;
  }
  if (has_third) return std::nullopt;
  if (mark == '-' && !(p_.is(at + 3, weekday))) return std::nullopt;  // "9-10" is a span of hours
  if (!is_end(at + 3) && !(p_[at + 3].is('-') && mark == '/')) return std::nullopt;
  int year = 0;
  std::size_t end = at + 3;
  if (mark == '/') {
    std::size_t with_year = end;
    if (p_.is_mark(end, ',') || (p_.is_figures(end) && p_[end].text.size() == 4))
      with_year = year_after(end, year, false);
    if (year != 0) end = with_year;
  }
  DateNode node = partial(year, month, day, 0, end);
  node.is_weak = mark == '.';  // a decimal, unless something says it is a date
  if (mark == '.' && word_before(at) == "on") node.is_weak = false;
  if (mark == '.' && (p_[at + 2].text.size() != 2 || p_.is(end, meridiem) || p_[end].is('%'))) return std::nullopt;
  if (mark == '/' && !p_[at].is_glued && word_before(at) == "open") node.is_weak = true;
  return node;
}

// "the 18th", "on the fourth", "21st".
std::optional<DateNode> TemporalReader::ordinal_date(std::size_t at) const {
  const std::size_t start = skip(at, the);
  const auto nth = read_ordinal(p_, start);
  if (!nth || nth->value > 31 || nth->value < 1) return std::nullopt;
  const std::string_view before = word_before(at);
  const bool is_asked = before == "on" || before == "by" || before == "until" || before == "since" ||
                        before == "from" || before == "till" || before == "to" || before == "before" ||
                        before == "after" || before == "and" || before == "through";
  DateNode node = partial(0, 0, int(nth->value), 0, nth->next);
  if (!node.is_possible) return std::nullopt;
  node.is_weak = !(start > at && (nth->in_figures || is_asked)) && !(is_asked && nth->in_figures);
  // "the first time", "the 3rd floor": what follows is counted.
  const Piece& after = p_[nth->next];
  const bool is_counted = after.kind == Piece::Kind::word && !p_.is(nth->next, Word::at) && !p_.is(nth->next, from) &&
                          !p_.is(nth->next, to) && !p_.is(nth->next, between) && !p_.is(nth->next, and_) &&
                          !p_.is(nth->next, for_) && !p_.is(nth->next, Word::before) &&
                          !p_.is(nth->next, Word::after) && !p_.is(nth->next, noon) &&
                          !p_.is(nth->next, Word::day_part) && !p_.is(nth->next, in);
  if (is_counted && after.text != "or" && after.text != "if" && after.text != "please" && after.text != "works" &&
      after.text != "with")
    node.is_weak = true;
  return node;
}

std::optional<DateNode> TemporalReader::date(std::size_t at) const {
  if (depth_ >= kMostDepth) return std::nullopt;
  ++depth_;
  auto found = date_here(at);
  --depth_;
  return found;
}

std::optional<DateNode> TemporalReader::date_here(std::size_t at) const {
  std::optional<DateNode> best;
  const auto take = [&](std::optional<DateNode> found) {
    if (found && (!best || found->next > best->next || (found->next == best->next && best->is_weak)))
      best = std::move(found);
  };
  take(offset_date(at));
  take(weekday_date(at));
  take(month_date(at));
  take(figure_date(at));
  take(ordinal_date(at));
  take(nth_weekday(at));
  take(holiday_date(at));
  take(moved_date(at));
  if (best) return best;
  // "next 5/12", "next 6th of April".
  if (const auto lead = which(at); lead && (lead->first == 0 || lead->first == 1 || lead->first == -1)) {
    for (const auto& found : {month_date(lead->second), figure_date(lead->second)}) {
      if (!found || found->year != 0 || found->month == 0) continue;
      DateNode node = partial(year_of_day(ref_.today) + lead->first, found->month, found->day, 0, found->next);
      node.timex = found->timex;
      return node;
    }
  }
  return best;
}

}  // namespace offhook::brain::extract
