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
    if (span.part.empty())
      timex = "(" + date.timex + reading.from_timex + "," + date.timex + reading.until_timex + "," +
              span_text(until - reading.from) + ")";
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
    bool may_be_bare = p_.is(time_at, Word::at) || (time_at != day->next && p_.is_mark(day->next, '-') && false);
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

// A day and a stretch of it, in either order; a moment to another.
std::optional<TemporalReader::Found> TemporalReader::moment_range(std::size_t at) const {
  const auto part_on = [&](const DateNode& day, SpanNode part, std::size_t next_at) {
    std::string mod = part.mod;
    return found(TemporalKind::date_time_range, at, next_at, in_span(day, part), std::move(mod));
  };
  // am, pm and the names of parts of the day.
  const auto part_after = [&](std::size_t i) -> std::optional<SpanNode> {
    if (p_.is_mark(i, ',')) ++i;
    if (const Tag* half = p_.tag(i, meridiem)) {
      SpanNode node{.next = half->next, .part = half->value == 0 ? "TMO" : "TAF"};
      node.readings.push_back(half->value == 0 ? SpanNode::Reading{8 * 3600, 12 * 3600, {}, {}}
                                               : SpanNode::Reading{12 * 3600, 16 * 3600, {}, {}});
      return node;
    }
    auto part = day_part(i);
    if (part && part->has_day) return std::nullopt;
    return part;
  };
  // "later today", "earlier today".
  if (p_.is(at, early) || p_.is(at, late)) {
    const std::size_t i = p_.is(at, late) ? skip(at, late) : skip(at, early);
    if (const Tag* today = p_.tag(i, day_offset)) {
      const DateNode day = on_day(ref_.today + days(int(today->value)), 0);
      const bool is_late = p_.is(at, late);
      const Civil noon_of = Civil(day.past) + std::chrono::hours(12);
      return found(TemporalKind::date_time_range, at, today->next,
                   {{.timex = day.timex,
                     .from = is_late ? noon_of : Civil(day.past),
                     .until = is_late ? Civil(day.past + days(1)) : noon_of}},
                   is_late ? "end" : "start");
    }
  }
  if (const auto day = date(at); day && day->is_possible && !(day->is_holiday && false)) {
    std::size_t here = day->next;
    if (const auto part = part_after(here); part && !part->is_meal && !day->is_weak) {
      // "Monday morning from 10 to 12": the part says which half.
      const std::size_t behind = p_.is_mark(part->next, ',') ? part->next + 1 : part->next;
      if (auto span = time_span(behind)) {
        const bool is_morning = part->part == "TMO";
        if (span->readings.size() > 1) span->readings = {is_morning ? span->readings.front() : span->readings.back()};
        return found(TemporalKind::date_time_range, at, span->next, in_span(*day, *span));
      }
      if (!day->is_holiday) return part_on(*day, *part, part->next);
    }
    if (p_.is_mark(here, ',')) ++here;
    if (const std::size_t behind = skip(here, for_); behind > here) {
      // "14th Feb for 7 hours from 9:30am"
      if (const auto length = duration(behind); length && length->has_clock() && p_.is(length->next, from)) {
        if (const auto clock = time(skip(length->next, from), true); clock && !day->is_weak) {
          SpanNode span{.next = clock->next};
          const int until = (clock->second + int(length->seconds)) % kDaySeconds;
          span.readings.push_back(
              {clock->second, until, time_text(clock->second, clock->precision), time_text(until, 2)});
          return found(TemporalKind::date_time_range, at, clock->next, in_span(*day, span));
        }
      }
    }
    if (const auto span = time_span(here); span && !day->is_weak && !day->is_holiday) {
      // "first Monday 1pm to 3pm of next month".
      return found(TemporalKind::date_time_range, at, span->next, in_span(*day, *span));
    }
    // "today before 4pm", "next Wednesday later than 10 in the morning".
    const bool is_before = p_.is(here, before) || p_.is(here, by) || p_.is(here, until);
    const bool is_after = p_.is(here, Word::after) || p_.is(here, since);
    if ((is_before || is_after) && !day->is_weak && !day->is_holiday) {
      std::size_t i = is_before ? skip(skip(skip(here, before), by), until) : skip(skip(here, Word::after), since);
      if (const auto clock = time(i, true); clock && !day->is_weak) {
        std::vector<Value> values = at_time(*day, *clock);
        for (auto& value : values) {
          (is_before ? value.until : value.from) = value.at;
          value.at.reset();
        }
        return found(TemporalKind::date_time_range, at, clock->next, std::move(values),
                     is_before            ? "before"
                     : p_.is(here, since) ? "since"
                                          : "after");
      }
    }
  }
  // "first Monday 1pm to 3pm of next month".
  {
    const std::size_t start = skip(at, the);
    const auto nth = read_ordinal(p_, start);
    if (nth && nth->value <= 5 && p_.is(nth->next, weekday)) {
      const Tag* day = p_.tag(nth->next, weekday);
      if (const auto span = time_span(day->next); span && p_.is(span->next, of)) {
        const std::size_t month_at = skip(span->next, of);
        sys_days first{};
        std::size_t end = 0;
        if (const auto lead = which(month_at)) {
          if (const Tag* word = p_.tag(lead->second, unit); word != nullptr && word->unit() == kMonth) {
            first = first_of_month(ref_.today, std::clamp(lead->first, -1, 1));
            end = word->next;
          }
        } else if (const Tag* name = p_.tag(month_at, month)) {
          first = month_of(0, int(name->value), 0).begin[1];
          end = name->next;
        }
        if (end != 0) {
          const int shift = (int(day->value) - int(std::chrono::weekday(first).iso_encoding()) + 7) % 7;
          DateNode node = on_day(first + days(shift + 7 * (int(nth->value) - 1)), end);
          node.timex = "XXXX-" + two_figures(month_of_day(first)) + "-WXX-" + std::to_string(int(day->value)) + "-#" +
                       std::to_string(int(nth->value));
          return found(TemporalKind::date_time_range, at, end, in_span(node, *span));
        }
      }
    }
  }
  if (const auto part = day_part(at)) {
    if (part->has_day) {
      const DateNode day = on_day(ref_.today + days(part->day_offset), 0);
      // "next evening between 10:30 and 11:45".
      if (auto span = time_span(part->next)) {
        const bool is_morning = part->part == "TMO";
        if (span->readings.size() > 1) span->readings = {is_morning ? span->readings.front() : span->readings.back()};
        return found(TemporalKind::date_time_range, at, span->next, in_span(day, *span));
      }
      return part_on(day, *part, part->next);
    }
    // "afternoon of April 22", "the morning of the 5th".
    std::size_t day_at = skip(part->next, of);
    if (day_at == part->next) day_at = skip(day_at, on);
    if (const auto day = date(day_at); day && day_at > part->next && !day->is_weak && !part->is_meal)
      return part_on(*day, *part, day->next);
    if (day_at == part->next && !part->is_meal) {
      if (const auto day = date(day_at); day && !day->is_weak && day->is_offset && part->part != "TMEL")
        return part_on(*day, *part, day->next);
    }
  }
  if (auto span = time_span(at)) {
    std::size_t day_at = span->next;
    if (p_.is_mark(day_at, ',')) ++day_at;
    if (const auto part = day_part(day_at); part && part->has_day) {
      const bool is_evening = part->part == "TEV" || part->part == "TNI" || part->part == "TAF";
      if (span->readings.size() > 1) span->readings = {is_evening ? span->readings.back() : span->readings.front()};
      if (is_evening) {
        for (auto& reading : span->readings) {
          if (reading.from < kDaySeconds / 2 && reading.until <= kDaySeconds / 2) {
            for (int* second : {&reading.from, &reading.until}) *second += kDaySeconds / 2;
          }
        }
      }
      return found(TemporalKind::date_time_range, at, part->next,
                   in_span(on_day(ref_.today + days(part->day_offset), 0), *span));
    }
    const std::size_t linked = skip(skip(day_at, on), of);
    if (const auto day = date(linked); day && !day->is_holiday && day->is_possible && !day->is_weak) {
      return found(TemporalKind::date_time_range, at, day->next, in_span(*day, *span));
    }
  }
  // From one moment to another.
  std::size_t here = at;
  const bool is_between = p_.is(here, between);
  here = is_between ? skip(here, between) : skip(here, from);
  const auto end_at = [&](std::size_t i) -> std::optional<Found> {
    if (auto moved = moved_moment(i); moved && moved->temporal.kind == TemporalKind::date_time) return moved;
    return moment(i);
  };
  const auto start = end_at(here);
  const std::size_t link = start ? start->next : 0;
  const auto text_of = [](const Value& value) { return value.timex; };
  const auto pair = [&](const Value& a, const Value& b, std::size_t next_at) {
    const int length = int(std::clamp<long>((*b.at - *a.at).count(), 0, 1'000'000'000));
    return found(
        TemporalKind::date_time_range, at, next_at,
        {{.timex = "(" + text_of(a) + "," + text_of(b) + "," + span_text(length) + ")", .from = a.at, .until = b.at}});
  };
  if (start && (p_.is(link, to) || (is_between && p_.is(link, and_)))) {
    const std::size_t behind = is_between && p_.is(link, and_) ? skip(link, and_) : skip(link, to);
    if (const auto stop = end_at(behind);
        stop && stop->temporal.values.front().at && start->temporal.values.front().at) {
      std::vector<Value> values;
      const auto& a = start->temporal.values;
      const auto& b = stop->temporal.values;
      for (std::size_t i = 0; i < std::max(a.size(), b.size()) && i < 2; ++i) {
        const Value& from_value = a[std::min(i, a.size() - 1)];
        const Value* until_value = &b[std::min(i, b.size() - 1)];
        values.push_back(pair(from_value, *until_value, stop->next).temporal.values.front());
      }
      return found(TemporalKind::date_time_range, at, stop->next, std::move(values));
    }
    // "between now and eight o'clock".
    if (const auto clock = time(behind, true); clock && start->temporal.values.front().timex == "PRESENT_REF") {
      for (Value value : values_of(*clock)) {
        value.at = Civil(ref_.today) + (*value.at - Civil());
        value.timex = date_text(ref_.today) + value.timex;
        if (*value.at > ref_.now()) return pair(start->temporal.values.front(), value, clock->next);
      }
    }
  }
  if (is_between) {
    if (const auto clock = time(here, true); clock && p_.is(clock->next, and_)) {
      if (const Tag* present = p_.tag(skip(clock->next, and_), now)) {
        auto values = values_of(*clock);
        std::ranges::reverse(values);
        for (Value value : values) {
          value.at = Civil(ref_.today) + (*value.at - Civil());
          value.timex = date_text(ref_.today) + value.timex;
          if (*value.at <= ref_.now()) return pair(value, {.timex = "PRESENT_REF", .at = ref_.now()}, present->next);
        }
      }
    }
  }
  return std::nullopt;
}

// "every Monday at 4pm", "each two days", "weekly", "once a week", "mornings", "Tuesday afternoons".
std::optional<TemporalReader::Found> TemporalReader::repeated(std::size_t at) const {
  const auto set = [&](std::string timex, std::size_t next_at) {
    return found(TemporalKind::set, at, next_at, {{.timex = std::move(timex)}});
  };
  const auto with_time = [&](std::string timex, std::size_t next_at) {
    if (const auto clock = time(next_at, p_.is(next_at, Word::at));
        clock && (!clock->is_bare || p_.is(next_at, Word::at))) {
      return set((timex.starts_with("P") || timex.starts_with("T") ? std::string() : timex) +
                     time_text(clock->second, clock->precision),
                 clock->next);
    }
    return set(std::move(timex), next_at);
  };
  const auto unit_text = [](double count, Unit unit) {
    constexpr std::array<std::pair<const char*, double>, 16> kLetters{{{"S", 1},
                                                                       {"M", 1},
                                                                       {"H", 1},
                                                                       {"D", 1},
                                                                       {"D", 1},
                                                                       {"W", 1},
                                                                       {"W", 2},
                                                                       {"WE", 1},
                                                                       {"M", 1},
                                                                       {"M", 3},
                                                                       {"Y", 1},
                                                                       {"Y", 10},
                                                                       {"Y", 100},
                                                                       {"WD", 1},
                                                                       {"W", 1},
                                                                       {"Y", 0.5}}};
    const auto& [letter, times] = kLetters[unit];
    return (unit <= kHour ? "PT" : "P") + plain_number(count * times) + letter;
  };
  if (const Tag* often = p_.tag(at, frequency)) {
    const int value = int(often->value);
    return with_time(unit_text(value >= 100 ? 2 : 1, static_cast<Unit>(value % 100)), often->next);
  }
  if (const Tag* once = p_.tag(at, once_a)) {
    if (const Tag* word = p_.tag(once->next, unit); word != nullptr && word->unit() >= kDay) {
      return set(unit_text(1, word->unit()), word->next);
    }
  }
  if (const Tag* every = p_.tag(at, each)) {
    std::size_t here = every->next;
    double count = 1;
    bool is_other = false;
    if (p_.is(here, other)) {
      count = 2;
      is_other = true;
      ++here;
    } else if (const auto number = read_small(p_, here, 2, 99)) {
      count = number->value;
      here = number->next;
    }
    if (const Tag* day = p_.tag(here, weekday); day != nullptr) {
      return with_time("XXXX-WXX-" + std::to_string(int(day->value)), day->next);
    }
    if (const Tag* day = p_.tag(here, weekdays))
      return with_time("XXXX-WXX-" + std::to_string(int(day->value)), day->next);
    if (every->value == 1 && !p_[here].text.ends_with("s")) return std::nullopt;
    if (const auto part = day_part(here); part && !part->has_day && p_.is(here, Word::day_part)) {
      return with_time(part->part, part->next);
    }
    if (const Tag* word = p_.tag(here, unit);
        word != nullptr && (word->unit() >= kDay || count > 1 || word->unit() == kHour || word->unit() == kMinute)) {
      if (every->value == 1 && word->unit() != kWeekend) return std::nullopt;
      (void)is_other;
      return with_time(unit_text(count, word->unit()), word->next);
    }
    if (const Tag* name = p_.tag(here, month)) return set("XXXX-" + two_figures(int(name->value)), name->next);
    if (const auto clock = time(here, false)) {
      if (const Tag* often = p_.tag(clock->next, frequency); often != nullptr)
        return set(time_text(clock->second, clock->precision), often->next);
    }
    return std::nullopt;
  }
  if (const Tag* day = p_.tag(at, weekdays)) return with_time("XXXX-WXX-" + std::to_string(int(day->value)), day->next);
  const bool is_weekend_word =
      p_.is_word(at, "weekends") && !(at > 0 && (p_.is(at - 1, small) || p_.is_figures(at - 1) || p_.is(at - 1, few)));
  if (is_weekend_word && !which(at > 0 ? at - 1 : at)) return set("P1WE", at + 1);
  const auto plural_part = [&](std::size_t i) -> const Tag* {
    const Tag* part = p_.tag(i, Word::day_part);
    return part != nullptr && int(part->value) <= int(kNightPart) && p_[part->next - 1].text.ends_with("s") ? part
                                                                                                            : nullptr;
  };
  constexpr std::array<const char*, 4> kCodes{"TMO", "TAF", "TEV", "TNI"};
  if (const Tag* day = p_.tag(at, weekday)) {
    if (const Tag* part = plural_part(day->next))
      return set("XXXX-WXX-" + std::to_string(int(day->value)) + kCodes[std::size_t(part->value)], part->next);
  }
  if (const Tag* part = plural_part(at)) {
    const bool is_counted = at > 0 && (p_.is_figures(at - 1) || p_.is(at - 1, small) || p_.is(at - 1, few));
    if (!is_counted) return set(kCodes[std::size_t(part->value)], part->next);
  }
  // "6am every day".
  if (const auto clock = time(at, false)) {
    if (const Tag* often = p_.tag(clock->next, frequency); often != nullptr && often->unit() == kDay)
      return set(time_text(clock->second, clock->precision), often->next);
    if (const Tag* every = p_.tag(clock->next, each)) {
      if (const Tag* word = p_.tag(every->next, unit); word != nullptr && word->unit() == kDay)
        return set(time_text(clock->second, clock->precision), word->next);
      if (const Tag* day = p_.tag(every->next, weekday))
        return set("XXXX-WXX-" + std::to_string(int(day->value)) + time_text(clock->second, clock->precision),
                   day->next);
    }
  }
  return std::nullopt;
}

// What has no bounds said: the longest of all kinds.
std::optional<TemporalReader::Found> TemporalReader::plain(std::size_t at) const {
  std::optional<Found> best;
  const auto take = [&](std::optional<Found> other_found) {
    if (other_found && (!best || other_found->next > best->next)) best = std::move(other_found);
  };
  take(repeated(at));
  take(moment_range(at));
  take(moment(at));
  take(moved_moment(at));
  take(end_of_day(at));
  take(date_range(at));
  take(started_range(at));
  if (const auto span = time_span(at)) {
    // Two bare numbers are hours only between "from" and "to", "between" and "and".
    const bool is_led = (p_.is(at, from) || p_.is(at, between)) && p_[span->next].kind == Piece::Kind::mark &&
                        (at == 0 || !p_.is_mark(at - 1, ','));
    if (!span->is_bare || is_led) take(found(TemporalKind::time_range, at, span->next, values_of(*span)));
  }
  if (const auto day = date(at); day && !day->is_weak) take(found(TemporalKind::date, at, day->next, values_of(*day)));
  if (const auto whole = period(at); whole && !whole->is_weak)
    take(found(TemporalKind::date_range, at, whole->next, values_of(*whole), whole->mod));
  if (const auto clock = time(at, false)) {
    take(found(TemporalKind::time, at, clock->next, values_of(*clock), clock->is_approx ? "approx" : ""));
  }
  if (const auto part = day_part(at); part && !part->has_day && !part->is_meal)
    take(found(TemporalKind::time_range, at, part->next, values_of(*part), part->mod));
  if (const auto length = duration(at)) {
    take(found(TemporalKind::duration, at, length->next, {{.timex = length->timex, .seconds = length->seconds}}));
  }
  return best;
}

// "before Monday", "since 2014", "until 5pm", "2012 or later", "more than four days".
std::optional<TemporalReader::Found> TemporalReader::bounded(std::size_t at) const {
  std::string mod;
  std::size_t here = at;
  bool is_open = false;
  const auto lead = [&](Word word, const char* name) {
    const Tag* tag = p_.tag(at, word);
    if (tag == nullptr || !mod.empty()) return;
    mod = name;
    here = tag->next;
  };
  if (p_.is_mark(at, '>') || p_.is_mark(at, '<')) {
    const bool has_equals = p_.is_mark(at + 1, '=');
    mod = p_.is_mark(at, '>') ? (has_equals ? "since" : "after") : (has_equals ? "until" : "before");
    here = at + (has_equals ? 2 : 1);
  }
  lead(before, "before");
  if (!p_.is(at, past) || !p_.is_word(at, "past")) lead(Word::after, "after");
  lead(since, "since");
  if (const Tag* tag = p_.tag(at, until); tag != nullptr && mod.empty()) {
    mod = tag->value == 1 ? "until" : "before";
    here = tag->next;
  }
  if (const Tag* tag = p_.tag(at, by); tag != nullptr && mod.empty()) {
    // "by Friday" ends then; "sales by year" does not.
    if (p_.is(tag->next, end_of) || date(tag->next) || (time(tag->next, false))) {
      mod = "before";
      here = tag->next;
    }
  }
  if (p_.is(at, around) && mod.empty()) {
    const Tag* tag = p_.tag(at, around);
    if (auto inner = plain(tag->next);
        inner && (inner->temporal.kind == TemporalKind::date || inner->temporal.kind == TemporalKind::date_time)) {
      if (p_.is(tag->next, the) && inner->temporal.values.size() > 1) return std::nullopt;
      inner->temporal.mod = "approx";
      inner->temporal.begin = p_[at].begin;
      return inner;
    }
  }
  if (mod.empty()) {
    if (const Tag* more = p_.tag(at, more_than)) {
      mod = "more";
      here = more->next;
    } else if (const Tag* less = p_.tag(at, less_than)) {
      mod = "less";
      here = less->next;
    } else {
      // "2012 or later", "1/1/2016 and after".
      auto inner = plain(at);
      const bool is_day =
          inner && (inner->temporal.kind == TemporalKind::date || inner->temporal.kind == TemporalKind::date_range);
      if (!is_day) {
        // "year 2012" begins earlier than its figures.
        return std::nullopt;
      }
      const Tag* open = p_.tag(inner->next, equals_or);
      if (open == nullptr || p_.is_word(open->next, "than")) return std::nullopt;
      if (p_[inner->next].text == "and" &&
          (time(open->next, true) || date(open->next) || p_[open->next].kind == Piece::Kind::word))
        return std::nullopt;
      mod = open->value > 0 ? "since" : "until";
      is_open = true;
      here = at;
    }
    if (!is_open) {
      const auto length = duration(here);
      if (!length) return std::nullopt;
      return found(TemporalKind::duration, at, length->next, {{.timex = length->timex, .seconds = length->seconds}},
                   mod);
    }
  }
  here = skip(here, around);
  here = skip(here, on);
  if (p_.is_word(here, "to") && mod == "before") ++here;
  if (mod == "before" && p_.is_word(here, "date")) {
    return found(TemporalKind::date_range, at, here + 1, {{.timex = "PRESENT_REF", .until = Civil(ref_.today)}}, mod);
  }
  const bool is_after = mod == "after" || mod == "since";
  std::optional<Found> inner;
  if (const auto part = day_part(here); part && part->is_meal && !part->has_day) {
    inner = found(TemporalKind::time_range, here, part->next, values_of(*part));
  }
  if (auto other_found = plain(here); other_found && (!inner || other_found->next > inner->next))
    inner = std::move(other_found);
  if (auto clock = time(here, true);
      clock && (!inner || clock->next > inner->next ||
                (clock->next == inner->next && inner->temporal.kind == TemporalKind::duration))) {
    const Piece& after_piece = p_[clock->next];
    const bool is_counted = clock->is_bare && (p_.is(clock->next, unit) || p_.is_figures(clock->next) ||
                                               after_piece.kind == Piece::Kind::word);
    if (!is_counted && !(clock->is_bare && p_.is_figures(here) && p_[here].text.size() > 2))
      inner = found(TemporalKind::time, here, clock->next, values_of(*clock));
  }
  if (!inner) {
    const auto weak_period = period(here);
    if (weak_period && weak_period->is_placed && weak_period->unit == kYear && p_.is_figures(here))
      inner = found(TemporalKind::date_range, here, weak_period->next, values_of(*weak_period));
    const auto weak_day = date(here);
    if (!inner && weak_day && weak_day->is_possible)
      inner = found(TemporalKind::date, here, weak_day->next, values_of(*weak_day));
  }
  if (!inner) return std::nullopt;
  if (is_open) inner->next = p_.tag(inner->next, equals_or)->next;
  Temporal& temporal = inner->temporal;
  if (temporal.kind == TemporalKind::duration || temporal.kind == TemporalKind::set) return std::nullopt;
  if (temporal.kind == TemporalKind::date_time && temporal.values.front().timex == "PRESENT_REF") return std::nullopt;
  if (temporal.values.size() > 4) return std::nullopt;
  for (auto& value : temporal.values) {
    std::optional<Civil> from_time = value.at ? value.at : value.from;
    std::optional<Civil> until_time = value.at ? value.at : value.until;
    if (!from_time && !until_time) return std::nullopt;
    if (value.from && !value.until) return std::nullopt;
    if (value.until && !value.from && !value.at) return std::nullopt;
    std::optional<Civil> edge;
    const bool is_end = temporal.mod == "end";
    if (mod == "after") edge = is_end || temporal.mod.empty() ? until_time : from_time;
    if (mod == "since") edge = from_time;
    if (mod == "before") edge = is_end ? until_time : from_time;
    if (mod == "until") edge = value.at ? until_time : until_time;
    value.at.reset();
    value.from.reset();
    value.until.reset();
    (is_after ? value.from : value.until) = edge;
  }
  if (!temporal.mod.empty()) mod += "-" + temporal.mod;
  switch (temporal.kind) {
    case TemporalKind::date: temporal.kind = TemporalKind::date_range; break;
    case TemporalKind::time: temporal.kind = TemporalKind::time_range; break;
    case TemporalKind::date_time: temporal.kind = TemporalKind::date_time_range; break;
    default: break;
  }
  temporal.mod = mod;
  temporal.begin = p_[at].begin;
  temporal.end = p_[inner->next - 1].end;
  return inner;
}

std::optional<TemporalReader::Found> TemporalReader::read(std::size_t at) const {
  auto inner = plain(at);
  auto outer = bounded(at);
  if (outer && (!inner || outer->next >= inner->next)) return outer;
  return inner;
}

namespace {

// Can a phrase about time begin here? Most words cannot, and are passed over at once.
bool can_begin(const Pieces& pieces, std::size_t at) {
  if (pieces.is_figures(at)) return true;
  constexpr std::array kBeginnings{
      small,     hundred,    ordinal, part,      few,    a,         ahead_half, whole_half, month,     weekday,
      weekdays,  day_offset, unit,    holiday,   season, decade,    now,        day_part,   noon,      tonight,
      this_,     next,       last,    prior,     coming, following, each,       ago,        in,        within,
      before,    after,      since,   until,     by,     around,    from,       between,    more_than, less_than,
      start_of,  mid_of,     end_of,  early,     late,   the,       Word::at,   for_,       starting,  all,
      year_word, week_of,    once_a,  frequency, scale};
  return std::ranges::any_of(kBeginnings, [&](Word word) { return pieces.is(at, word); }) || pieces[at].is('>') ||
         pieces[at].is('<') || pieces.is_word(at, "eod") || pieces.is_word(at, "q") || pieces.is_word(at, "fiscal") ||
         pieces.is_word(at, "school") || pieces.is_word(at, "sy") || pieces.is_word(at, "fy") ||
         pieces.is_word(at, "same") || pieces.is_word(at, "that") || pieces.is_word(at, "t");
}

}  // namespace

std::vector<Temporal> find_temporals(const Pieces& pieces, const TimeReference& reference) {
  const TemporalReader reader(pieces, reference);
  std::vector<Temporal> all_found;
  for (std::size_t at = 0; at < pieces.size();) {
    std::optional<TemporalReader::Found> found;
    if (can_begin(pieces, at)) found = reader.read(at);
    if (!found || found->next <= at) {
      ++at;
      continue;
    }
    all_found.push_back(std::move(found->temporal));
    at = found->next;
  }
  return all_found;
}

}  // namespace offhook::brain::extract
