#include <algorithm>

#include "brain/extract/temporal_reader.hpp"

namespace offhook::brain::extract {
namespace {

using enum Word;
using std::chrono::days;

constexpr int kDaySeconds = 86400;

}  // namespace

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
  // "the rest of the day".
  if (const std::size_t rest = skip(at, the); p_.is_word(rest, "rest") && p_.is(rest + 1, of)) {
    std::size_t day_at = skip(skip(rest + 1, of), the);
    if (p_.is_word(day_at, "my")) ++day_at;
    if (p_.is_word(day_at, "day")) {
      const Value value{.timex = date_text(ref_.today),
                        .from = ref_.now(),
                        .until = Civil(ref_.today + days(1)) - std::chrono::seconds(1)};
      return found(TemporalKind::date_time_range, at, day_at + 1, {value});
    }
  }
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
  if (const auto day = date(at); day && day->is_possible) {
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
      if (const auto length = duration(behind);
          length && length->has_clock() && length->seconds < kDaySeconds && p_.is(length->next, from)) {
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

}  // namespace offhook::brain::extract
