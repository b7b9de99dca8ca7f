#include <algorithm>

#include "brain/extract/temporal_reader.hpp"

namespace offhook::brain::extract {
namespace {

using enum Word;
using std::chrono::days;

}  // namespace

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
    // The one behind the coming one, which a caller may call "next" or "this".
    return on_day(partial(0, 0, 0, number, 0).future + days(7), skip(skip(after, Word::after), next));
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
            const auto candidate = day_of(year_of_day(first), month_of_day(first), int(plain_day->value));
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
  const auto nth_in = [&](sys_days first) {
    const int shift = (int(day->value) - weekday_of(first) + 7) % 7;
    sys_days found = first + days(shift + 7 * (n > 0 ? n - 1 : 4));
    while (month_of_day(found) != month_of_day(first)) found -= days(7);
    return found;
  };
  if (link == day->next) {
    // "the third Wednesday": of this month, the last one or the next.
    if (start == at || n < 0) return std::nullopt;
    DateNode node{.next = day->next, .is_certain = false, .weekday = int(day->value)};
    node.timex = "XXXX-XX-WXX-" + std::to_string(node.weekday) + "-#" + std::to_string(n);
    const sys_days this_month = nth_in(first_of_month(ref_.today));
    node.future = this_month >= ref_.today ? this_month : nth_in(first_of_month(ref_.today, 1));
    node.past = this_month < ref_.today ? this_month : nth_in(first_of_month(ref_.today, -1));
    return node;
  }
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

}  // namespace offhook::brain::extract
