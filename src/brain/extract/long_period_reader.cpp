#include <algorithm>
#include <array>

#include "brain/extract/temporal_reader.hpp"

namespace offhook::brain::extract {
namespace {

using enum Word;
using std::chrono::days;

constexpr double kMostCounted = 100;  // units from now that are a stretch somebody means

}  // namespace

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
  if (word == nullptr || lead->first == 0 || count > kMostCounted) return std::nullopt;
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
  PeriodNode node = certain_period(begin, end, word->next, unit_said, range_text(begin, end, size));
  node.is_relative = true;
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
    number = figures_value(p_[i + 1].text);
    months_in = p_.is_word(i, "q") ? 3 : 6;
    if (months_in == 6 && !is_year_first && p_[i + 2].kind == Piece::Kind::mark) return std::nullopt;
    end = i + 2;
  } else {
    const auto nth = read_ordinal(p_, i);
    const bool is_last = !nth && p_.is(i, last);
    if ((!nth && !is_last) || (nth && nth->value > 4)) return std::nullopt;
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
    return certain_period(first_of_year(first), first_of_year(first + 10), next, kDecade,
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
    const int value = figures_value(p_[start].text);
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
      PeriodNode node = certain_period(first_of_year(first), first_of_year(first + 100), word->next, kCentury, {});
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

}  // namespace offhook::brain::extract
