#include <array>

#include "brain/extract/temporal_reader.hpp"

namespace offhook::brain::extract {
namespace {

using enum Word;
using std::chrono::days;

}  // namespace

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
    } else if (const Tag* nth = p_.tag(here, ordinal); nth != nullptr && nth->value == 2 && p_.is(nth->next, unit)) {
      count = 2;
      here = nth->next;
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
      if (const Tag* day = p_.tag(every->next, weekday)) {
        return set("XXXX-WXX-" + std::to_string(int(day->value)) + time_text(clock->second, clock->precision),
                   day->next);
      }
    }
  }
  return std::nullopt;
}

}  // namespace offhook::brain::extract
