#include <algorithm>
#include <array>

#include "brain/extract/temporal_reader.hpp"

namespace offhook::brain::extract {
namespace {

using enum Word;
using std::chrono::days;
using std::chrono::seconds;

constexpr int kDaySeconds = 86400;

Civil of_time(int second) { return Civil(seconds(second)); }

}  // namespace

TemporalReader::Found TemporalReader::found(TemporalKind kind, std::size_t at, std::size_t next_at,
                                            std::vector<Value> values, std::string mod) const {
  return {.temporal = {.kind = kind,
                       .begin = p_[at].begin,
                       .end = p_[next_at - 1].end,
                       .mod = std::move(mod),
                       .values = std::move(values)},
          .next = next_at};
}

std::vector<TemporalValue> TemporalReader::values_of(const DateNode& date) const {
  if (!date.is_possible) return {{.timex = date.timex}};
  std::vector<Value> values{{.timex = date.timex, .at = Civil(date.past)}};
  if (!date.is_certain) values.push_back({.timex = date.timex, .at = Civil(date.future)});
  return values;
}

std::vector<TemporalValue> TemporalReader::values_of(const PeriodNode& period) const {
  if (!period.is_placed) return {{.timex = period.timex}};
  std::vector<Value> values{{.timex = period.timex, .from = Civil(period.begin[0]), .until = Civil(period.end[0])}};
  if (!period.is_certain)
    values.push_back({.timex = period.timex, .from = Civil(period.begin[1]), .until = Civil(period.end[1])});
  return values;
}

std::vector<TemporalValue> TemporalReader::values_of(const TimeNode& time) const {
  if (!time.is_ambiguous) return {{.timex = time_text(time.second, time.precision), .at = of_time(time.second)}};
  const int morning = time.second % (kDaySeconds / 2);
  const int evening = morning + kDaySeconds / 2;
  // Twelve is noon first.
  const bool is_twelve = time.second >= kDaySeconds / 2;
  const int first = is_twelve ? evening : morning;
  const int second = is_twelve ? morning : evening;
  return {{.timex = time_text(first, time.precision), .at = of_time(first)},
          {.timex = time_text(second, time.precision), .at = of_time(second)}};
}

std::vector<TemporalValue> TemporalReader::values_of(const SpanNode& span) const {
  std::vector<Value> values;
  for (const auto& reading : span.readings) {
    std::string timex = span.part;
    if (timex.empty()) {
      const int length = (reading.until - reading.from + kDaySeconds) % kDaySeconds;
      timex = "(" + reading.from_timex + "," + reading.until_timex + "," + span_text(length) + ")";
    }
    values.push_back({.timex = std::move(timex), .from = of_time(reading.from), .until = of_time(reading.until)});
  }
  return values;
}

std::vector<TemporalValue> TemporalReader::at_time(const DateNode& date, const TimeNode& time) const {
  std::vector<Value> values;
  for (const auto& clock : values_of(time)) {
    const auto second = *clock.at - Civil();
    values.push_back({.timex = date.timex + clock.timex, .at = Civil(date.past) + second});
    if (!date.is_certain) values.push_back({.timex = date.timex + clock.timex, .at = Civil(date.future) + second});
  }
  return values;
}

std::vector<TemporalValue> TemporalReader::in_span(const DateNode& date, const SpanNode& span) const {
  std::vector<Value> values;
  for (const auto& reading : span.readings) {
    const int until = reading.until < reading.from ? reading.until + kDaySeconds : reading.until;
    std::string timex = date.timex + span.part;
    if (span.part.empty()) {
      timex = "(" + date.timex + reading.from_timex + "," + date.timex + reading.until_timex + "," +
              span_text(until - reading.from) + ")";
    }
    for (const sys_days day : {date.past, date.future}) {
      values.push_back(
          {.timex = timex, .from = Civil(day) + seconds(reading.from), .until = Civil(day) + seconds(until)});
      if (date.is_certain) break;
    }
  }
  return values;
}

// "the end of tomorrow", "eod", "end of day".
std::optional<TemporalReader::Found> TemporalReader::end_of_day(std::size_t at) const {
  const std::size_t start = skip(at, the);
  const auto last_second = [&](const DateNode& day, std::size_t next_at) {
    std::vector<Value> values;
    for (const sys_days each : {day.past, day.future}) {
      values.push_back({.timex = day.timex + "T23:59:59", .at = Civil(each) + seconds(kDaySeconds - 1)});
      if (day.is_certain) break;
    }
    return found(TemporalKind::date_time, at, next_at, std::move(values));
  };
  if (p_.is_word(start, "eod")) return last_second(on_day(ref_.today, 0), start + 1);
  const Tag* end = p_.tag(at, end_of);
  if (end == nullptr) return std::nullopt;
  const std::size_t day_at = skip(end->next, the);
  if (const Tag* word = p_.tag(day_at, unit); word != nullptr && word->unit() == kDay && p_[day_at].text == "day")
    return last_second(on_day(ref_.today, 0), word->next);
  const auto day = date(end->next);
  if (!day || day->day != 0 || day->is_weak || day->is_holiday) return std::nullopt;
  return last_second(*day, day->next);
}

// "in 5 minutes", "3 hours ago", "half an hour from now", "now".
std::optional<TemporalReader::Found> TemporalReader::moved_moment(std::size_t at) const {
  if (const Tag* present = p_.tag(at, now); present != nullptr && present->value == 0) {
    return found(TemporalKind::date_time, at, present->next, {{.timex = "PRESENT_REF", .at = ref_.now()}});
  }
  const auto moved = [&](const DurationNode& by, int sign) {
    Civil then = ref_.now();
    for (const auto& [count, unit] : by.parts) then = add_units(then, sign * count, unit);
    return then;
  };
  const auto at_moment = [&](Civil then, std::size_t next_at) {
    const sys_days day = std::chrono::floor<days>(then);
    return found(TemporalKind::date_time, at, next_at,
                 {{.timex = date_text(day) + time_text(int((then - day).count()), 2), .at = then}});
  };
  const auto between_moments = [&](Civil a, Civil b, const std::string& size, std::size_t next_at) {
    const auto text = [](Civil then) {
      const sys_days day = std::chrono::floor<days>(then);
      return date_text(day) + time_text(int((then - day).count()), 2);
    };
    return found(TemporalKind::date_time_range, at, next_at,
                 {{.timex = "(" + text(a) + "," + text(b) + "," + size + ")", .from = a, .until = b}});
  };
  if (const Tag* lead = p_.tag(at, in); lead != nullptr) {
    const std::size_t count_at = p_.is(lead->next, the) ? skip(skip(lead->next, the), next) : lead->next;
    if (const auto by = duration(count_at); by && by->has_clock() && count_at == lead->next) {
      std::size_t end = by->next;
      if (const Tag* time_word = p_.tag(end, later)) end = time_word->next;
      return at_moment(moved(*by, 1), end);
    }
  }
  if (const Tag* lead = p_.tag(at, within)) {
    std::size_t count_at = lead->next;
    count_at = skip(count_at, the);
    count_at = skip(count_at, next);
    auto by = duration(count_at);
    if (!by && p_.is(count_at, unit)) {
      // "within the next day and 5 hours"
      DurationNode one;
      one.parts.emplace_back(1, p_.tag(count_at, unit)->unit());
      one.next = p_.tag(count_at, unit)->next;
      one.timex = "P1D";
      if (const auto more = duration(skip(one.next, and_)); more && p_.is(one.next, and_)) {
        one.parts.insert(one.parts.end(), more->parts.begin(), more->parts.end());
        one.timex += more->timex.substr(1);
        one.next = more->next;
      }
      by = one;
    }
    if (by && by->has_clock()) return between_moments(ref_.now(), moved(*by, 1), by->timex, by->next);
    if (by) {
      const sys_days until = std::chrono::floor<days>(moved(*by, 1));
      return found(TemporalKind::date_range, at, by->next,
                   {{.timex = "(" + date_text(ref_.today) + "," + date_text(until) + "," + by->timex + ")",
                     .from = Civil(ref_.today),
                     .until = Civil(until)}});
    }
  }
  // "next hour", "last 30 minutes", "13 last minutes".
  const auto number_first = read_small(p_, at, 1, 99);
  if (const auto lead = number_first ? which(number_first->next) : which(at); lead && lead->first != 0) {
    double count = number_first ? number_first->value : 1;
    std::size_t unit_place = lead->second;
    bool is_counted = number_first.has_value();
    if (!number_first) {
      if (const auto number = read_count(p_, lead->second)) {
        count = number->value;
        unit_place = number->next;
        is_counted = true;
      } else if (const auto by = duration(lead->second); by && by->has_clock()) {
        const int sign = lead->first > 0 ? 1 : -1;
        return sign > 0 ? between_moments(ref_.now(), moved(*by, 1), by->timex, by->next)
                        : between_moments(moved(*by, -1), ref_.now(), by->timex, by->next);
      }
    }
    const Tag* word = p_.tag(unit_place, unit);
    const bool is_second_ordinal = word != nullptr && word->unit() == kSecond && !is_counted;
    if (word != nullptr && word->unit() <= kHour && !is_second_ordinal) {
      const auto unit_said = word->unit();
      const bool is_ahead = lead->first > 0;
      const Civil then = add_units(ref_.now(), is_ahead ? count : -count, unit_said);
      constexpr std::array<const char*, 3> kLetters{"S", "M", "H"};
      const std::string size = "PT" + plain_number(count) + kLetters[unit_said];
      return is_ahead ? between_moments(ref_.now(), then, size, word->next)
                      : between_moments(then, ref_.now(), size, word->next);
    }
  }
  if (const Tag* back = p_.tag(at, ago); back != nullptr && back->value == 1) {  // "hace dos horas"
    if (const auto by = duration(skip(at, ago)); by && by->has_clock()) return at_moment(moved(*by, -1), by->next);
  }
  const auto by = duration(at);
  if (!by || !by->has_clock()) return std::nullopt;
  if (const Tag* word = p_.tag(by->next, ago)) return at_moment(moved(*by, -1), word->next);
  if (const Tag* word = p_.tag(by->next, later); word != nullptr && word->value != 9) {
    if (!which(word->next) || p_[by->next].text == "from") return at_moment(moved(*by, 1), word->next);
  }
  return std::nullopt;
}

// A day and a time, in either order.
std::optional<TemporalReader::Found> TemporalReader::moment(std::size_t at) const {
  const auto skip_link = [&](std::size_t i) {
    std::size_t here = i;
    if (p_.is_mark(here, ',') || (p_.is_mark(here, '-') && !p_.is(here + 1, month))) ++here;
    for (const Word link : {for_, around, by}) {
      if (p_.is(here, link) && !p_.is(here, Word::at)) {
        here = skip(here, link);
        break;
      }
    }
    return here;
  };
  if (const auto day = date(at); day && !day->is_holiday && day->is_possible && !day->is_weak) {
    // "tomorrow morning at 9".
    std::size_t time_at = skip_link(day->next);
    const bool may_be_bare = p_.is(time_at, Word::at);
    std::optional<SpanNode> part = day_part(time_at);
    if (part && !part->has_day && !part->is_meal) {
      const std::size_t behind = p_.is_mark(part->next, ',') ? part->next + 1 : part->next;
      if (auto clock = time(behind, p_.is(behind, Word::at)); clock && (p_.is(behind, Word::at) || !clock->is_bare)) {
        if (clock->is_ambiguous) {
          const bool is_morning = part->part == "TMO";
          const int half = clock->second % (kDaySeconds / 2);
          const bool is_small_hour = part->part == "TNI" && half < 6 * 3600;
          clock->second = is_morning || is_small_hour ? half : half + kDaySeconds / 2;
          clock->is_ambiguous = false;
        }
        return found(TemporalKind::date_time, at, clock->next, at_time(*day, *clock));
      }
    }
    if (auto clock = time(time_at, may_be_bare)) {
      const bool is_linked = p_.is(time_at, Word::at) || !clock->is_bare;
      if (is_linked) {
        // "Wed Oct 26 15:50:06 2016": a year behind the time.
        DateNode with_year = *day;
        if (day->year == 0 && day->month != 0 && day->day != 0) {
          if (const auto year = read_year(p_, clock->next); year && year->in_figures && !p_[clock->next].is_glued) {
            with_year = partial(int(year->value), day->month, day->day, 0, year->next);
            clock->next = year->next;
          }
        }
        return found(TemporalKind::date_time, at, clock->next, at_time(with_year, *clock),
                     clock->is_approx ? "approx" : "");
      }
    }
  }
  // "tonight at 7", "10, tonight", "this morning at 8".
  if (const auto part = day_part(at); part && part->has_day) {
    if (auto clock = time(skip(part->next, around), p_.is(part->next, Word::at) || p_.is(part->next, around))) {
      if (clock->is_ambiguous) {
        const int half = clock->second % (kDaySeconds / 2);
        const bool is_morning = part->part == "TMO" || (part->part == "TNI" && half < 6 * 3600);
        clock->second = is_morning ? half : half + kDaySeconds / 2;
        clock->is_ambiguous = false;
      }
      return found(TemporalKind::date_time, at, clock->next,
                   at_time(on_day(ref_.today + days(part->day_offset), 0), *clock));
    }
  }
  const bool is_number = p_.is_figures(at) || p_.is(at, small);
  if (auto clock = time(at, is_number); clock) {
    std::size_t day_at = clock->next;
    if (p_.is_mark(day_at, ',')) ++day_at;
    if (const auto part = day_part(day_at); part && part->has_day) {
      const bool is_evening = part->part == "TEV" || part->part == "TNI" || part->part == "TAF";
      const int half = clock->second % (kDaySeconds / 2);
      if (clock->is_ambiguous) clock->second = is_evening ? half + kDaySeconds / 2 : half;
      clock->is_ambiguous = false;
      return found(TemporalKind::date_time, at, part->next,
                   at_time(on_day(ref_.today + days(part->day_offset), 0), *clock));
    }
    if (clock->is_bare && !p_.is(at, Word::at)) return std::nullopt;
    day_at = skip(day_at, on);
    if (day_at == clock->next) day_at = skip(day_at, of);
    if (const auto day = date(day_at);
        day && !day->is_holiday && day->is_possible && !day->is_weak && !(day->is_offset && p_.is(day_at, in))) {
      return found(TemporalKind::date_time, at, day->next, at_time(*day, *clock), clock->is_approx ? "approx" : "");
    }
  }
  return std::nullopt;
}

}  // namespace offhook::brain::extract
