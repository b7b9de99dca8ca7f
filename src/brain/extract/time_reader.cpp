#include <algorithm>
#include <array>
#include <cmath>

#include "brain/extract/temporal_reader.hpp"

namespace offhook::brain::extract {
namespace {

using enum Word;

constexpr int kHourSeconds = 3600;
constexpr int kDaySeconds = 86400;

struct PartOfDay {
  std::string_view code;
  int from, until;
};
// As Microsoft's recognizers place them.
constexpr std::array<PartOfDay, 9> kParts{{{"TMO", 8 * 3600, 12 * 3600},
                                           {"TAF", 12 * 3600, 16 * 3600},
                                           {"TEV", 16 * 3600, 20 * 3600},
                                           {"TNI", 20 * 3600, 24 * 3600 - 1},
                                           {"TDT", 8 * 3600, 18 * 3600},
                                           {"TMEL", 11 * 3600, 13 * 3600},
                                           {"TMEB", 8 * 3600, 12 * 3600},
                                           {"TMED", 16 * 3600, 20 * 3600},
                                           {"TBH", 8 * 3600, 18 * 3600}}};

}  // namespace

// The part of the day that a time is said to be in, before or after it.
std::optional<SpanNode> TemporalReader::day_part(std::size_t at) const {
  std::size_t here = at;
  SpanNode node;
  if (const Tag* evening = p_.tag(at, tonight)) {
    node = {.next = evening->next, .part = "TNI", .day_offset = int(evening->value), .has_day = true};
    node.readings.push_back({kParts[kNightPart].from, kParts[kNightPart].until, {}, {}});
    return node;
  }
  const auto take_mod = [&] {
    const Tag* sooner = p_.tag(here, early);
    const Tag* later_on = p_.tag(here, late);
    if (sooner == nullptr && later_on == nullptr) return;
    node.mod = sooner != nullptr ? "start" : "end";
    here = sooner != nullptr ? sooner->next : later_on->next;
    if (p_.is_mark(here, '-')) ++here;
  };
  take_mod();
  const std::size_t before_lead = here;
  if (const auto lead = which(here); lead && !p_.is(here, the)) {
    here = lead->second;
    node.has_day = true;
    node.day_offset = lead->first == 11 ? 1 : std::clamp(lead->first, -1, 1);
    if (lead->first == 11) node.has_day = true;
  } else {
    here = skip(here, in);
    here = skip(here, Word::at);
    here = skip(here, for_);
    here = skip(here, the);
    here = skip(here, a);
  }
  if (node.mod.empty()) take_mod();
  const Tag* part = p_.tag(here, Word::day_part);
  if (part == nullptr) return std::nullopt;
  // "that night", "2 nights" and "good morning" are none.
  const std::string_view before = word_before(at);
  if (before == "good") return std::nullopt;
  const auto index = static_cast<std::size_t>(part->value);
  if (before_lead == here && index == kNightPart && at > 0 && (p_.is_figures(at - 1) || p_.is(at - 1, small)))
    return std::nullopt;
  node.part = kParts[index].code;
  node.next = part->next;
  node.is_meal = index >= kLunch && index <= kDinner && !p_[part->next - 1].text.ends_with("time");
  int from = kParts[index].from;
  int until = kParts[index].until;
  if (node.mod == "start") until = from + 2 * kHourSeconds;
  if (node.mod == "end") from += 2 * kHourSeconds;
  node.readings.push_back({from, until, {}, {}});
  return node;
}

std::optional<TimeNode> TemporalReader::time(std::size_t at, bool may_be_bare) const {
  TimeNode node;
  std::size_t here = at;
  bool is_led = may_be_bare;
  int part = -1;  // DayPart said before the figures
  if (p_.is(here, around) && !p_.is(here, now)) {
    node.is_approx = true;
    here = skip(here, around);
  }
  // "in the afternoon at 7", "in the morning 9 oclock".
  if (const auto of_day = day_part(here); of_day && !of_day->has_day && !of_day->is_meal) {
    for (std::size_t i = 0; i < kParts.size(); ++i) {
      if (kParts[i].code == of_day->part) part = int(i);
    }
    here = of_day->next;
    if (!p_.is(here, Word::at) && part != kMorning && part != kAfternoon && part != kEvening && part != kNightPart)
      return std::nullopt;
    is_led = p_.is(here, Word::at);
  }
  if (const Tag* lead = p_.tag(here, Word::at)) {
    is_led = true;
    here = lead->next;
    if (p_.is(here, around)) {
      node.is_approx = true;
      here = skip(here, around);
    }
    here = skip(here, the);
  }
  if (p_.is_word(here, "t") && p_.is_figures(here + 1) && p_[here + 1].is_glued) ++here;
  bool has_clock = false;
  bool is_exact = false;  // noon, midnight: nothing to be said about before or after
  int hour = -1;
  int minute = 0;
  int second = 0;
  if (const Tag* fixed = p_.tag(here, noon)) {
    hour = int(fixed->value) / 60;
    node.next = fixed->next;
    is_exact = true;
  } else if (const auto twelve = read_small(p_, here, 12, 12); twelve && p_.is(twelve->next, noon)) {
    const Tag* said = p_.tag(twelve->next, noon);
    hour = int(said->value) / 60;
    node.next = said->next;
    is_exact = true;
  }
  const auto hour_at = [&](std::size_t i) { return read_small(p_, i, 0, 24); };
  // "half past ten", "quarter to three", "20 min past eight", "ten past 9".
  if (hour < 0) {
    std::size_t i = skip(here, a);
    int offset = -1;
    if (const Tag* some = p_.tag(i, Word::part); some != nullptr) {
      offset = int(some->value * 60);
      i = some->next;
    } else if (const auto count = read_small(p_, here, 1, 59)) {
      offset = int(count->value);
      i = count->next;
      if (const Tag* word = p_.tag(i, unit); word != nullptr && word->unit() == kMinute) i = word->next;
    }
    if (offset > 0) {
      const Tag* behind = p_.tag(i, past);
      const Tag* ahead = p_.tag(i, to_hour);
      if (p_.is_word(i, "of") && offset == 15) ahead = p_.tag(i, of);
      const Tag* link = behind != nullptr ? behind : ahead;
      // "two to four" is a range; "ten to four" is a time.
      const bool is_plain = i == here + 1 && !p_.is(here, Word::part);
      const bool is_counted =
          link != nullptr && behind == nullptr && is_plain && (p_.is_figures(here) || offset % 5 != 0);
      if (link != nullptr && !is_counted && !(behind == nullptr && offset == 30)) {
        const Tag* noon_too = p_.tag(link->next, noon);
        const auto of_hour = hour_at(link->next);
        const bool is_clock = of_hour && of_hour->value <= 12 && of_hour->value >= 1 &&
                              !(p_.is_mark(of_hour->next, ':') && p_[of_hour->next].is_glued) &&
                              !p_.is(of_hour->next, unit) && !p_.is(of_hour->next, hundred);
        if (is_clock || noon_too != nullptr) {
          hour = noon_too != nullptr ? int(noon_too->value) / 60 : int(of_hour->value);
          node.next = noon_too != nullptr ? noon_too->next : of_hour->next;
          is_exact = noon_too != nullptr;
          minute = offset;
          if (behind == nullptr) {
            minute = 60 - offset;
            hour = (hour + 23) % 24;
            if (hour == 0 && !is_exact) hour = 12;
          }
          has_clock = true;
          node.precision = 1;
        }
      } else if (p_.language().hour_before_half && offset == 30) {
        if (const auto of_hour = hour_at(i); of_hour && of_hour->value >= 1 && of_hour->value <= 12) {
          hour = int(of_hour->value) - 1;
          if (hour == 0) hour = 12;
          minute = 30;
          node.next = of_hour->next;
          has_clock = true;
          node.precision = 1;
        }
      }
    }
  }
  if (hour < 0 && p_.is_figures(here)) {
    const std::string_view figures = p_[here].text;
    if (here > 0 && p_[here].is_glued &&
        (p_[here - 1].is('.') || p_[here - 1].is(',') || p_[here - 1].is('/') || p_[here - 1].is('$') ||
         p_[here - 1].is(':') || p_[here - 1].is('#')))
      return std::nullopt;
    const auto colon = [&](std::size_t i, char mark) {
      return p_.is_mark(i, mark) && p_[i].is_glued && p_.is_figures(i + 1) && p_[i + 1].is_glued &&
             p_[i + 1].text.size() == 2;
    };
    if (figures.size() <= 2 && colon(here + 1, ':')) {
      hour = figures_value(figures);
      minute = figures_value(p_[here + 2].text);
      node.next = here + 3;
      node.precision = 1;
      has_clock = true;
      if (colon(node.next, ':')) {
        second = figures_value(p_[node.next + 1].text);
        node.next += 2;
        node.precision = 2;
      } else if (p_.is_mark(node.next, ':') && p_[node.next].is_glued) {
        return std::nullopt;
      }
    } else if (figures.size() <= 2 && colon(here + 1, '.') &&
               !(p_.is_mark(here + 3, '.') && p_[here + 3].is_glued && p_.is_figures(here + 4)) &&
               figures_value(p_[here + 2].text) < 60) {
      const bool has_meridiem = p_.is(here + 3, meridiem);
      if (!is_led && !has_meridiem) return std::nullopt;
      hour = figures_value(figures);
      minute = figures_value(p_[here + 2].text);
      node.next = here + 3;
      node.precision = 1;
      has_clock = true;
    } else if (figures.size() <= 2) {
      hour = figures_value(figures);
      node.next = here + 1;
      if (p_[here + 1].is_glued &&
          (p_[here + 1].is('%') || p_[here + 1].is('/') || (p_[here + 1].is('.') && p_.is_figures(here + 2)) ||
           (p_[here + 1].is(',') && p_.is_figures(here + 2) && p_[here + 2].is_glued) ||
           (p_[here + 1].is(':') && p_.is_figures(here + 2))))
        return std::nullopt;
    } else if (figures.size() == 4 && figures[0] == '0' && p_.is_word(here + 1, "hours")) {
      hour = figures_value(figures.substr(0, 2));
      minute = figures_value(figures.substr(2));
      node.next = here + 2;
      node.precision = 1;
      is_exact = true;
    } else if (figures.size() <= 4 && (p_.is(here + 1, meridiem) || may_be_bare)) {
      hour = figures_value(figures.substr(0, figures.size() - 2));
      minute = figures_value(figures.substr(figures.size() - 2));
      node.next = here + 1;
      node.precision = 1;
      if (!p_.is(here + 1, meridiem) &&
          (figures.size() != 4 || figures[0] > '2' || (figures[0] == '2' && figures[1] > '3')))
        return std::nullopt;
      if (!p_.is(here + 1, meridiem) && figures >= "1900" && figures <= "2100") return std::nullopt;
      has_clock = true;
    }
  } else if (hour < 0 && !p_.is(here, ahead_half) && !p_.is(here, whole_half)) {
    const auto said = hour_at(here);
    if (!said) return std::nullopt;
    hour = int(said->value);
    node.next = said->next;
    std::size_t i = said->next;
    if (p_.is_mark(i, '-') && p_[i].is_glued && p_[i + 1].is_glued) ++i;
    if ((p_.is_word(i, "oh") || p_.is_word(i, "o")) && p_.is(i + 1, small)) {
      if (const auto digit = read_small(p_, i + 1, 1, 9)) {
        minute = int(digit->value);
        node.next = digit->next;
        node.precision = 1;
        has_clock = true;
      }
    } else if (const auto more = read_small(p_, i, 10, 59); more && !more->in_figures && hour <= 12 && hour > 0) {
      const bool is_counted = p_.is(more->next, unit) && p_.tag(more->next, unit)->unit() != kMinute;
      const bool is_linked = p_.language().code != "en" && (p_.is(more->next, past) || p_.is(more->next, to_hour));
      if (!is_counted && !is_linked && !p_.is(more->next, hundred) && !p_.is(more->next, scale)) {
        minute = int(more->value);
        node.next = more->next;
        node.precision = 1;
        has_clock = is_led || std::fmod(minute, 5) == 0;
        if (const Tag* word = p_.tag(node.next, unit); word != nullptr && word->unit() == kMinute)
          node.next = word->next;
      }
    }
    // "üçü on geçe", "beşe çeyrek var", "tres menos cuarto": the minutes after the hour.
    const bool is_less = p_.is(said->next, minus);
    const std::size_t minutes_at = is_less ? skip(said->next, minus) : said->next;
    if (minute == 0 && p_.language().code != "en" && hour >= 1 && hour <= 12) {
      const Tag* quarter = p_.tag(minutes_at, Word::part);
      const Tag* ordinal_quarter = is_less ? p_.tag(minutes_at, ordinal) : nullptr;  // "cuarto"
      const auto count = read_small(p_, minutes_at, 1, 59);
      const int offset = quarter != nullptr                                          ? int(quarter->value * 60)
                         : ordinal_quarter != nullptr && ordinal_quarter->value == 4 ? 15
                         : count                                                     ? int(count->value)
                                                                                     : 0;
      const std::size_t behind = quarter != nullptr       ? quarter->next
                                 : offset == 15 && !count ? minutes_at + 1
                                 : count                  ? count->next
                                                          : minutes_at;
      const Tag* link = p_.is(behind, past) ? p_.tag(behind, past) : p_.tag(behind, to_hour);
      if (offset > 0 && (is_less || link != nullptr)) {
        const bool is_before = is_less || p_.is(behind, to_hour);
        minute = is_before ? 60 - offset : offset;
        if (is_before) hour = hour == 1 ? 12 : hour - 1;
        node.next = link != nullptr ? link->next : behind;
        node.precision = 1;
        has_clock = true;
      }
    }
    // "three and a half", "siete y media", "sade teen baje": parts of an hour.
    if (minute == 0) {
      if (const Tag* more_part = p_.tag(node.next, plus_part); more_part != nullptr && p_.language().code != "en") {
        minute = int(more_part->value * 60);
        node.next = more_part->next;
        node.precision = 1;
      }
    }
  }
  if (hour < 0 && (p_.is(here, ahead_half) || p_.is(here, whole_half))) {
    const auto count = read_count(p_, here);
    if (count && count->value < 13 && p_.is(count->next, oclock)) {
      hour = int(count->value);
      minute = int(std::lround((count->value - hour) * 60));
      node.next = count->next;
      node.precision = 1;
      if (hour == 0) hour = 12;
    }
  }
  if (hour < 0 || hour > 24 || minute > 59 || second > 59) return std::nullopt;
  if (minute == 0 && p_.language().code != "en" && p_.is_figures(node.next - 1)) {
    if (const Tag* more_part = p_.tag(node.next, plus_part)) {  // "3 buçukta", "7 y media"
      minute = int(more_part->value * 60);
      node.next = more_part->next;
      node.precision = 1;
    }
  }
  // "sevenish", "7-ish".
  if (const std::size_t ish = p_.is_mark(node.next, '-') ? node.next + 1 : node.next; p_.is_word(ish, "ish")) {
    node.next = ish + 1;
    has_clock = true;
  }
  // "7 oclock", "sharp".
  if (const Tag* clock = p_.tag(node.next, oclock)) {
    node.next = clock->next;
    has_clock = true;
    if (const Tag* more_part = p_.tag(node.next, plus_part);
        more_part != nullptr && minute == 0 && p_.language().code != "en") {
      minute = int(more_part->value * 60);
      node.next = more_part->next;
      node.precision = 1;
    }
  }
  bool has_half = false;
  const auto meridiem_at = [&](std::size_t i) -> const Tag* {
    const Tag* found = p_.tag(i, meridiem);
    // The dot of "p.m." may also end the sentence; both readings end here.
    return found;
  };
  if (const Tag* half = meridiem_at(node.next)) {
    if (hour > 12 && half->value == 0) return std::nullopt;
    has_half = true;
    hour = hour % 12 + (half->value == 1 || hour > 12 ? 12 : 0);
    node.is_evening = half->value == 1;
    node.next = half->next;
  } else if (p_[node.next].is_glued && p_.is_figures(node.next - 1) &&
             (p_.is_word(node.next, "p") || p_.is_word(node.next, "a")) &&
             (!p_[node.next + 1].is_glued || p_[node.next + 1].kind == Piece::Kind::mark)) {
    has_half = true;
    hour = hour % 12 + (p_.is_word(node.next, "p") ? 12 : 0);
    ++node.next;
  } else if (p_[node.next].is_glued && p_[node.next].kind == Piece::Kind::word && p_.is_figures(node.next - 1)) {
    return std::nullopt;  // "7th", "3x"
  }
  // "8 in the evening", "8 early morning".
  std::size_t part_at = node.next;
  if (p_.is_mark(part_at, ',')) ++part_at;
  const bool is_number_alone = !has_half && !has_clock && !is_exact && node.precision == 0;
  const bool is_joined_part = !is_number_alone || p_.is(part_at, in) || p_.is(part_at, Word::at) || is_led;
  if (const auto of_day = day_part(part_at);
      of_day && is_joined_part && part < 0 && !of_day->is_meal && (!of_day->has_day || of_day->day_offset == 0)) {
    for (std::size_t i = 0; i < kParts.size(); ++i) {
      if (kParts[i].code == of_day->part) part = int(i);
    }
    if (of_day->has_day) {
      // "at 7 this evening": the day is read with the date; only the half counts here.
    } else {
      node.next = of_day->next;
    }
  }
  if (part >= 0 && !has_half && !is_exact && hour <= 12) {
    has_half = true;
    if (part == kMorning || part == kBreakfast) {
      hour %= 12;
    } else if (part == kNightPart) {
      if (hour >= 6 && hour < 12) hour += 12;
      if (hour == 12) hour = 0;
    } else if (part == kLunch) {
      if (hour < 11) hour += 12;
    } else if (part != kDaytime && hour < 12) {
      hour += 12;
    }
    node.is_evening = part == kEvening || part == kNightPart || part == kAfternoon;
  }
  node.is_bare = !has_half && !has_clock && !is_exact && node.precision == 0;
  if (node.is_bare && !is_led) return std::nullopt;
  if (!has_half && !is_exact && node.precision > 0 && !has_clock && !is_led) return std::nullopt;
  if (node.is_bare && !may_be_bare) {
    // "at 3": not when something is counted or a mark makes it another number.
    const Piece& after = p_[node.next];
    const bool is_counted = p_.is(node.next, unit) || p_.is(node.next, units_only) || p_.is(node.next, scale) ||
                            p_.is(node.next, hundred) || p_.is(node.next, month);
    if (is_counted ||
        (after.is_glued && !after.is('.') && !after.is(',') && !after.is('?') && !after.is('!') &&
         !(after.is('-') && !p_.is_figures(node.next + 1))) ||
        hour == 0)
      return std::nullopt;
    const bool may_follow =
        after.kind != Piece::Kind::word || p_.is(node.next, Word::at) || p_.is(node.next, on) || p_.is(node.next, to) ||
        p_.is(node.next, from) || p_.is(node.next, and_) || p_.is(node.next, day_offset) || p_.is(node.next, weekday) ||
        p_.is(node.next, this_) || p_.is(node.next, next) || p_.is(node.next, tonight) || p_.is(node.next, of) ||
        p_.is(node.next, for_) || after.text == "or" || after.text == "please" || after.text == "then" ||
        after.text == "if" || after.text == "with" || after.text == "would" || after.text == "works" ||
        after.text == "is" || after.text == "thanks" || p_.is(node.next, each);
    if (!may_follow && !is_led) return std::nullopt;
  }
  node.is_ambiguous = !has_half && !is_exact && hour >= 1 && hour <= 12;
  node.second = (hour * kHourSeconds + minute * 60 + second) % kDaySeconds;
  if (hour == 24) node.is_ambiguous = false;
  return node;
}

// "from 5 to 6pm", "between 9 and 10:30", "8-9am", "from 10 am for 3 hours".
std::optional<SpanNode> TemporalReader::time_span(std::size_t at) const {
  std::size_t here = at;
  const bool is_between = p_.is(here, between);
  const bool is_from = !is_between && p_.is(here, from);
  // "in the morning from 9 to 11" and "at 4 - 6:30 pm".
  std::optional<SpanNode> part;
  if (const auto of_day = day_part(here);
      of_day && !of_day->has_day && (p_.is(of_day->next, from) || p_.is(of_day->next, between))) {
    part = of_day;
    auto rest = time_span(of_day->next);
    if (!rest || rest->readings.empty()) return std::nullopt;
    const bool is_morning = of_day->part == "TMO";
    if (rest->readings.size() > 1) rest->readings = {is_morning ? rest->readings.front() : rest->readings.back()};
    return rest;
  }
  if (is_between) here = skip(here, between);
  if (is_from) here = skip(here, from);
  here = skip(here, Word::at);
  auto start = time(here, true);
  if (!start) return std::nullopt;
  SpanNode node;
  const auto reading = [](int from_second, int from_precision, int until_second, int until_precision) {
    return SpanNode::Reading{from_second, until_second, time_text(from_second, from_precision),
                             time_text(until_second, until_precision)};
  };
  // "10 am for 3 hours".
  if (const std::size_t count_at = skip(start->next, for_); count_at > start->next) {
    if (const auto length = duration(count_at);
        length && length->has_clock() && length->seconds < kDaySeconds && (is_from || !start->is_bare)) {
      node.next = length->next;
      node.readings.push_back(
          reading(start->second, start->precision, (start->second + int(length->seconds)) % kDaySeconds, 2));
      return node;
    }
  }
  std::size_t link = start->next;
  if (is_between && !p_.is(link, and_) && !p_.is(link, to)) return std::nullopt;
  if (!is_between && !p_.is(link, to)) return std::nullopt;
  const bool is_dash = p_.is_mark(link, '-') || p_.is_mark(link, '~');
  link = is_between && p_.is(link, and_) ? skip(link, and_) : skip(link, to);
  const auto stop = time(link, true);
  if (!stop) return std::nullopt;
  node.next = stop->next;
  // Bare numbers on both sides are a span of hours only when something says so.
  node.is_bare = start->is_bare && stop->is_bare;
  if (node.is_bare) {
    const Piece& after = p_[node.next];
    const bool is_counted = p_.is(node.next, unit) || p_.is(node.next, month) || p_.is(node.next, scale) ||
                            p_.is(node.next, hundred) ||
                            (after.is_glued && (after.is('%') || after.is('-') || after.is('/')));
    if (is_counted) return std::nullopt;
    (void)is_dash;
  }
  int from_second = start->second;
  int until_second = stop->second;
  if (start->is_ambiguous && !stop->is_ambiguous) {
    // The half of the day of the end holds for the beginning, unless that would turn them round.
    const int noon_second = 12 * kHourSeconds;
    const int as_morning = from_second % noon_second;
    const int as_evening = as_morning + noon_second;
    if (until_second == 0) {
      from_second = as_evening;
    } else if (until_second >= noon_second) {
      from_second = as_evening < until_second ? as_evening : as_morning;
    } else {
      from_second = as_morning < until_second ? as_morning : as_evening;
    }
    node.readings.push_back(reading(from_second, start->precision, until_second, stop->precision));
    return node;
  }
  if (!start->is_ambiguous && stop->is_ambiguous) {
    const int noon_second = 12 * kHourSeconds;
    const int as_morning = until_second % noon_second;
    until_second = as_morning > from_second ? as_morning : as_morning + noon_second;
    if (until_second <= from_second) until_second = as_morning;
    if (from_second == noon_second && as_morning == 0) until_second = 0;
    node.readings.push_back(reading(from_second, start->precision, until_second, stop->precision));
    return node;
  }
  if (start->is_ambiguous && stop->is_ambiguous) {
    const int noon_second = 12 * kHourSeconds;
    const int a = from_second % noon_second;
    const int b = until_second % noon_second;
    if (a <= b) {
      const bool is_twelve = until_second == noon_second;
      node.readings.push_back(reading(a, start->precision, is_twelve ? b + noon_second : b, stop->precision));
      node.readings.push_back(reading(a + noon_second, start->precision, b + noon_second, stop->precision));
      if (from_second != noon_second && is_twelve) node.readings.back().until = 0;
    } else if (start->precision > 0 && start->precision == stop->precision && p_[start->next - 1].text.size() == 4) {
      node.readings.push_back(reading(a, start->precision, b + noon_second, stop->precision));
      node.readings.push_back(reading(a + noon_second, start->precision, b, stop->precision));
    } else {
      node.readings.push_back(reading(a, start->precision, b == 0 ? noon_second : b + noon_second, stop->precision));
    }
    return node;
  }
  // "10am-12am": noon is meant when midnight would be in the morning of the same day.
  if (until_second == 0 && from_second < 12 * kHourSeconds && from_second > 0) until_second = 12 * kHourSeconds;
  node.readings.push_back(reading(from_second, start->precision, until_second, stop->precision));
  return node;
}

}  // namespace offhook::brain::extract
