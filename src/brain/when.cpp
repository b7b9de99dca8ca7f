#include "brain/when.hpp"

#include <algorithm>
#include <string>

#include "brain/extract/temporal_reader.hpp"

namespace offhook::brain {

using std::chrono::days;
using std::chrono::minutes;

namespace {

constexpr minutes kNoon{12 * 60};
constexpr minutes kFirstOfficeHour{8 * 60};

}  // namespace

minutes in_office_hours(minutes time) {
  const minutes morning = time % kNoon;
  return morning < kFirstOfficeHour ? morning + kNoon : morning;
}

struct WhenReader::Parts {
  Parts(std::string_view text, const Tokens& said, const Moment& moment, std::string_view language)
      : tokens(said),
        pieces(text, extract::language_of(language)),
        today(moment.today),
        reader(pieces, {.today = today, .is_day_first = !moment.is_month_first || pieces.language().is_day_first}) {}

  // The piece that begins where the token does.
  [[nodiscard]] std::optional<std::size_t> piece_at(std::size_t token) const {
    if (token >= tokens.size()) return std::nullopt;
    // "We'd" is no Wednesday: a contraction, which is two tokens in one place, names no time.
    const auto has_place_of = [&](std::size_t other) {
      return other < tokens.size() && tokens[other].begin == tokens[token].begin;
    };
    if (has_place_of(token + 1) || (token > 0 && has_place_of(token - 1))) return std::nullopt;
    std::size_t low = 0;
    std::size_t high = pieces.size();
    while (low < high) {
      const std::size_t middle = (low + high) / 2;
      if (pieces[middle].begin < tokens[token].begin) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    if (low >= pieces.size() || pieces[low].begin != tokens[token].begin) return std::nullopt;
    return low;
  }
  // How many tokens from `at` on lie before the piece `next`.
  [[nodiscard]] std::size_t count(std::size_t at, std::size_t next) const {
    const std::size_t end = pieces[next - 1].end;
    std::size_t used = 0;
    while (at + used < tokens.size() && tokens[at + used].begin < end) ++used;
    return used;
  }

  const Tokens& tokens;
  extract::Pieces pieces;
  std::chrono::sys_days today;
  extract::TemporalReader reader;
};

WhenReader::WhenReader(std::string_view text, const Tokens& tokens, const Moment& moment, std::string_view language)
    : parts_(std::make_unique<Parts>(text, tokens, moment, language)) {}
WhenReader::~WhenReader() = default;

std::optional<DateSpan> WhenReader::date(std::size_t at) const {
  const auto piece = parts_->piece_at(at);
  if (!piece) return std::nullopt;
  auto day = parts_->reader.date(*piece);
  // Nobody books a day that is over, and "the day" is none: only birthdays lie in the past.
  if (day && day->is_offset && (day->future < parts_->today || parts_->pieces.is(*piece + 1, extract::Word::unit)))
    day.reset();
  auto stretch = parts_->reader.period(*piece);
  using enum extract::Unit;
  if (stretch && stretch->end[1] <= parts_->today && stretch->year == 0) stretch.reset();
  const bool is_long_enough = stretch && (stretch->unit == kMonth || stretch->unit == kWeekend ||
                                          (stretch->unit == kYear && stretch->mod == "end"));
  if (stretch && (!stretch->is_placed || stretch->is_weak || !is_long_enough)) {
    stretch.reset();
  }
  if (day && day->is_possible && !day->is_weak && (!stretch || day->next >= stretch->next)) {
    std::chrono::sys_days date = day->future;
    // A weekday's own name said on that day means a week later.
    const bool is_weekday_alone = day->weekday != 0 && day->day == 0 && day->month == 0 && !day->is_certain;
    if (is_weekday_alone && date == parts_->today) date += days(7);
    return DateSpan{.date = date, .count = parts_->count(at, day->next), .has_year = day->year != 0};
  }
  if (!stretch) return std::nullopt;
  std::chrono::sys_days date = stretch->begin[1];
  if (stretch->mod == "end") date = stretch->end[1] - days(1);
  if (stretch->mod == "mid") date = extract::first_of_month(date) + days(14);
  if (date < parts_->today && stretch->unit == kMonth) date = parts_->today;
  return DateSpan{
      .date = date, .count = parts_->count(at, stretch->next), .has_year = stretch->year != 0 && !stretch->is_relative};
}

std::optional<TimeSpan> WhenReader::time(std::size_t at) const {
  const auto piece = parts_->piece_at(at);
  if (!piece) return std::nullopt;
  const bool is_english = parts_->pieces.language().code == "en";
  // "at" belongs to the sentence, not to the time.
  if (is_english && parts_->pieces.is(*piece, extract::Word::at)) return std::nullopt;
  const auto clock = parts_->reader.time(*piece, false);
  if (!clock) return std::nullopt;
  const minutes said(clock->second / 60);
  return TimeSpan{.time = clock->is_ambiguous ? in_office_hours(said) : said,
                  .count = parts_->count(at, clock->next),
                  .is_weak = clock->is_bare};
}

}  // namespace offhook::brain
