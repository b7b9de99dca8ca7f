#include "brain/when.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "brain/extract/temporal_reader.hpp"

namespace offhook::brain {

using std::chrono::days;
using std::chrono::minutes;

namespace {

constexpr minutes kNoon{12 * 60};
constexpr minutes kFirstOfficeHour{8 * 60};

// Words that show that the number before them is not an hour.
constexpr auto kCounted = std::to_array<std::string_view>(
    {"bedroom",  "bedrooms", "bed",   "beds",  "br",     "bhk",       "dollars",  "bucks",   "dollar",   "k",
     "thousand", "hundred",  "lakh",  "lakhs", "crore",  "crores",    "million",  "percent", "people",   "pets",
     "dogs",     "cats",     "dog",   "cat",   "person", "of",        "bath",     "baths",   "bathroom", "cards",
     "card",     "rupees",   "grand", "thing", "things", "questions", "question", "kids"});
// Words that make a number after them an hour.
constexpr auto kLeads = std::to_array<std::string_view>({"at", "around", "by", "after", "before", "@", "until"});

}  // namespace

minutes in_office_hours(minutes time) {
  const minutes morning = time % kNoon;
  return morning < kFirstOfficeHour ? morning + kNoon : morning;
}

struct WhenReader::Parts {
  Parts(std::string_view text, const Tokens& said, const Moment& moment, std::string_view language)
      : tokens(said),
        is_day_first(!moment.is_month_first || extract::language_of(language).is_day_first),
        pieces(text, extract::language_of(language)),
        today(moment.today),
        reader(pieces, {.today = today, .is_day_first = is_day_first}) {}

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

  // The part of the day among the last few words before a time.
  [[nodiscard]] const extract::Tag* day_part_before(std::size_t piece) const {
    for (std::size_t back = 1; back <= std::min<std::size_t>(4, piece); ++back) {
      if (const auto* part = pieces.tag(piece - back, extract::Word::day_part)) return part;
    }
    return nullptr;
  }
  [[nodiscard]] std::optional<DateSpan> loose_date(std::size_t at, std::size_t piece) const;

  const Tokens& tokens;
  bool is_day_first = false;
  extract::Pieces pieces;
  std::chrono::sys_days today;
  extract::TemporalReader reader;
};

WhenReader::WhenReader(std::string_view text, const Tokens& tokens, const Moment& moment, std::string_view language)
    : parts_(std::make_unique<Parts>(text, tokens, moment, language)) {}
WhenReader::~WhenReader() = default;

// What only somebody who was asked for a day means by it: "may", "3-4 months", "04 12 1985".
std::optional<DateSpan> WhenReader::Parts::loose_date(std::size_t at, std::size_t piece) const {
  if (const auto present = pieces.tag(piece, extract::Word::now)) {
    return DateSpan{.date = today, .count = count(at, present->next), .is_weak = true};
  }
  const auto in = [&](const extract::DurationNode& length, bool is_weak) -> std::optional<DateSpan> {
    if (length.has_clock()) return std::nullopt;
    auto date = today;
    for (const auto& [many, unit] : length.parts) date = extract::add_units(date, many, unit);
    return DateSpan{.date = date, .count = count(at, length.next), .is_weak = is_weak};
  };
  if (const auto* within = pieces.tag(piece, extract::Word::within)) {
    std::size_t length_at = within->next;
    if (pieces.is(length_at, extract::Word::the)) ++length_at;
    if (const auto* next = pieces.tag(length_at, extract::Word::next)) length_at = next->next;
    if (const auto length = reader.duration(length_at)) return in(*length, false);
  }
  if (const auto length = reader.duration(piece)) return in(*length, true);
  // "3-4 months", "two or three months": the longer.
  if (const auto first = extract::read_small(pieces, piece, 1, 60)) {
    const bool is_range = pieces.is(first->next, extract::Word::to) || pieces.is_word(first->next, "or");
    const auto length = is_range ? reader.duration(first->next + 1) : std::nullopt;
    if (length) return in(*length, true);
  }
  // Figures with blanks between them, as recognisers write them.
  if (pieces.is_figures(piece) && pieces.is_figures(piece + 1) && pieces.is_figures(piece + 2) &&
      pieces[piece].text.size() <= 2 && pieces[piece + 1].text.size() <= 2 && pieces[piece + 2].text.size() == 4) {
    int month = extract::figures_value(pieces[piece].text);
    int day = extract::figures_value(pieces[piece + 1].text);
    if (is_day_first || (month > 12 && day <= 12)) std::swap(month, day);
    if (const auto date = extract::day_of(extract::figures_value(pieces[piece + 2].text), month, day)) {
      return DateSpan{.date = *date, .count = count(at, piece + 3), .has_year = true, .is_weak = true};
    }
  }
  return std::nullopt;
}

std::optional<DateSpan> WhenReader::date(std::size_t at) const {
  const auto piece = parts_->piece_at(at);
  if (!piece) return std::nullopt;
  const extract::Pieces& pieces = parts_->pieces;
  auto day = parts_->reader.date(*piece);
  // Nobody books a day that is over, and "the day" is none: only birthdays lie in the past.
  const bool is_the_day = pieces.is(*piece, extract::Word::the) && pieces.is(*piece + 1, extract::Word::unit);
  if (day && (!day->is_possible || (day->is_offset && (day->future < parts_->today || is_the_day)))) day.reset();
  auto stretch = parts_->reader.period(*piece);
  using enum extract::Unit;
  if (stretch) {
    const bool is_month = stretch->unit == kMonth || stretch->unit == kWeekend;
    const bool is_year = stretch->unit == kYear && stretch->is_relative && !pieces.is(*piece, extract::Word::the);
    const bool is_over = stretch->end[1] <= parts_->today && stretch->year == 0;
    // "The next three months": until then.
    const bool is_counted =
        stretch->is_relative && stretch->begin[1] == parts_->today + days(1) && stretch->timex.starts_with('(');
    if (is_counted && stretch->unit <= kYear) {
      stretch->begin[1] = stretch->end[1] - days(1);
      stretch->mod.clear();
    } else if (!stretch->is_placed || (!is_month && !is_year) || is_over) {
      stretch.reset();
    }
  }
  const bool is_day_longer = day && (!stretch || day->next >= stretch->next);
  if (is_day_longer && !(day->is_weak && stretch && !stretch->is_weak)) {
    std::chrono::sys_days date = day->future;
    // A weekday's own name said on that day means a week later.
    const bool is_weekday_alone = day->weekday != 0 && day->day == 0 && day->month == 0 && !day->is_certain;
    if (is_weekday_alone && date == parts_->today) date += days(7);
    return DateSpan{
        .date = date, .count = parts_->count(at, day->next), .has_year = day->year != 0, .is_weak = day->is_weak};
  }
  if (!stretch) return parts_->loose_date(at, *piece);
  std::chrono::sys_days date = stretch->begin[1];
  if (stretch->mod == "end") date = stretch->end[1] - days(1);
  if (stretch->mod == "mid") date = extract::first_of_month(date) + days(14);
  // "This year" is by its end.
  if (stretch->unit == kYear && date < parts_->today) date = stretch->end[1] - days(1);
  if (date < parts_->today && stretch->unit == kMonth && stretch->year == 0) date = parts_->today;
  return DateSpan{.date = date,
                  .count = parts_->count(at, stretch->next),
                  .has_year = stretch->year != 0 && !stretch->is_relative,
                  .is_weak = stretch->is_weak};
}

std::optional<TimeSpan> WhenReader::time(std::size_t at) const {
  const auto piece = parts_->piece_at(at);
  if (!piece) return std::nullopt;
  const extract::Pieces& pieces = parts_->pieces;
  const bool is_english = pieces.language().code == "en";
  // "In the afternoon" answers "at what time?" with an hour we can read back.
  if (const auto* part = pieces.tag(*piece, extract::Word::day_part);
      part != nullptr && !parts_->reader.time(*piece, false)) {
    constexpr std::array<int, 3> kHours{10, 14, 18};
    const auto which = static_cast<std::size_t>(part->value);
    if (which >= kHours.size()) return std::nullopt;
    return TimeSpan{.time = std::chrono::hours(kHours[which]), .count = parts_->count(at, part->next), .is_weak = true};
  }
  // "at" belongs to the sentence, not to the time.
  if (is_english && pieces.is(*piece, extract::Word::at)) return std::nullopt;
  auto clock = parts_->reader.time(*piece, false);
  bool is_weak = clock && clock->is_bare;
  if (!clock) {
    // A number alone: an hour, when nothing is counted.
    if (pieces.is_figures(*piece) && pieces[*piece].text.size() > 2) return std::nullopt;
    clock = parts_->reader.time(*piece, true);
    if (!clock || (clock->is_bare && clock->second == 0)) return std::nullopt;
    if (is_one_of(kCounted, pieces[clock->next].text) || pieces.is(clock->next, extract::Word::unit))
      return std::nullopt;
    const auto before = *piece > 0 ? pieces[*piece - 1].text : std::string_view();
    is_weak = !is_one_of(kLeads, before);
  }
  minutes said(clock->second / 60);
  if (clock->is_ambiguous) {
    // "tomorrow morning at 7": the half of the day was said before.
    const auto* half = parts_->day_part_before(*piece);
    const bool is_exact = pieces.is_figures(*piece) && pieces[*piece].text.starts_with('0') && clock->precision > 0;
    if (half != nullptr) {
      said = said % kNoon + (static_cast<int>(half->value) == static_cast<int>(extract::kMorning) ? minutes(0) : kNoon);
    } else if (!is_exact) {
      said = in_office_hours(said);
    }
  }
  return TimeSpan{.time = said, .count = parts_->count(at, clock->next), .is_weak = is_weak};
}

}  // namespace offhook::brain
