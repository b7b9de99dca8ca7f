#include <algorithm>
#include <array>
#include <cmath>

#include "brain/extract/temporal_reader.hpp"

namespace offhook::brain::extract {
namespace {

using enum Word;
using std::chrono::days;

// A word that is nothing to the calendar's grammar: "may" before one is a verb.
bool is_plain_word(const Pieces& pieces, std::size_t at) {
  if (pieces[at].kind != Piece::Kind::word) return false;
  return !pieces.is(at, to) && !pieces.is(at, and_) && !pieces.is(at, of) && !pieces.is(at, Word::at) &&
         !pieces.is(at, on) && !pieces.is(at, from) && !pieces.is(at, for_) && !pieces.is(at, this_) &&
         !pieces.is(at, next) && !pieces.is(at, last) && pieces[at].text != "or";
}

}  // namespace

PeriodNode TemporalReader::year_of(int year, std::size_t next) const {
  PeriodNode node = certain_period(first_of_year(year), first_of_year(year + 1), next, kYear, year_text(year));
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
      node = certain_period(monday, monday + days(7), next, unit, week_text(monday));
      break;
    }
    case kWorkweek: {
      const sys_days monday = monday_of(today) + days(7 * offset);
      node = certain_period(monday, monday + days(5), next, unit, week_text(monday));
      break;
    }
    case kWeekend: {
      const sys_days saturday = monday_of(today) + days(7 * offset + 5);
      node = certain_period(saturday, saturday + days(2), next, unit, week_text(saturday) + "-WE");
      break;
    }
    case kMonth: {
      const sys_days first = first_of_month(today, offset);
      node = certain_period(first, first_of_month(first, 1), next, unit, date_text(first).substr(0, 7));
      node.year = year_of_day(first);
      node.month = month_of_day(first);
      break;
    }
    case kQuarter: {
      const sys_days first =
          first_of_month(first_of_year(year_of_day(today)), (month_of_day(today) - 1) / 3 * 3 + 3 * offset);
      const sys_days end = first_of_month(first, 3);
      node = certain_period(first, end, next, unit, range_text(first, end, "P3M"));
      break;
    }
    case kHalfYear: {
      const sys_days first =
          first_of_month(first_of_year(year_of_day(today)), (month_of_day(today) - 1) / 6 * 6 + 6 * offset);
      const sys_days end = first_of_month(first, 6);
      node = certain_period(first, end, next, unit, range_text(first, end, "P6M"));
      break;
    }
    case kDecade: {
      const int first = (year_of_day(today) / 10 + offset) * 10;
      node = certain_period(first_of_year(first), first_of_year(first + 10), next, unit,
                            range_text(first_of_year(first), first_of_year(first + 10), "P10Y"));
      break;
    }
    case kCentury: {
      const int first = (year_of_day(today) / 100 + offset) * 100;
      node = certain_period(first_of_year(first), first_of_year(first + 100), next, unit,
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
    if (is_clean && a.size() <= 2 && b.size() == 4 && figures_value(a) >= 1 && figures_value(a) <= 12 &&
        figures_value(b) >= 1500 && figures_value(b) <= 2100)
      return month_of(figures_value(b), figures_value(a), at + 3);
    if (is_clean && b.size() <= 2 && a.size() == 4 && figures_value(b) >= 1 && figures_value(b) <= 12 &&
        figures_value(a) >= 1500 && figures_value(a) <= 2100)
      return month_of(figures_value(a), figures_value(b), at + 3);
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
    if (p_.is_figures(i) && p_[i].text.size() == 2) return unplaced(prefix, 2000 + figures_value(p_[i].text), i + 1);
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
      return year_of(2000 + figures_value(p_[word->next].text), word->next + 1);
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
  if (p_.is(word->next, before) && p_.is_word(word->next + 1, "last")) return unit_at(unit_said, -2, word->next + 2);
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
  // "the rest of the week": from today on.
  if (const std::size_t rest = skip(at, the); p_.is_word(rest, "rest")) {
    std::size_t whole_at = skip(rest + 1, of);
    if (p_.is_word(whole_at, "my")) ++whole_at;
    auto whole = plain_period(whole_at);
    if (!whole) {
      const Tag* word = p_.tag(whole_at, unit);
      if (word != nullptr && (word->unit() == kWeek || word->unit() == kMonth || word->unit() == kYear)) {
        whole = unit_at(word->unit(), 0, word->next);
      }
    }
    if (!whole || !whole->is_placed || !whole->is_relative || whole->begin[0] > ref_.today) return std::nullopt;
    whole->begin = {ref_.today, ref_.today};
    whole->timex =
        range_text(ref_.today, whole->end[0], "P" + std::to_string((whole->end[0] - ref_.today).count()) + "D");
    return whole;
  }
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
