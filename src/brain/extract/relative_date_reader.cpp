#include <algorithm>
#include <array>

#include "brain/extract/temporal_reader.hpp"

namespace offhook::brain::extract {
namespace {

using enum Word;
using std::chrono::days;

}  // namespace

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
  // "the last day of the month", "the first day of May".
  const auto nth = read_ordinal(p_, start);
  const bool is_last_day = !nth && p_.is(start, last);
  if (is_last_day || (nth && nth->value <= 31)) {
    const std::size_t day_at = nth ? nth->next : skip(start, last);
    if (p_.is_word(day_at, "day") && p_.is(day_at + 1, of)) {
      const std::size_t whole_at = skip(day_at + 1, of);
      const auto whole = p_.is(whole_at, month) ? std::nullopt : plain_period(whole_at);
      if (whole && whole->is_placed && whole->is_certain && whole->is_relative) {
        return on_day(is_last_day ? whole->end[0] - days(1) : whole->begin[0] + days(int(nth->value) - 1), whole->next);
      }
    }
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

std::optional<DateNode> TemporalReader::holiday_date(std::size_t at) const {
  const auto lead = which(at);
  std::size_t start = lead ? lead->second : skip(at, the);
  // "this year's Christmas".
  const Tag* of_year = lead ? p_.tag(start, unit) : nullptr;
  if (of_year != nullptr && of_year->unit() == kYear && std::abs(lead->first) <= 1) start = of_year->next;
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
  if (of_year != nullptr) return on(this_year + lead->first);
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
  // "the day before Christmas", "the day after the 5th".
  if (p_.is(at, the) && p_.is_word(at + 1, "day") && (p_.is(at + 2, before) || p_.is(at + 2, after))) {
    const bool is_before = p_.is(at + 2, before);
    const auto base = date(is_before ? skip(at + 2, before) : skip(at + 2, after));
    if (base && !base->is_weak && base->is_possible) return on_day(base->future + days(is_before ? -1 : 1), base->next);
  }
  // "two Sundays from now", "three Mondays ago".
  if (const auto times = read_small(p_, at, 1, 50); times && lead == nullptr) {
    if (const Tag* plural = p_.tag(times->next, weekdays)) {
      const Tag* ahead = p_.tag(plural->next, later);
      const Tag* back = p_.tag(plural->next, ago);
      const int day = int(plural->value);
      if (ahead != nullptr) {
        return on_day(partial(0, 0, 0, day, 0).future +
                          days(7 * (int(times->value) - 1) +
                               (weekday_of(ref_.today) == day && ref_.time_of_day.count() == 0 ? 7 : 0)),
                      ahead->next);
      }
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

}  // namespace offhook::brain::extract
