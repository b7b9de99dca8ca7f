#include <algorithm>
#include <array>
#include <charconv>

#include "brain/extract/temporal_reader.hpp"

namespace offhook::brain::extract {
namespace {

using enum Word;
using std::chrono::days;
using std::chrono::year_month_day;

constexpr int kYearsSearched = 8;  // a 29 February is at most so far away

int to_int(std::string_view digits) {
  int value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

std::optional<sys_days> valid(int year, int month, int day) {
  const year_month_day date{std::chrono::year(year), std::chrono::month(unsigned(month)),
                            std::chrono::day(unsigned(day))};
  if (!date.ok()) return std::nullopt;
  return sys_days(date);
}

int weekday_of(sys_days day) { return int(std::chrono::weekday(day).iso_encoding()); }

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
    const auto only = valid(year, month, day);
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
      consider(valid(year_of_day(first), month_of_day(first), day));
    }
  } else {
    for (int y = this_year - kYearsSearched; y <= this_year + kYearsSearched; ++y) consider(valid(y, month, day));
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
  // "of 87", "'87".
  if (is_bound && is_linked && p_.is_figures(next) && p_[next].text.size() == 2 && !p_[next - 1].is('-') &&
      !p_.is(next + 1, meridiem)) {
    const int two = to_int(p_[next].text);
    year = two >= 40 ? 1900 + two : 2000 + two;
    return next + 1;
  }
  return at;
}

// this 0, next 1, last -1; "past" and "coming" (value 10 and 11) go to the nearest one.
std::optional<std::pair<int, std::size_t>> TemporalReader::which(std::size_t at) const {
  std::size_t start = skip(at, the);
  if (const Tag* tag = p_.tag(start, coming)) return std::pair(11, tag->next);
  if (const Tag* tag = p_.tag(start, this_)) return std::pair(0, tag->next);
  if (const Tag* tag = p_.tag(start, next)) return std::pair(1, tag->next);
  if (const Tag* tag = p_.tag(start, following)) return std::pair(1, tag->next);
  if (const Tag* tag = p_.tag(start, last)) {
    // "will last two hours": the verb.
    constexpr std::array<std::string_view, 16> kModals{"will",   "wont",  "would", "should", "shouldnt", "can",
                                                       "cant",   "could", "must",  "might",  "may",      "didnt",
                                                       "doesnt", "to",    "not",   "usually"};
    if (std::ranges::find(kModals, word_before(start)) != kModals.end() && p_.language().code == "en")
      return std::nullopt;
    return std::pair(-1, tag->next);
  }
  if (const Tag* tag = p_.tag(start, prior)) return std::pair(tag->value == 1 ? -10 : -1, tag->next);
  return std::nullopt;
}

std::optional<DateNode> TemporalReader::offset_date(std::size_t at) const {
  const std::size_t start = skip(at, the);
  if (const Tag* offset = p_.tag(start, day_offset)) {
    return on_day(ref_.today + days(int(offset->value)), offset->next);
  }
  const Tag* unit_found = p_.tag(start, unit);
  if (start > at && unit_found != nullptr && unit_found->unit() == kDay) {
    // "the day before", "the day after", when nothing follows that they could belong to.
    const std::size_t link = unit_found->next;
    const bool is_last = p_[link + 1].kind == Piece::Kind::mark;
    if (p_.is_word(link, "before") && is_last) return on_day(ref_.today - days(1), link + 1);
    if (p_.is_word(link, "after") && is_last) return on_day(ref_.today + days(1), link + 1);
    if (!p_.is(link, before) && !p_.is(link, after) && word_before(at) != "all") return on_day(ref_.today, link);
  }
  if (const auto found = which(at)) {
    const Tag* day = p_.tag(found->second, unit);
    if (day != nullptr && day->unit() == kDay && p_[found->second].text == "day") {
      const int ahead = found->first == 11 ? 1 : found->first == -10 ? -1 : found->first;
      return on_day(ref_.today + days(ahead), day->next);
    }
  }
  return std::nullopt;
}

std::optional<DateNode> TemporalReader::weekday_date(std::size_t at) const {
  const auto lead = which(at);
  std::size_t next_at = lead ? lead->second : skip(at, the);
  const auto in_week = [&](int weeks, int day, std::size_t next) {
    return on_day(monday_of(ref_.today) + days(7 * weeks + day - 1), next);
  };
  if (const Tag* week = lead ? p_.tag(next_at, unit) : nullptr; week != nullptr && week->unit() == kWeek) {
    // "next week Monday", "this week on Tuesday".
    std::size_t day_at = skip(week->next, on);
    if (p_.is_mark(day_at, ',')) ++day_at;
    if (const Tag* day = p_.tag(day_at, weekday)) {
      const int weeks = lead->first > 1 ? 1 : std::max(lead->first, -1);
      return in_week(weeks, int(day->value), day->next);
    }
    return std::nullopt;
  }
  const Tag* day = p_.tag(next_at, weekday);
  if (day == nullptr) return std::nullopt;
  const int number = int(day->value);
  std::size_t after = day->next;
  const bool is_short = p_[next_at].text.size() == 3;
  if (is_short && p_.is_mark(after, '.')) ++after;
  // "Monday of next week", "Monday next week".
  const std::size_t week_at = skip(after, of);
  if (const auto week = which(week_at); week && !lead) {
    const Tag* unit_found = p_.tag(week->second, unit);
    if (unit_found != nullptr && unit_found->unit() == kWeek) {
      const int weeks = week->first > 1 ? 1 : std::max(week->first, -1);
      return in_week(weeks, number, unit_found->next);
    }
    // "Saturday after next", "Friday next".
    if (week_at == after && week->first == 1 && !p_.is(week->second, unit) && !p_.is(week->second, month) &&
        !p_.is(week->second, weekday) && p_[week->second].kind == Piece::Kind::mark) {
      return in_week(1, number, week->second);
    }
  }
  if (p_.is(after, Word::after) && p_.is(skip(after, Word::after), next)) {
    return in_week(2, number, skip(skip(after, Word::after), next));
  }
  // "Saturday week" is a week after the coming one.
  if (const Tag* week = p_.tag(after, unit); week != nullptr && week->unit() == kWeek && !lead &&
                                             p_[after].text == "week" && p_[week->next].kind == Piece::Kind::mark) {
    return on_day(partial(0, 0, 0, number, 0).future + days(7), week->next);
  }
  // "el viernes que viene", "el lunes pasado".
  if (p_.language().code != "en" && !lead) {
    if (const Tag* ahead = p_.tag(day->next, following)) return in_week(1, number, ahead->next);
    if (const Tag* back = p_.tag(day->next, prior))
      return on_day(ref_.today - days((weekday_of(ref_.today) - number + 6) % 7 + 1), back->next);
  }
  if (p_.is_mark(after, ',')) ++after;
  // A full date after its weekday.
  if (const bool has_mark = p_.is_mark(after, '-') || p_.is_mark(after, '('); !has_mark) {
    const std::size_t date_at = skip(skip(after, on), the);
    const bool has_article = date_at > after && p_.is(date_at - 1, the);
    for (const auto& found : {month_date(date_at), figure_date(date_at)}) {
      if (!found) continue;
      DateNode node = *found;
      if (lead && found->year == 0 && node.month != 0) {
        node = partial(year_of_day(ref_.today), node.month, node.day, 0, node.next);
        node.timex = found->timex;
      }
      node.weekday = number;
      node.is_weak = false;
      return node;
    }
    const auto nth = read_ordinal(p_, date_at);
    const auto plain_day = nth ? nth
                           : (!has_article && p_.is_figures(date_at) && after == day->next)
                               ? read_small(p_, date_at, 1, 31)
                               : std::nullopt;
    if (plain_day && plain_day->value <= 31 && plain_day->value >= 1 && !lead) {
      const Piece& behind = p_[plain_day->next];
      const bool is_range = p_.is(plain_day->next, to) || behind.is('.') || behind.is(':') ||
                            p_.is(plain_day->next, meridiem) || p_.is(plain_day->next, oclock) ||
                            p_.is(plain_day->next, unit) || behind.is('/');
      const bool is_end = behind.is('.') && !p_.is_figures(plain_day->next + 1);
      if (nth || !is_range || is_end) {
        if (has_article) {
          // "Tuesday the 11th" is of this month or the nearest whose 11th is a Tuesday.
          for (const int ahead : {0, 1, -1, 2, -2, 3, -3, 4, 5, 6}) {
            const sys_days first = first_of_month(ref_.today, ahead);
            const auto candidate = valid(year_of_day(first), month_of_day(first), int(plain_day->value));
            if (candidate && weekday_of(*candidate) == number) return on_day(*candidate, plain_day->next);
          }
        } else if (nth || plain_day->value > 12) {
          DateNode node = partial(0, 0, int(plain_day->value), number, plain_day->next);
          if (node.is_possible) return node;
        }
      }
    }
  }
  if (lead) {
    switch (lead->first) {
      case 11: return on_day(ref_.today + days((number - weekday_of(ref_.today) + 6) % 7 + 1), day->next);
      case -10: return on_day(ref_.today - days((weekday_of(ref_.today) - number + 6) % 7 + 1), day->next);
      default: return in_week(lead->first, number, day->next);
    }
  }
  DateNode node = partial(0, 0, 0, number, day->next);
  // Short names are words of their own; "the sun" is no day.
  if (is_short && (p_[next_at].text == "sun" || p_[next_at].text == "sat"))
    node.is_weak = next_at > at || word_before(at) == "a" || word_before(at) == "the";
  if (next_at > at && !lead && p_.language().code == "en") node.is_weak = true;
  return node;
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
      if (const auto date = valid(year_of_day(first), month_of_day(first), int(day->value)))
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
    const int year = to_int(first.substr(0, 4));
    if (year < 1900 || year > 2100) return std::nullopt;
    const auto date = valid(year, to_int(first.substr(4, 2)), to_int(first.substr(6)));
    if (!date || (p_[at + 1].is_glued && p_[at + 1].kind == Piece::Kind::figures)) return std::nullopt;
    return partial(year, to_int(first.substr(4, 2)), to_int(first.substr(6)), 0, at + 1);
  }
  const char mark = p_[at + 1].text.size() == 1 ? p_[at + 1].text[0] : '\0';
  const bool is_spaced = p_.is_figures(at + 1) && !p_[at + 1].is_glued;
  const bool is_marked = (mark == '/' || mark == '-' || mark == '.') && p_[at + 1].is_glued && p_.is_figures(at + 2) &&
                         p_[at + 2].is_glued;
  if (is_spaced && first.size() == 4 && p_.is_figures(at + 2) && p_[at + 1].text.size() <= 2 &&
      p_[at + 2].text.size() <= 2 && !is_marked) {
    const int year = to_int(first);
    if (year >= 1900 && year <= 2100 && valid(year, to_int(p_[at + 1].text), to_int(p_[at + 2].text))) {
      return partial(year, to_int(p_[at + 1].text), to_int(p_[at + 2].text), 0, at + 3);
    }
  }
  if (!is_marked) return std::nullopt;
  const int a = to_int(first);
  const int b = to_int(p_[at + 2].text);
  const bool has_third =
      p_.is_mark(at + 3, mark) && p_[at + 3].is_glued && p_.is_figures(at + 4) && p_[at + 4].is_glued;
  if (first.size() == 4) {
    if (!has_third || p_[at + 4].text.size() > 2 || a < 1500 || a > 2100) return std::nullopt;
    const int c = to_int(p_[at + 4].text);
    if (!valid(a, b, c)) return std::nullopt;
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
    const int year = to_int(p_[at + 4].text);
    if (p_[at + 4].text.size() == 4) {
      if (year < 1500 || year > 2100) return std::nullopt;
      return partial(year, month, day, 0, at + 5);
    }
    if (year >= 40 || year < 30) return partial(year >= 40 ? 1900 + year : 2000 + year, month, day, 0, at + 5);
    DateNode node = partial(2000 + year, month, day, 0, at + 5);  // "30" could be of either century
    const auto earlier = valid(1900 + year, month, day);
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

// "first Monday of next month", "last Friday in May 2019", "the second Sunday of the month".
std::optional<DateNode> TemporalReader::nth_weekday(std::size_t at) const {
  const std::size_t start = skip(at, the);
  int n = 0;
  std::size_t day_at = start;
  if (const auto nth = read_ordinal(p_, start); nth && nth->value <= 5) {
    n = int(nth->value);
    day_at = nth->next;
  } else if (const Tag* tag = p_.tag(start, last)) {
    n = -1;
    day_at = tag->next;
  } else {
    return std::nullopt;
  }
  const Tag* day = p_.tag(day_at, weekday);
  if (day == nullptr) return std::nullopt;
  const std::size_t link = skip(day->next, of);
  if (link == day->next) return std::nullopt;
  const auto nth_in = [&](sys_days first) {
    const int shift = (int(day->value) - weekday_of(first) + 7) % 7;
    sys_days found = first + days(shift + 7 * (n > 0 ? n - 1 : 4));
    while (month_of_day(found) != month_of_day(first)) found -= days(7);
    return found;
  };
  if (const auto lead = which(link)) {
    if (const Tag* word = p_.tag(lead->second, unit); word != nullptr && word->unit() == kMonth) {
      const sys_days first = first_of_month(ref_.today, std::clamp(lead->first, -1, 1));
      DateNode node = on_day(nth_in(first), word->next);
      node.timex = "XXXX-" + two_figures(month_of_day(first)) + "-WXX-" + std::to_string(int(day->value)) + "-#" +
                   std::to_string(n);
      return node;
    }
  }
  const Tag* name = p_.tag(link, month);
  if (name == nullptr) return std::nullopt;
  int year = 0;
  const std::size_t end = year_after(name->next, year, true);
  const auto in_year = [&](int y) { return nth_in(first_of_month(first_of_year(y), int(name->value) - 1)); };
  DateNode node{
      .next = year == 0 ? name->next : end, .year = year, .month = int(name->value), .weekday = int(day->value)};
  node.timex = year_text(year) + "-" + two_figures(node.month) + "-WXX-" + std::to_string(node.weekday) + "-#" +
               std::to_string(n);
  if (year != 0) {
    node.past = node.future = in_year(year);
    return node;
  }
  const int this_year = year_of_day(ref_.today);
  node.is_certain = false;
  node.future = in_year(this_year) >= ref_.today ? in_year(this_year) : in_year(this_year + 1);
  node.past = in_year(this_year) < ref_.today ? in_year(this_year) : in_year(this_year - 1);
  return node;
}

std::optional<DateNode> TemporalReader::holiday_date(std::size_t at) const {
  const auto lead = which(at);
  const std::size_t start = lead ? lead->second : skip(at, the);
  const Tag* name = p_.tag(start, holiday);
  if (name == nullptr) return std::nullopt;
  const auto which_day = static_cast<Holiday>(static_cast<int>(name->value));
  const auto is_fixed = month_of_day(date_of(which_day, 2019)) == month_of_day(date_of(which_day, 2022)) &&
                        date_of(which_day, 2019) + days(1096) == date_of(which_day, 2022);
  int year = 0;
  const std::size_t end = year_after(name->next, year, true);
  const int this_year = year_of_day(ref_.today);
  DateNode node{.next = year == 0 ? name->next : end, .is_holiday = true, .year = year};
  const auto on = [&](int y) {
    node.past = node.future = date_of(which_day, y);
    node.timex = date_text(node.past);
    node.year = y;
    return node;
  };
  if (year != 0) return on(year);
  const bool is_over = date_of(which_day, this_year) < ref_.today ||
                       (date_of(which_day, this_year) == ref_.today && ref_.time_of_day.count() > 0);
  if (lead) {
    switch (lead->first) {
      case 0: return on(this_year);
      case 1:
      case 11: return on(is_over ? this_year + 1 : this_year);
      default: return on(is_over ? this_year : this_year - 1);
    }
  }
  if (const std::size_t year_at = skip(name->next, of); const auto then = which(year_at)) {
    if (const Tag* word = p_.tag(then->second, unit); word != nullptr && word->unit() == kYear) {
      node.next = word->next;
      return on(this_year + std::clamp(then->first, -1, 1));
    }
  }
  node.is_certain = false;
  node.future = date_of(which_day, is_over ? this_year + 1 : this_year);
  node.past = date_of(which_day, is_over ? this_year : this_year - 1);
  node.month = month_of_day(node.future);
  node.timex = is_fixed ? "XXXX" + date_text(node.future).substr(4) : date_text(node.future);
  return node;
}

// "in two weeks", "3 days ago", "two months from today", "a week from Friday", "two days before yesterday".
std::optional<DateNode> TemporalReader::moved_date(std::size_t at) const {
  const auto moved = [&](const DurationNode& by, sys_days from, int sign, std::size_t next) {
    for (const auto& [count, unit] : by.parts) from = add_units(from, sign * count, unit);
    return on_day(from, next);
  };
  std::size_t start = at;
  const Tag* lead = p_.tag(at, in);
  if (lead != nullptr) start = lead->next;
  std::size_t count_at = start;
  if (const Tag* back = p_.tag(count_at, ago);
      back != nullptr && back->value == 1 && lead == nullptr) {  // "hace 3 días"
    if (const auto by = duration(skip(count_at, ago)); by && !by->has_clock())
      return moved(*by, ref_.today, -1, by->next);
  }
  // "two Sundays from now", "three Mondays ago".
  if (const auto times = read_small(p_, at, 1, 50); times && lead == nullptr) {
    if (const Tag* plural = p_.tag(times->next, weekdays)) {
      const Tag* ahead = p_.tag(plural->next, later);
      const Tag* back = p_.tag(plural->next, ago);
      const int day = int(plural->value);
      if (ahead != nullptr)
        return on_day(partial(0, 0, 0, day, 0).future +
                          days(7 * (int(times->value) - 1) +
                               (weekday_of(ref_.today) == day && ref_.time_of_day.count() == 0 ? 7 : 0)),
                      ahead->next);
      if (back != nullptr) return on_day(partial(0, 0, 0, day, 0).past - days(7 * (int(times->value) - 1)), back->next);
    }
  }
  const auto by = duration(count_at);
  if (!by || by->has_clock() || by->is_indefinite) return std::nullopt;
  const auto on_weekday = [&](DateNode node) {
    // "in 3 days on Friday": the Friday of about then.
    const std::size_t day_at = skip(node.next, on);
    if (day_at == node.next) return node;
    const Tag* day = p_.tag(day_at, weekday);
    if (day == nullptr) return node;
    const int shift = int(day->value) - weekday_of(node.future);
    return on_day(node.future + days(shift == -1 ? shift : (shift + 7) % 7), day->next);
  };
  if (lead != nullptr) {
    std::size_t end = by->next;
    if (const Tag* time_word = p_.tag(end, later); time_word != nullptr) end = time_word->next;
    // "in two weeks since the year 2011".
    if (const Tag* link = p_.tag(end, since)) {
      const auto from = range_or_day(link->next);
      if (from) return moved(*by, from->first, 1, from->second);
    }
    if (p_.is(end, from) || p_.is(end, after)) {
      const std::size_t base_at = skip(skip(end, from), after);
      if (const auto base = date(base_at); base && !base->is_weak) return moved(*by, base->future, 1, base->next);
    }
    return on_weekday(moved(*by, ref_.today, 1, end));
  }
  if (const Tag* word = p_.tag(by->next, ago)) return moved(*by, ref_.today, -1, word->next);
  if (const Tag* word = p_.tag(by->next, later); word != nullptr && word->value != 9) {
    // "30 minutes later this week": the week is later, not the minutes.
    if (!which(word->next) || p_[by->next].text == "from") return on_weekday(moved(*by, ref_.today, 1, word->next));
  }
  const bool is_from = p_.is(by->next, from) || p_.is(by->next, after);
  const bool is_before = p_.is(by->next, before);
  if (is_from || is_before) {
    const std::size_t base_at = skip(skip(skip(by->next, from), after), before);
    if (const Tag* present = p_.tag(base_at, now))
      return on_weekday(moved(*by, ref_.today, is_from ? 1 : -1, present->next));
    if (const auto base = date(base_at); base && !base->is_weak)
      return on_weekday(moved(*by, base->future, is_from ? 1 : -1, base->next));
  }
  return std::nullopt;
}

std::optional<std::pair<sys_days, std::size_t>> TemporalReader::range_or_day(std::size_t at) const {
  if (const auto whole = period(at); whole && whole->is_placed) return std::pair(whole->begin[1], whole->next);
  if (const auto day = date(at)) return std::pair(day->future, day->next);
  return std::nullopt;
}

std::optional<DateNode> TemporalReader::date(std::size_t at) const {
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
