#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "brain/extract/temporal_reader.hpp"

namespace offhook::brain::extract {
namespace {

using enum Word;
using std::chrono::days;

int to_int(std::string_view digits) {
  int value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

PeriodNode certain(sys_days begin, sys_days end, std::size_t next, Unit unit, std::string timex) {
  PeriodNode node{.next = next, .begin = {begin, begin}, .end = {end, end}, .unit = unit};
  node.timex = std::move(timex);
  return node;
}

// A word that is nothing to the calendar's grammar: "may" before one is a verb.
bool is_plain_word(const Pieces& pieces, std::size_t at) {
  if (pieces[at].kind != Piece::Kind::word) return false;
  return !pieces.is(at, to) && !pieces.is(at, and_) && !pieces.is(at, of) && !pieces.is(at, Word::at) &&
         !pieces.is(at, on) && !pieces.is(at, from) && !pieces.is(at, for_) && !pieces.is(at, this_) &&
         !pieces.is(at, next) && !pieces.is(at, last) && pieces[at].text != "or";
}

// The first week of a month or year is the one with its first Thursday (ISO 8601).
sys_days first_week_of(sys_days first) {
  const sys_days monday = monday_of(first);
  return monday + days(3) >= first ? monday : monday + days(7);
}

std::string range_text(sys_days begin, sys_days end, std::string_view length) {
  return "(" + date_text(begin) + "," + date_text(end) + "," + std::string(length) + ")";
}

}  // namespace

PeriodNode TemporalReader::year_of(int year, std::size_t next) const {
  PeriodNode node = certain(first_of_year(year), first_of_year(year + 1), next, kYear, year_text(year));
  node.year = year;
  return node;
}

PeriodNode TemporalReader::month_of(int year, int month, std::size_t next) const {
  const auto begin_in = [&](int y) { return first_of_month(first_of_year(y), month - 1); };
  PeriodNode node{.next = next, .unit = kMonth, .year = year, .month = month};
  node.timex = year_text(year) + "-" + two_figures(month);
  const int this_year = year_of_day(ref_.today);
  const int this_month = month_of_day(ref_.today);
  node.is_certain = year != 0;
  const int past_year = year != 0 ? year : month < this_month ? this_year : this_year - 1;
  const int future_year = year != 0 ? year : month < this_month ? this_year + 1 : this_year;
  node.begin = {begin_in(past_year), begin_in(future_year)};
  node.end = {first_of_month(node.begin[0], 1), first_of_month(node.begin[1], 1)};
  return node;
}

// "this week", "next month", "last year": so many units from the present one.
PeriodNode TemporalReader::unit_at(Unit unit, int offset, std::size_t next) const {
  const sys_days today = ref_.today;
  PeriodNode node;
  switch (unit) {
    case kWeek: {
      const sys_days monday = monday_of(today) + days(7 * offset);
      node = certain(monday, monday + days(7), next, unit, week_text(monday));
      break;
    }
    case kWorkweek: {
      const sys_days monday = monday_of(today) + days(7 * offset);
      node = certain(monday, monday + days(5), next, unit, week_text(monday));
      break;
    }
    case kWeekend: {
      const sys_days saturday = monday_of(today) + days(7 * offset + 5);
      node = certain(saturday, saturday + days(2), next, unit, week_text(saturday) + "-WE");
      break;
    }
    case kMonth: {
      const sys_days first = first_of_month(today, offset);
      node = certain(first, first_of_month(first, 1), next, unit, date_text(first).substr(0, 7));
      node.year = year_of_day(first);
      node.month = month_of_day(first);
      break;
    }
    case kQuarter: {
      const sys_days first =
          first_of_month(first_of_year(year_of_day(today)), (month_of_day(today) - 1) / 3 * 3 + 3 * offset);
      const sys_days end = first_of_month(first, 3);
      node = certain(first, end, next, unit, range_text(first, end, "P3M"));
      break;
    }
    case kHalfYear: {
      const sys_days first =
          first_of_month(first_of_year(year_of_day(today)), (month_of_day(today) - 1) / 6 * 6 + 6 * offset);
      const sys_days end = first_of_month(first, 6);
      node = certain(first, end, next, unit, range_text(first, end, "P6M"));
      break;
    }
    case kDecade: {
      const int first = (year_of_day(today) / 10 + offset) * 10;
      node = certain(first_of_year(first), first_of_year(first + 10), next, unit,
                     range_text(first_of_year(first), first_of_year(first + 10), "P10Y"));
      break;
    }
    case kCentury: {
      const int first = (year_of_day(today) / 100 + offset) * 100;
      node = certain(first_of_year(first), first_of_year(first + 100), next, unit,
                     range_text(first_of_year(first), first_of_year(first + 100), "P100Y"));
      break;
    }
    default:
      node = year_of(year_of_day(today) + offset, next);
      node.unit = kYear;
      break;
  }
  node.is_relative = true;
  return node;
}

// "October", "Oct 2019", "April of 87", "12-2015", "Dec/2018", "2014 May".
std::optional<PeriodNode> TemporalReader::month_period(std::size_t at) const {
  // "the month of December".
  if (const std::size_t start = skip(at, the);
      p_.is_word(start, "month") && p_.is(start + 1, of) && p_.is(start + 2, month)) {
    return month_period(start + 2);
  }
  if (const Tag* name = p_.tag(at, month)) {
    int year = 0;
    std::size_t end = name->next;
    if (p_.is_mark(end, '.') && p_[end].is_glued && p_.is(at, month) && p_[at].text.size() <= 4) ++end;
    const std::size_t with_year = year_after(end, year, true);
    if (year != 0) return month_of(year, int(name->value), with_year);
    // "August this year", "May of next year".
    const std::size_t year_at = skip(name->next, of);
    if (const auto lead = which(year_at)) {
      if (const Tag* word = p_.tag(lead->second, unit); word != nullptr && word->unit() == kYear) {
        return month_of(year_of_day(ref_.today) + std::clamp(lead->first, -1, 1), int(name->value), word->next);
      }
    }
    PeriodNode node = month_of(0, int(name->value), name->next);
    const std::string_view text = p_[at].text;
    const bool is_other_word =
        (text == "may" || text == "march" || text == "mar" || text == "sat" || text == "dec" || text == "jan") &&
        p_.language().code == "en";
    if (is_other_word && text != "dec" && text != "jan") {
      const std::string_view before = word_before(at);
      constexpr std::array<std::string_view, 22> kLeads{
          "in",   "of",  "until",   "till",  "by",   "since", "during", "before",  "after",  "this", "next",
          "last", "for", "through", "early", "late", "mid",   "from",   "between", "around", "to",   "coming"};
      node.is_weak = std::ranges::find(kLeads, before) == kLeads.end();
      // "this may be": the verb.
      if (text == "may" && is_plain_word(p_, name->next)) node.is_weak = true;
    }
    if (at > 0 && p_[at].is_glued && p_[at - 1].is('$')) node.is_weak = true;
    return node;
  }
  // "next March", "last October".
  if (const auto lead = which(at)) {
    if (const Tag* name = p_.tag(lead->second, month); name != nullptr && !day_number(name->next)) {
      if (p_.is_word(lead->second, "may") && is_plain_word(p_, name->next)) return std::nullopt;
      const int this_year = year_of_day(ref_.today);
      const bool is_over = int(name->value) <= month_of_day(ref_.today);
      int year = this_year;
      if (lead->first == 1 || lead->first == 11) year = is_over ? this_year + 1 : this_year;
      if (lead->first == -1 || lead->first == -10)
        year = int(name->value) < month_of_day(ref_.today) ? this_year : this_year - 1;
      return month_of(year, int(name->value), name->next);
    }
    if (const Tag* word = p_.tag(lead->second, year_word); word != nullptr && p_.is(word->next, month)) {
      const Tag* name = p_.tag(word->next, month);
      return month_of(year_of_day(ref_.today) + std::clamp(lead->first, -1, 1), int(name->value), name->next);
    }
  }
  // "12-2015", "12/2015", "2018-11"
  if (p_.is_figures(at) && (p_.is_mark(at + 1, '-') || p_.is_mark(at + 1, '/')) && p_[at + 1].is_glued &&
      p_.is_figures(at + 2) && p_[at + 2].is_glued) {
    const bool is_clean = !(at > 0 && p_[at].is_glued && p_[at - 1].kind != Piece::Kind::word && !p_[at - 1].is('(')) &&
                          !(p_[at + 3].is_glued && (p_[at + 3].is('-') || p_[at + 3].is('/') || p_[at + 3].is('.')) &&
                            p_.is_figures(at + 4));
    const std::string_view a = p_[at].text;
    const std::string_view b = p_[at + 2].text;
    if (is_clean && a.size() <= 2 && b.size() == 4 && to_int(a) >= 1 && to_int(a) <= 12 && to_int(b) >= 1500 &&
        to_int(b) <= 2100)
      return month_of(to_int(b), to_int(a), at + 3);
    if (is_clean && b.size() == 2 && a.size() == 4 && to_int(b) >= 1 && to_int(b) <= 12 && to_int(a) >= 1500 &&
        to_int(a) <= 2100)
      return month_of(to_int(a), to_int(b), at + 3);
  }
  // "2014 May"
  if (p_.is_figures(at)) {
    if (const auto year = read_year(p_, at)) {
      std::size_t month_at = year->next;
      if (p_.is_mark(month_at, ',') || p_.is_mark(month_at, '-') || p_.is_mark(month_at, '/')) ++month_at;
      month_at = skip(month_at, of);
      if (const Tag* name = p_.tag(month_at, month); name != nullptr && !day_number(name->next))
        return month_of(int(year->value), int(name->value), name->next);
    }
  }
  return std::nullopt;
}

// "2008", "the year 2008", "cy18", "fiscal year 2019".
std::optional<PeriodNode> TemporalReader::year_period(std::size_t at) const {
  const auto unplaced = [&](std::string prefix, int year, std::size_t next) {
    PeriodNode node = year_of(year, next);
    node.timex = std::move(prefix) + year_text(year);
    node.is_placed = false;
    return node;
  };
  const auto special = [&](std::size_t i) -> std::string {
    const std::string_view text = p_[i].text;
    if (text == "fiscal" || text == "fy") return "FY";
    if (text == "school" || text == "sy" || text == "academic") return "SY";
    return {};
  };
  const auto lead = which(at);
  const std::size_t start = lead ? lead->second : skip(at, the);
  if (std::string prefix = special(start); !prefix.empty()) {
    std::size_t i = start + 1;
    if (prefix.size() == 2 && p_[start].text.size() > 2) {
      if (!p_.is_word(i, "year")) return std::nullopt;
      ++i;
    }
    if (const auto year = read_year(p_, i)) return unplaced(prefix, int(year->value), year->next);
    if (p_.is_figures(i) && p_[i].text.size() == 2) return unplaced(prefix, 2000 + to_int(p_[i].text), i + 1);
    if (lead) return unplaced(prefix, year_of_day(ref_.today) + std::clamp(lead->first, -1, 1), i);
    return std::nullopt;
  }
  if (const Tag* word = p_.tag(skip(at, the), unit);
      word != nullptr && p_.is_word(word->next, "to") && p_.is_word(word->next + 1, "date")) {
    if (word->unit() == kYear || word->unit() == kMonth || word->unit() == kWeek || word->unit() == kQuarter) {
      PeriodNode node = unit_at(word->unit(), 0, word->next + 2);
      node.end = {ref_.today, ref_.today};
      return node;
    }
  }
  if (const Tag* word = p_.tag(at, year_word)) {
    if (const auto year = read_year(p_, word->next)) return year_of(int(year->value), year->next);
    if (p_.is_word(at, "cy") && p_.is_figures(word->next) && p_[word->next].text.size() == 2)
      return year_of(2000 + to_int(p_[word->next].text), word->next + 1);
  }
  const auto year = read_year(p_, at);
  if (!year) return std::nullopt;
  const Piece& before = at > 0 ? p_[at - 1] : p_[p_.size()];
  const Piece& after = p_[year->next];
  PeriodNode node = year_of(int(year->value), year->next);
  if (year->in_figures) {
    // "2014-2018" joins two years; joined to anything else, it is a part of some number.
    const auto is_year = [&](std::size_t i) {
      return p_.is_figures(i) && p_[i].text.size() == 4 && p_[i].text[0] >= '1' && p_[i].text[0] <= '2';
    };
    const auto is_dash = [&](std::size_t i) { return p_[i].is('-') || p_[i].is('~'); };
    const bool is_second =
        at > 1 && is_dash(at - 1) && is_year(at - 2) && !(at > 2 && p_[at - 2].is_glued && is_dash(at - 3));
    const bool is_first =
        is_dash(at + 1) && is_year(at + 2) && !(is_dash(at + 3) && p_[at + 3].is_glued && p_.is_figures(at + 4));
    const bool is_joined_before = at > 0 && p_[at].is_glued && !before.is('(') && !before.is('=') && !is_second &&
                                  !(before.is('-') && at > 1 && p_.is(at - 2, month)) && !before.is('\n');
    const bool is_joined_after =
        (after.is_glued &&
         (after.kind == Piece::Kind::word || ((after.is('.') || after.is(',') || after.is(':') || after.is('/')) &&
                                              p_.is_figures(year->next + 1) && p_[year->next + 1].is_glued))) ||
        (is_dash(at + 1) && p_.is_figures(at + 2) && !is_first);
    const bool is_joined = is_joined_before || is_joined_after || (is_first && is_second);
    if (is_joined && !(after.kind == Piece::Kind::word && after.text.starts_with("q"))) node.is_weak = true;
    if (before.is('$') || before.is('+') || before.is('#') || before.is('\x01') || before.is('\x02') ||
        p_.is_figures(at - (at > 0 ? 1 : 0)))
      node.is_weak = node.is_weak || (at > 0 && before.kind != Piece::Kind::word);
    if (after.is('%') || p_.is(year->next, unit) || p_.is(year->next, scale)) node.is_weak = true;
    // "2000 pieces": a noun is counted.
    constexpr std::array<std::string_view, 24> kLeads{
        "in",      "of",  "year",    "since", "from", "until", "till", "to",    "by",  "before", "after",  "during",
        "between", "and", "through", "than",  "mid",  "or",    "late", "early", "for", "circa",  "around", "on"};
    const bool is_led = std::ranges::find(kLeads, word_before(at)) != kLeads.end();
    const bool is_followed = after.kind == Piece::Kind::word && !p_.is(year->next, to) && !p_.is(year->next, and_) &&
                             !p_.is(year->next, of) && !p_.is(year->next, equals_or) && !p_.is(year->next, from);
    if (is_followed && !is_led) node.is_weak = true;
  } else {
    const std::string_view before_word = word_before(at);
    if (before_word != "in" && before_word != "since" && before_word != "year" && before_word != "of" &&
        before_word != "from" && before_word != "until" && before_word != "by" && before_word != "to" &&
        before_word != "and" && before_word != "before" && before_word != "after" && before_word != "between")
      node.is_weak = true;
    if (after.kind == Piece::Kind::word && (p_.is(year->next, unit) || p_.is(year->next, scale))) node.is_weak = true;
  }
  return node;
}

// "next week", "this month", "last weekend", "the week", "the week after next", "same month".
std::optional<PeriodNode> TemporalReader::unit_period(std::size_t at) const {
  const auto is_period = [](const Tag* tag) {
    return tag != nullptr &&
           (tag->unit() == kWeek || tag->unit() == kWorkweek || tag->unit() == kWeekend || tag->unit() == kMonth ||
            tag->unit() == kQuarter || tag->unit() == kYear || tag->unit() == kDecade || tag->unit() == kCentury);
  };
  if (const auto lead = which(at)) {
    const Tag* word = p_.tag(lead->second, unit);
    if (!is_period(word) || p_[word->next - 1].text.ends_with("s")) return std::nullopt;
    const int offset = lead->first == 11 ? 1 : lead->first == -10 ? -1 : lead->first;
    return unit_at(word->unit(), offset, word->next);
  }
  const bool is_same =
      p_.is_word(at, "same") || p_.is_word(at, "that") || (p_.is(at, the) && p_.is_word(at + 1, "same"));
  std::size_t start = skip(at, the);
  if (is_same) {
    start = p_.is_word(start, "same") || p_.is_word(start, "that") ? start + 1 : start;
    const Tag* word = p_.tag(start, unit);
    if (!is_period(word) || p_[start].text.ends_with("s")) return std::nullopt;
    PeriodNode node = unit_at(word->unit(), 0, word->next);
    node.mod = "ref_undef";
    return node;
  }
  const Tag* word = p_.tag(start, unit);
  if (!is_period(word) || p_[word->next - 1].text.ends_with("s")) return std::nullopt;
  const auto unit_said = word->unit();
  if (p_.is(word->next, Word::after) || p_.is(word->next, past)) {
    const std::size_t behind = word->next + 1;
    if (p_.is(behind, next)) return unit_at(unit_said, 2, skip(behind, next));
  }
  // "la semana que viene", "el mes pasado".
  if (p_.language().code != "en") {
    if (const Tag* ahead = p_.tag(word->next, following)) return unit_at(unit_said, 1, ahead->next);
    if (const Tag* back = p_.tag(word->next, prior)) return unit_at(unit_said, -1, back->next);
  }
  if (start == at) {
    // "weekend" alone; other units alone are lengths.
    if (unit_said == kWeekend && word_before(at) != "every" && word_before(at) != "each" &&
        !(at > 0 && (p_.is(at - 1, small) || p_.is_figures(at - 1))))
      return unit_at(kWeekend, 0, word->next);
    return std::nullopt;
  }
  if (p_.is_figures(word->next) || p_.is(word->next, of) || read_year(p_, word->next)) return std::nullopt;
  if (unit_said == kWeekend || unit_said == kWeek || unit_said == kMonth || unit_said == kYear) {
    return unit_at(unit_said, 0, word->next);
  }
  return std::nullopt;
}

// "next 3 weeks", "past two quarters", "3 next weeks", "the last 10 days".
std::optional<PeriodNode> TemporalReader::counted_period(std::size_t at) const {
  auto lead = which(at);
  double count = 0;
  std::size_t unit_place = at;
  if (lead) {
    const auto number = read_count(p_, lead->second);
    if (!number) {
      const Tag* word = p_.tag(lead->second, unit);
      if (word == nullptr) return std::nullopt;
      const bool is_plural = p_[word->next - 1].text.ends_with("s");
      if (word->unit() == kFortnight) {
        count = 1;
      } else if (is_plural) {
        count = 3;  // "the last weeks"
        return std::nullopt;
      } else {
        return std::nullopt;
      }
      unit_place = lead->second;
    } else {
      count = number->value;
      unit_place = number->next;
    }
  } else {
    const auto number = read_small(p_, at, 1, 99);
    if (!number) return std::nullopt;
    lead = which(number->next);
    if (!lead || p_.is(number->next, the)) return std::nullopt;
    count = number->value;
    unit_place = lead->second;
  }
  const Tag* word = p_.tag(unit_place, unit);
  if (word == nullptr || lead->first == 0) return std::nullopt;
  const auto unit_said = word->unit();
  if (unit_said <= kHour || unit_said == kNight) return std::nullopt;
  const int sign = lead->first > 0 ? 1 : -1;
  sys_days begin = ref_.today;
  sys_days end = ref_.today;
  if (unit_said == kQuarter) {
    const PeriodNode current = unit_at(kQuarter, 0, 0);
    begin = sign > 0 ? current.end[0] : add_units(current.begin[0], -count, kQuarter);
    end = sign > 0 ? add_units(current.end[0], count, kQuarter) : current.begin[0];
  } else if (unit_said == kDecade || unit_said == kCentury) {
    const int span = unit_said == kDecade ? 10 : 100;
    const int current = year_of_day(ref_.today) / span * span;
    const int from_year = sign > 0 ? current + span : current - span * int(count);
    begin = first_of_year(from_year);
    end = first_of_year(from_year + span * int(count));
  } else if (sign > 0) {
    begin = ref_.today + days(1);
    end = add_units(begin, count, unit_said);
  } else {
    begin = add_units(ref_.today, -count, unit_said);
  }
  DurationNode length;
  length.parts.emplace_back(count, unit_said);
  constexpr std::array<std::pair<Unit, std::pair<const char*, int>>, 9> kLetters{{{kDay, {"D", 1}},
                                                                                  {kWeek, {"W", 1}},
                                                                                  {kFortnight, {"W", 2}},
                                                                                  {kMonth, {"M", 1}},
                                                                                  {kQuarter, {"M", 3}},
                                                                                  {kYear, {"Y", 1}},
                                                                                  {kDecade, {"Y", 10}},
                                                                                  {kCentury, {"Y", 100}},
                                                                                  {kWorkday, {"BD", 1}}}};
  std::string size = "P1D";
  for (const auto& [each_unit, letter] : kLetters) {
    if (each_unit == unit_said) size = "P" + plain_number(count * letter.second) + letter.first;
  }
  PeriodNode node = certain(begin, end, word->next, unit_said, range_text(begin, end, size));
  node.is_relative = true;
  return node;
}

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
    if (const auto day = date(skip(word->next, of))) return around(*day, day->next, kWeekend);
  }
  if (const auto holiday_found = holiday_date(at)) {
    if (const Tag* word = p_.tag(holiday_found->next, unit); word != nullptr && word->unit() == kWeekend) {
      PeriodNode node = around(*holiday_found, word->next, kWeekend);
      // A holiday beside the weekend makes it longer.
      for (std::size_t i = 0; i < 2; ++i) {
        const sys_days day = i == 0 ? holiday_found->past : holiday_found->future;
        const int in_week = int(std::chrono::weekday(day).iso_encoding());
        if (in_week == 1) {
          node.begin[i] = day - days(2);
          node.end[i] = day + days(1);
        } else if (in_week >= 4 && in_week <= 5) {
          node.begin[i] = day;
        }
      }
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
      return certain(monday, monday + days(7), said != 0 ? end : number->next, kWeek,
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

// "Q1 2019", "2017 q1", "first quarter of the year", "2019 H2".
std::optional<PeriodNode> TemporalReader::quarter_period(std::size_t at) const {
  std::size_t i = skip(at, the);
  int year = 0;
  std::size_t end = i;
  bool is_year_first = false;
  if (const auto first = read_year(p_, i)) {
    year = int(first->value);
    i = first->next;
    if (p_.is_mark(i, '-') || p_.is_mark(i, '/') || p_.is_mark(i, ',')) ++i;
    is_year_first = true;
  } else if (const auto lead = which(i)) {
    if (const Tag* word = p_.tag(lead->second, unit); word != nullptr && word->unit() == kYear) {
      year = year_of_day(ref_.today) + std::clamp(lead->first, -1, 1);
      i = word->next;
      is_year_first = true;
    }
  }
  i = skip(i, the);
  int number = 0;
  int months_in = 3;
  if ((p_.is_word(i, "q") || p_.is_word(i, "h")) && p_.is_figures(i + 1) && p_[i + 1].is_glued &&
      p_[i + 1].text.size() == 1) {
    number = to_int(p_[i + 1].text);
    months_in = p_.is_word(i, "q") ? 3 : 6;
    if (months_in == 6 && !is_year_first && p_[i + 2].kind == Piece::Kind::mark) return std::nullopt;
    end = i + 2;
  } else {
    const auto nth = read_ordinal(p_, i);
    const bool is_last = !nth && p_.is(i, last);
    if (!nth && !is_last) return std::nullopt;
    number = nth ? int(nth->value) : 4;
    const std::size_t unit_place = nth ? nth->next : skip(i, last);
    const Tag* word = p_.tag(unit_place, unit);
    const bool is_half = p_.is_word(unit_place, "half");
    if (is_half) months_in = 6;
    if (is_last && is_half) number = 2;
    if (!is_half && (word == nullptr || word->unit() != kQuarter)) return std::nullopt;
    end = is_half ? unit_place + 1 : word->next;
    if (is_last && !p_.is(end, of)) return std::nullopt;
  }
  if (number < 1 || number > 12 / months_in) return std::nullopt;
  PeriodNode node{.next = end, .unit = kQuarter, .year = year};
  bool is_certain = year != 0;
  if (year == 0) {
    std::size_t year_at = skip(end, of);
    if (const auto lead = which(year_at)) {
      if (const Tag* word = p_.tag(lead->second, unit); word != nullptr && word->unit() == kYear) {
        year = year_of_day(ref_.today) + std::clamp(lead->first, -1, 1);
        node.next = word->next;
        is_certain = true;
      }
    } else if (p_.is(year_at, the) && p_.is_word(year_at + 1, "year") && !read_year(p_, year_at + 2)) {
      node.next = year_at + 2;
    } else if (const std::size_t with_year = year_after(end, year, true); year != 0) {
      node.next = with_year;
      is_certain = true;
    }
  }
  const int this_year = year_of_day(ref_.today);
  const auto begin_in = [&](int y) { return first_of_month(first_of_year(y), (number - 1) * months_in); };
  const std::string size = months_in == 3 ? "P3M" : "P6M";
  if (is_certain) {
    node.begin = {begin_in(year), begin_in(year)};
  } else {
    const bool has_begun = begin_in(this_year) <= ref_.today;
    node.is_certain = false;
    node.begin = {begin_in(has_begun ? this_year : this_year - 1), begin_in(has_begun ? this_year + 1 : this_year)};
  }
  node.end = {first_of_month(node.begin[0], months_in), first_of_month(node.begin[1], months_in)};
  node.timex = is_certain ? range_text(node.begin[0], node.end[0], size)
                          : "(XXXX" + date_text(node.begin[1]).substr(4) + ",XXXX" + date_text(node.end[1]).substr(4) +
                                "," + size + ")";
  return node;
}

// Decades, centuries and seasons.
std::optional<PeriodNode> TemporalReader::long_period(std::size_t at) const {
  const auto lead = which(at);
  const std::size_t start = lead ? lead->second : skip(at, the);
  const auto decade_of = [&](int first, std::size_t next) {
    return certain(first_of_year(first), first_of_year(first + 10), next, kDecade,
                   range_text(first_of_year(first), first_of_year(first + 10), "P10Y"));
  };
  const auto either = [&](int two, std::size_t next) {
    PeriodNode node = decade_of(1900 + two, next);
    if (two >= 30 || two == 0) {
      node.is_certain = false;
      node.begin[1] = first_of_year(2000 + two);
      node.end[1] = first_of_year(2010 + two);
      node.timex = "(XX" + two_figures(two) + "-01-01,XX" + (two == 90 ? "00" : two_figures(two + 10)) + "-01-01,P10Y)";
    }
    return node;
  };
  if (p_.is_figures(start) && p_.is_word(start + 1, "s") && p_[start + 1].is_glued) {
    const int value = to_int(p_[start].text);
    if (p_[start].text.size() == 4 && value % 10 == 0 && value >= 1500 && value <= 2100)
      return decade_of(value, start + 2);
    if (p_[start].text.size() == 2 && value % 10 == 0) return either(value, start + 2);
  }
  if (const Tag* name = p_.tag(start, decade)) {
    if (name->value >= 1000) return decade_of(int(name->value), name->next);
    return either(int(name->value), name->next);
  }
  if (const auto century = read_small(p_, start, 15, 20);
      century && !century->in_figures && p_.is(century->next, decade)) {
    const Tag* name = p_.tag(century->next, decade);
    return decade_of(int(century->value) * 100 + int(name->value), name->next);
  }
  if (const auto nth = read_ordinal(p_, start); nth && nth->value <= 30) {
    if (const Tag* word = p_.tag(nth->next, unit); word != nullptr && word->unit() == kCentury) {
      const int first = (int(nth->value) - 1) * 100;
      PeriodNode node = certain(first_of_year(first), first_of_year(first + 100), word->next, kCentury, {});
      node.timex = range_text(node.begin[0], node.end[0], "P100Y");
      return node;
    }
  }
  if (const Tag* name = p_.tag(start, season)) {
    constexpr std::array<std::string_view, 5> kCodes{"", "SP", "SU", "FA", "WI"};
    int year = 0;
    std::size_t end = year_after(name->next, year, true);
    if (year == 0) end = name->next;
    if (lead) year = year_of_day(ref_.today) + std::clamp(lead->first, -1, 1);
    if (year == 0) {
      if (const auto then = which(skip(end, of))) {
        if (const Tag* word = p_.tag(then->second, unit); word != nullptr && word->unit() == kYear) {
          year = year_of_day(ref_.today) + std::clamp(then->first, -1, 1);
          end = word->next;
        }
      }
    }
    PeriodNode node{.next = end, .is_placed = false, .unit = kQuarter, .year = year};
    node.timex = (year != 0 ? year_text(year) + "-" : std::string()) + std::string(kCodes[std::size_t(name->value)]);
    const std::string_view text = p_[start].text;
    // "spring" and "fall" have other meanings.
    node.is_weak = (text == "spring" || text == "fall") && year == 0 && word_before(at) != "in" && start == at;
    return node;
  }
  return std::nullopt;
}

std::optional<PeriodNode> TemporalReader::plain_period(std::size_t at) const {
  std::optional<PeriodNode> best;
  const auto take = [&](std::optional<PeriodNode> found) {
    if (found && (!best || found->next > best->next)) best = std::move(found);
  };
  take(quarter_period(at));
  take(month_period(at));
  take(week_period(at));
  take(counted_period(at));
  take(unit_period(at));
  take(long_period(at));
  take(year_period(at));
  return best;
}

// "the end of 1989", "mid-November", "later this week", "beginning of the year".
std::optional<PeriodNode> TemporalReader::part_of_period(std::size_t at) const {
  std::size_t here = at;
  std::string mod;
  bool is_comparative = false;
  if (const Tag* tag = p_.tag(here, start_of)) {
    mod = "start";
    here = tag->next;
  } else if (const Tag* tag_mid = p_.tag(here, mid_of)) {
    mod = "mid";
    here = tag_mid->next;
  } else if (const Tag* tag_end = p_.tag(here, end_of)) {
    mod = "end";
    here = tag_end->next;
  } else if (const Tag* tag_early = p_.tag(here, early)) {
    mod = "start";
    is_comparative = tag_early->value >= 1;
    here = tag_early->value == 2 ? tag_early->next - 1 : tag_early->next;
  } else if (const Tag* tag_late = p_.tag(here, late)) {
    mod = "end";
    is_comparative = tag_late->value >= 1;
    here = tag_late->next;
  } else {
    return std::nullopt;
  }
  auto node = plain_period(here);
  if (!node || !node->is_placed || !node->mod.empty()) return std::nullopt;
  if (node->is_weak && node->unit != kMonth) {
    if (node->unit != kYear || !p_.is_figures(here)) return std::nullopt;
  }
  node->is_weak = false;
  node->mod = mod;
  for (std::size_t i = 0; i < 2; ++i) {
    sys_days& begin = node->begin[i];
    sys_days& end = node->end[i];
    const sys_days first = begin;
    switch (node->unit) {
      case kYear:
        if (node->is_relative) {
          const sys_days middle = first_of_month(first, 6);
          if (mod == "start") {
            end = is_comparative && ref_.today < middle && ref_.today > first ? ref_.today : middle;
          } else if (mod == "end") {
            begin = middle;
          } else {
            begin = first_of_month(first, 3);
            end = first_of_month(first, 9);
          }
        } else {
          if (mod == "start") end = first_of_month(first, 4);
          if (mod == "mid") begin = first_of_month(first, 4), end = first_of_month(first, 8);
          if (mod == "end") begin = first_of_month(first, 8);
        }
        break;
      case kMonth:
        if (mod == "start") end = first + days(15);
        if (mod == "mid") begin = first + days(9), end = first + days(20);
        if (mod == "end") begin = first + days(15);
        break;
      case kWeek:
        if (mod == "start") end = first + days(3);
        if (mod == "mid") begin = first + days(2), end = first + days(4);
        if (mod == "end") begin = first + days(3);
        break;
      default: {
        const auto third = (end - begin) / 3;
        const auto half = (end - begin) / 2;
        if (mod == "start") end = begin + half;
        if (mod == "end") begin = begin + half;
        if (mod == "mid") begin += third, end -= third;
        break;
      }
    }
  }
  return node;
}

std::optional<PeriodNode> TemporalReader::period(std::size_t at) const {
  auto whole = plain_period(at);
  auto part = part_of_period(at);
  if (part && (!whole || part->next >= whole->next)) return part;
  return whole;
}

}  // namespace offhook::brain::extract
