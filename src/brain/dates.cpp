#include "brain/dates.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "base/text.hpp"
#include "brain/numbers.hpp"

namespace offhook::brain {
namespace {

using namespace std::chrono;

constexpr auto kWeekdays =
    std::to_array<std::string_view>({"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"});
constexpr auto kShortWeekdays = std::to_array<std::string_view>({"sun", "mon", "tue", "wed", "thu", "fri", "sat"});
constexpr auto kMonths =
    std::to_array<std::string_view>({"january", "february", "march", "april", "may", "june", "july", "august",
                                     "september", "october", "november", "december"});
constexpr auto kShortMonths =
    std::to_array<std::string_view>({"jan", "feb", "mar", "apr", "", "jun", "jul", "aug", "sept", "oct", "nov", "dec"});

struct Reader {
  std::span<const Token> tokens;
  std::size_t start;
  const Moment& moment;

  [[nodiscard]] std::string_view word(std::size_t at) const {
    return at < tokens.size() ? std::string_view(tokens[at].text) : std::string_view();
  }
  [[nodiscard]] sys_days today() const { return sys_days(moment.today); }

  [[nodiscard]] std::optional<unsigned> weekday_at(std::size_t at) const {
    std::string_view name = word(at);
    for (unsigned day = 0; day < 7; ++day) {
      if (name == kWeekdays[day] || name == kShortWeekdays[day]) {
        // "sat" and "sun" are words too: only a capital makes them days.
        const bool is_word = name == "sat" || name == "sun" || name == "wed" || name == "mon";
        if (is_word && !tokens[at].is_capital) return std::nullopt;
        return day;
      }
      if (name.size() > 1 && name.ends_with('s') && name.substr(0, name.size() - 1) == kWeekdays[day]) return day;
    }
    return std::nullopt;
  }

  [[nodiscard]] std::optional<unsigned> month_at(std::size_t at) const {
    const std::string_view name = word(at);
    if (name.empty()) return std::nullopt;
    for (unsigned month = 0; month < 12; ++month) {
      if (name == kMonths[month] || name == kShortMonths[month] || (month == 8 && name == "sep")) return month + 1;
    }
    return std::nullopt;
  }

  [[nodiscard]] std::size_t used(std::size_t at) const { return at - start; }

  [[nodiscard]] std::optional<DateSpan> span(sys_days day, std::size_t end, bool is_weak = false) const {
    return DateSpan{.date = year_month_day(day), .count = used(end), .is_weak = is_weak};
  }

  // The next such day of the year, today included.
  [[nodiscard]] std::optional<DateSpan> next_month_day(unsigned m, unsigned d, std::size_t end, bool is_weak) const {
    for (int years = 0; years <= 8; ++years) {
      const year_month_day date{moment.today.year() + std::chrono::years(years), month(m), day(d)};
      if (date.ok() && sys_days(date) >= today()) return DateSpan{.date = date, .count = used(end), .is_weak = is_weak};
    }
    return std::nullopt;
  }

  [[nodiscard]] std::optional<DateSpan> with_year(unsigned m, unsigned d, std::size_t end, bool is_weak) const {
    std::size_t at = end;
    if (word(at) == "," || word(at) == "of" || word(at) == "in") ++at;
    if (const auto year_span = read_year(tokens, at)) {
      const year_month_day date{year(static_cast<int>(year_span->value)), month(m), day(d)};
      // "March 5 nineteen …" is a year; "March 5 twenty dollars" never gets here.
      if (!date.ok()) return std::nullopt;
      return DateSpan{.date = date, .count = used(at + year_span->count), .has_year = true};
    }
    // "April 12, 85", "april twelfth eighty five": a date of birth. Smaller figures are more likely an hour.
    const auto decade = read_number(tokens, at);
    const bool is_last = decade && (at + decade->count >= tokens.size() || tokens[at + decade->count].is_mark);
    if (is_last && !decade->has_scale && decade->value >= 30 && decade->value <= 99 &&
        decade->value == int(decade->value)) {
      const year_month_day date{year(1900 + static_cast<int>(decade->value)), month(m), day(d)};
      if (!date.ok()) return std::nullopt;
      return DateSpan{.date = date, .count = used(at + decade->count), .has_year = true, .is_weak = true};
    }
    return next_month_day(m, d, end, is_weak);
  }

  [[nodiscard]] sys_days next_weekday(unsigned wanted) const {
    const unsigned current = weekday(today()).c_encoding();
    const unsigned ahead = (wanted + 7 - current) % 7;
    return today() + days(ahead == 0 ? 7 : ahead);
  }

  // The Monday of the running week.
  [[nodiscard]] sys_days monday() const { return today() - days(weekday(today()).iso_encoding() - 1); }

  [[nodiscard]] sys_days first_of_month(int months_ahead) const {
    const auto month_start = year_month(moment.today.year(), moment.today.month()) + months(months_ahead);
    return sys_days(month_start / day(1));
  }

  [[nodiscard]] std::optional<DateSpan> numeric() const;
  [[nodiscard]] std::optional<DateSpan> spaced_figures() const;
  [[nodiscard]] std::optional<DateSpan> month_names() const;
  [[nodiscard]] std::optional<DateSpan> ordinals() const;
  [[nodiscard]] std::optional<DateSpan> relative() const;
  [[nodiscard]] std::optional<DateSpan> weekdays() const;
  [[nodiscard]] std::optional<DateSpan> month_parts() const;
};

std::vector<int> figures_of(std::string_view text) {
  std::vector<int> out;
  int value = 0;
  bool open = false;
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      value = std::min(value * 10 + (c - '0'), 99999);
      open = true;
    } else {
      out.push_back(value);
      value = 0;
      open = false;
    }
  }
  if (open) out.push_back(value);
  return out;
}

// The upper end of "3-4", one token as it is written.
std::optional<int> figure_range(std::string_view text) {
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos || dash == 0 || text.find_first_not_of("0123456789-") != std::string_view::npos)
    return std::nullopt;
  const auto parts = figures_of(text);
  if (parts.size() != 2 || parts[1] > 59) return std::nullopt;
  return parts[1];
}

// "2026-03-05", "3/14", "12/04/1985", "4-12-85".
std::optional<DateSpan> Reader::numeric() const {
  const std::string_view text = word(start);
  if (start >= tokens.size() || !tokens[start].is_number) return std::nullopt;
  const bool has_slash = text.contains('/');
  const bool has_dash = text.contains('-');
  if (has_slash == has_dash || text.contains(':') || text.contains(',') || text.contains('+')) return std::nullopt;
  if (!has_slash && text.contains('.')) return std::nullopt;
  const auto parts = figures_of(text);
  if (parts.size() == 3 && parts[0] > 1000) {
    const year_month_day date{year(parts[0]), month(unsigned(parts[1])), day(unsigned(parts[2]))};
    if (!date.ok()) return std::nullopt;
    return DateSpan{.date = date, .count = 1, .has_year = true};
  }
  if ((parts.size() == 2 && !has_slash) || parts.size() < 2 || parts.size() > 3) return std::nullopt;
  auto m = unsigned(parts[0]);
  auto d = unsigned(parts[1]);
  if (!moment.is_month_first || (m > 12 && d <= 12)) std::swap(m, d);
  if (m > 12 || m == 0 || d == 0 || d > 31) return std::nullopt;
  if (parts.size() == 2) return next_month_day(m, d, start + 1, false);
  int y = parts[2];
  if (y < 100) {
    // Two figures: this century unless that lies more than a few years ahead (a date of birth).
    y += 2000;
    if (y > int(moment.today.year()) + 5) y -= 100;
  }
  const year_month_day date{year(y), month(m), day(d)};
  if (!date.ok()) return std::nullopt;
  return DateSpan{.date = date, .count = 1, .has_year = true};
}

// "04 12 1985" said figure by figure: thin, so only where a date was asked for.
std::optional<DateSpan> Reader::spaced_figures() const {
  if (start + 2 >= tokens.size() || !tokens[start].is_number || !tokens[start + 1].is_number) return std::nullopt;
  const auto first = read_small(tokens, start);
  const auto second = read_small(tokens, start + 1);
  const auto year_span = read_year(tokens, start + 2);
  if (!first || !second || !year_span) return std::nullopt;
  auto m = unsigned(first->value);
  auto d = unsigned(second->value);
  if (!moment.is_month_first || (m > 12 && d <= 12)) std::swap(m, d);
  const year_month_day date{year(static_cast<int>(year_span->value)), month(m), day(d)};
  if (!date.ok()) return std::nullopt;
  return DateSpan{.date = date, .count = 2 + year_span->count, .has_year = true, .is_weak = true};
}

// "March 5", "march the fifth", "early April", "in April", "mid june".
std::optional<DateSpan> Reader::month_names() const {
  std::size_t at = start;
  unsigned part_day = 0;
  if (word(at) == "early" || word(at) == "beginning" || word(at) == "start") part_day = 1;
  if (word(at) == "mid" || word(at) == "middle") part_day = 15;
  if (word(at) == "late") part_day = 25;
  if (part_day != 0) {
    ++at;
    if (word(at) == "of" || word(at) == "-") ++at;
    const auto named = month_at(at);
    if (!named) return std::nullopt;
    return next_month_day(*named, part_day, at + 1, false);
  }
  const auto named = month_at(at);
  if (!named) return std::nullopt;
  const bool is_word = word(at) == "may" || word(at) == "march" || word(at) == "mar";
  ++at;
  if (word(at) == "the") ++at;
  if (const auto ordinal = read_ordinal(tokens, at)) {
    return with_year(*named, unsigned(ordinal->value), at + ordinal->count, false);
  }
  if (const auto figure = read_small(tokens, at); figure && figure->value >= 1 && figure->value <= 31) {
    return with_year(*named, unsigned(figure->value), at + figure->count, false);
  }
  if (const auto year_span = read_year(tokens, start + 1)) {
    return with_year(*named, 1, start + 1, false);
  }
  const bool after_preposition =
      start > 0 && (word(start - 1) == "in" || word(start - 1) == "by" || word(start - 1) == "of" ||
                    word(start - 1) == "from" || word(start - 1) == "for" || word(start - 1) == "until");
  return next_month_day(*named, 1, start + 1, !after_preposition || (is_word && !tokens[start].is_capital));
}

// "the 5th", "5th of March", "first of April", "first of next month", "the first".
std::optional<DateSpan> Reader::ordinals() const {
  std::size_t at = start;
  const bool has_article = word(at) == "the";
  if (has_article) ++at;
  if (const auto figure = read_small(tokens, at);
      figure && !has_article && figure->value >= 1 && figure->value <= 31 && month_at(at + figure->count)) {
    // "5 March", "12 April 1985"; "2 may" is too thin without a capital.
    const std::size_t name = at + figure->count;
    const bool is_weak = word(name) == "may" && !tokens[name].is_capital;
    return with_year(*month_at(name), unsigned(figure->value), name + 1, is_weak);
  }
  const auto ordinal = read_ordinal(tokens, at);
  if (!ordinal) return std::nullopt;
  const auto wanted = unsigned(ordinal->value);
  at += ordinal->count;
  std::size_t next = at;
  if (word(next) == "day") ++next;
  if (word(next) == "of") ++next;
  if (const auto named = month_at(next)) return with_year(*named, wanted, next + 1, false);
  if (starts_at(tokens, next, "next month") || starts_at(tokens, next, "the next month") ||
      starts_at(tokens, next, "the coming month")) {
    const std::size_t end = next + (word(next) == "the" ? 3 : 2);
    return span(first_of_month(1) + days(wanted - 1), end);
  }
  if (next != at && (starts_at(tokens, next, "this month") || starts_at(tokens, next, "the month"))) {
    const sys_days day_this_month = first_of_month(0) + days(wanted - 1);
    return span(day_this_month >= today() ? day_this_month : first_of_month(1) + days(wanted - 1), next + 2);
  }
  // "the second one", "the first option" count things, not days.
  const bool counts_things = word(at) == "one" || word(at) == "option" || word(at) == "time" || word(at) == "slot" ||
                             word(at) == "floor" || word(at) == "card";
  if (counts_things) return std::nullopt;
  for (int ahead = 0; ahead <= 2; ++ahead) {
    const auto this_month = year_month(moment.today.year(), moment.today.month()) + months(ahead);
    const year_month_day date = this_month / day(wanted);
    if (date.ok() && sys_days(date) >= today()) {
      const bool is_weak = !tokens[at - 1].is_number && !has_article;
      // "the first" and "the second" pick from a list as often as they name a day.
      return DateSpan{.date = date, .count = used(at), .is_weak = is_weak || (wanted <= 2 && !ordinal->in_figures)};
    }
  }
  return std::nullopt;
}

std::optional<DateSpan> Reader::relative() const {
  if (word(start) == "today" || word(start) == "tonight") return span(today(), start + 1);
  if (word(start) == "tomorrow") return span(today() + days(1), start + 1);
  if (starts_at(tokens, start, "this afternoon") || starts_at(tokens, start, "this evening") ||
      starts_at(tokens, start, "this morning")) {
    return span(today(), start + 2);
  }
  if (starts_at(tokens, start, "the day after tomorrow")) return span(today() + days(2), start + 4);
  if (starts_at(tokens, start, "day after tomorrow")) return span(today() + days(2), start + 3);
  if (starts_at(tokens, start, "this weekend") || starts_at(tokens, start, "the weekend")) {
    const sys_days saturday = monday() + days(5);
    return span(std::max(saturday, today()), start + 2);
  }
  if (starts_at(tokens, start, "next weekend")) return span(monday() + days(12), start + 2);
  if (starts_at(tokens, start, "next week")) return span(monday() + days(7), start + 2, true);
  for (const std::string_view soon : {"as soon as possible", "right away", "asap", "immediately", "right now", "now"}) {
    if (starts_at(tokens, start, soon)) return span(today(), start + split(soon, ' ').size(), true);
  }
  // "in two weeks", "two weeks from now", "a week from Friday".
  std::size_t at = start;
  bool has_in = word(at) == "in" || word(at) == "within";
  if (has_in) ++at;
  for (const std::string_view span_word : {"the", "next", "coming"}) {
    if (word(at) != span_word) continue;
    has_in = has_in || span_word != "the";  // "next three months" says as much as "in three months"
    ++at;
  }
  if (word(at) == "about" || word(at) == "around" || word(at) == "another") ++at;
  int amount = 0;
  if (word(at) == "a" || word(at) == "one") {
    amount = 1;
    ++at;
  }
  if (word(at) == "couple" || word(at) == "few") {
    amount = word(at) == "few" ? 3 : 2;
    ++at;
    if (word(at) == "of") ++at;
  } else if (amount > 0) {
    // "a month", "one week"
  } else if (const auto range = figure_range(word(at))) {
    amount = *range;
    ++at;
  } else if (const auto figure = read_small(tokens, at)) {
    amount = int(figure->value);
    at += figure->count;
    // "two or three months", "three to six months": the later end.
    if (word(at) == "or" || word(at) == "to") {
      if (const auto upper = read_small(tokens, at + 1)) {
        amount = int(upper->value);
        at += 1 + upper->count;
      }
    }
  } else {
    return std::nullopt;
  }
  const std::string_view unit = word(at);
  ++at;
  int unit_days = 0;
  bool is_month = false;
  if (unit == "day" || unit == "days") unit_days = 1;
  if (unit == "week" || unit == "weeks") unit_days = 7;
  if (unit == "month" || unit == "months") is_month = true;
  if (unit == "year" || unit == "years") {
    is_month = true;
    amount *= 12;
  }
  if (unit_days == 0 && !is_month) return std::nullopt;
  bool is_bare = false;  // "3 months" alone may be a lease, a duration, an age
  sys_days base = today();
  if (starts_at(tokens, at, "from now") || starts_at(tokens, at, "from today")) {
    at += 2;
  } else if (word(at) == "from" || word(at) == "after") {
    const auto from = read_date(tokens, at + 1, moment);
    if (!from) return std::nullopt;
    base = sys_days(from->date);
    at += 1 + from->count;
  } else {
    is_bare = !has_in;
  }
  if (!is_month) return span(base + days(amount * unit_days), at, is_bare);
  auto date = year_month_day(base) + months(amount);
  if (!date.ok()) date = date.year() / date.month() / last;
  return span(sys_days(date), at, is_bare);
}

std::optional<DateSpan> Reader::weekdays() const {
  std::size_t at = start;
  const std::string_view lead = word(at);
  const bool is_next = lead == "next" || lead == "following";
  if (is_next || lead == "this" || lead == "coming" || lead == "upcoming") ++at;
  const auto wanted = weekday_at(at);
  if (!wanted) return std::nullopt;
  ++at;
  sys_days day_found = next_weekday(*wanted);
  if (is_next) day_found = monday() + days(7 + (*wanted + 6) % 7);
  if (lead == "this" && weekday(today()).c_encoding() == *wanted) day_found = today();
  if (starts_at(tokens, at, "next week")) {
    day_found = monday() + days(7 + (*wanted + 6) % 7);
    at += 2;
  }
  // "Saturday, March 7" and "Saturday the 7th": the exact date wins over the weekday's name.
  std::size_t exact_at = at;
  if (word(exact_at) == ",") ++exact_at;
  if (!weekday_at(exact_at)) {
    const Reader exact{tokens, exact_at, moment};
    auto named = exact.month_names();
    if (!named) named = exact.ordinals();
    if (!named) named = exact.numeric();
    if (named && !named->is_weak) {
      named->count += exact_at - start;
      return named;
    }
  }
  return span(day_found, at);
}

std::optional<DateSpan> Reader::month_parts() const {
  std::size_t at = start;
  if (word(at) == "the") ++at;
  const std::string_view part = word(at);
  const bool is_end = part == "end";
  const bool is_start = part == "beginning" || part == "start";
  if ((is_end || is_start || part == "middle") && word(at + 1) == "of") {
    const std::size_t which = at + 2;
    if (const auto named = month_at(which)) {
      const auto first = next_month_day(*named, is_start ? 1 : 15, which + 1, false);
      if (!first || !is_end) return first;
      return span(sys_days(first->date.year() / first->date.month() / last), which + 1);
    }
    if (is_end && (starts_at(tokens, which, "the year") || starts_at(tokens, which, "this year"))) {
      return span(sys_days(moment.today.year() / December / 31), which + 2);
    }
    int ahead = -1;
    if (starts_at(tokens, which, "the month") || starts_at(tokens, which, "this month")) ahead = 0;
    if (starts_at(tokens, which, "next month")) ahead = 1;
    if (ahead < 0) return std::nullopt;
    if (is_end) return span(first_of_month(ahead + 1) - days(1), which + 2);
    const sys_days found = first_of_month(ahead) + days(is_start ? 0 : 14);
    return span(found >= today() ? found : first_of_month(ahead + 1) + days(is_start ? 0 : 14), which + 2);
  }
  if (starts_at(tokens, start, "next month")) return span(first_of_month(1), start + 2);
  if (starts_at(tokens, start, "next year")) {
    return span(sys_days((moment.today.year() + years(1)) / January / 1), start + 2);
  }
  if (starts_at(tokens, start, "this year")) return span(sys_days(moment.today.year() / December / 31), start + 2);
  return std::nullopt;
}

}  // namespace

std::optional<DateSpan> read_date(std::span<const Token> tokens, std::size_t at, const Moment& moment) {
  const Reader reader{tokens, at, moment};
  using Rule = std::optional<DateSpan> (Reader::*)() const;
  constexpr std::array<Rule, 7> kRules{&Reader::numeric,  &Reader::spaced_figures, &Reader::month_parts,
                                       &Reader::weekdays, &Reader::relative,       &Reader::month_names,
                                       &Reader::ordinals};
  std::optional<DateSpan> best;
  for (const Rule rule : kRules) {
    const auto found = (reader.*rule)();
    if (found && (!best || found->count > best->count)) best = found;
  }
  return best;
}

std::string spoken_date(year_month_day date, year_month_day today) {
  const auto capital = [](std::string_view name) {
    std::string out(name);
    out.front() = static_cast<char>(out.front() - 'a' + 'A');
    return out;
  };
  std::string out = capital(kWeekdays[weekday(sys_days(date)).c_encoding()]) + ", " +
                    capital(kMonths[unsigned(date.month()) - 1]) + " " + std::to_string(unsigned(date.day()));
  if (date.year() != today.year()) out += ", " + std::to_string(int(date.year()));
  return out;
}

}  // namespace offhook::brain
