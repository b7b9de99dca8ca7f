#include <algorithm>
#include <array>

#include "brain/dates.hpp"
#include "brain/numbers.hpp"

namespace offhook::brain {
namespace {

using std::chrono::minutes;

enum class Half { unknown, morning, afternoon };

struct TimeReader {
  std::span<const Token> tokens;

  [[nodiscard]] std::string_view word(std::size_t at) const {
    return at < tokens.size() ? std::string_view(tokens[at].text) : std::string_view();
  }

  // "am", "p m", "in the afternoon", "tonight": which half of the day, and how many tokens say so.
  [[nodiscard]] std::pair<Half, std::size_t> half_at(std::size_t at) const {
    const std::string_view next = word(at);
    if (next == "am") {
      // "I am": only after a number, which the caller has made sure of.
      return {Half::morning, 1};
    }
    if (next == "pm") return {Half::afternoon, 1};
    if ((next == "a" || next == "p") && word(at + 1) == "m") {
      return {next == "a" ? Half::morning : Half::afternoon, 2};
    }
    std::size_t lead = 0;
    if (starts_at(tokens, at, "in the")) lead = 2;
    if (starts_at(tokens, at, "at")) lead = 1;
    const std::string_view part = word(at + lead);
    if (lead == 2 && part == "morning") return {Half::morning, 3};
    if (lead == 2 && (part == "afternoon" || part == "evening")) return {Half::afternoon, 3};
    if (lead == 1 && part == "night") return {Half::afternoon, 2};
    if (next == "tonight") return {Half::afternoon, 0};
    return {Half::unknown, 0};
  }

  // A half of the day named shortly before the hour: "tomorrow afternoon at 3", "Saturday morning at ten".
  [[nodiscard]] Half half_before(std::size_t at) const {
    for (std::size_t back = 1; back <= 4 && back <= at; ++back) {
      const std::string_view earlier = word(at - back);
      if (earlier == "morning") return Half::morning;
      if (earlier == "afternoon" || earlier == "evening" || earlier == "tonight") return Half::afternoon;
    }
    return Half::unknown;
  }

  [[nodiscard]] static minutes resolve(int hour, int minute, Half half) {
    if (half == Half::unknown && hour >= 1 && hour <= 7) hour += 12;  // callers mean office hours
    if (half == Half::afternoon && hour < 12) hour += 12;
    if (half == Half::morning && hour == 12) hour = 0;
    return minutes(hour * 60 + minute);
  }
};

// Words that show that the number before them is not an hour.
bool counts_something(std::string_view next) {
  constexpr auto kUnitWords = std::to_array<std::string_view>(
      {"bedroom", "bedrooms", "bed",     "beds",   "br",      "bhk",     "dollars", "bucks",     "dollar",   "days",
       "day",     "weeks",    "week",    "months", "month",   "years",   "year",    "k",         "thousand", "hundred",
       "lakh",    "lakhs",    "crore",   "crores", "million", "percent", "people",  "pets",      "dogs",     "cats",
       "dog",     "cat",      "minutes", "hours",  "hour",    "person",  "of",      "bath",      "baths",    "bathroom",
       "cards",   "card",     "rupees",  "grand",  "one",     "thing",   "things",  "questions", "question", "kids"});
  return is_one_of(kUnitWords, next);
}

std::optional<TimeSpan> clock_figures(const TimeReader& reader, std::size_t at) {
  const std::string_view text = reader.word(at);
  const std::size_t colon = text.find_first_of(":.");
  if (colon == std::string_view::npos || colon == 0 || colon > 2 || text.size() != colon + 3) return std::nullopt;
  for (const char c : text) {
    if ((c < '0' || c > '9') && c != ':' && c != '.') return std::nullopt;
  }
  int hour = text[0] - '0';
  if (colon == 2) hour = hour * 10 + (text[1] - '0');
  const int minute = (text[colon + 1] - '0') * 10 + (text[colon + 2] - '0');
  if (hour > 23 || minute > 59) return std::nullopt;
  auto [half, used] = reader.half_at(at + 1);
  if (text[colon] == '.' && half == Half::unknown) return std::nullopt;
  if (half == Half::unknown && hour <= 12) half = reader.half_before(at);
  const bool is_24h = half == Half::unknown && colon == 2 && text[0] == '0';
  return TimeSpan{.time = is_24h ? minutes(hour * 60 + minute) : TimeReader::resolve(hour, minute, half),
                  .count = 1 + used};
}

// "half past ten", "quarter to three", "ten past two".
std::optional<TimeSpan> past_or_to(const TimeReader& reader, std::size_t at) {
  std::size_t next = at;
  if (reader.word(next) == "a") ++next;
  int offset = 0;
  if (reader.word(next) == "half") {
    offset = 30;
    ++next;
  } else if (reader.word(next) == "quarter") {
    offset = 15;
    ++next;
  } else if (const auto small = read_small(reader.tokens, next); small && next == at) {
    offset = int(small->value);
    next += small->count;
    if (reader.word(next) == "minutes") ++next;
  } else {
    return std::nullopt;
  }
  const std::string_view link = reader.word(next);
  const bool is_past = link == "past" || link == "after";
  const bool is_before = link == "to" || link == "till" || link == "of" || link == "before";
  if (!is_past && !(is_before && offset != 30)) return std::nullopt;
  // "5 to 6" is a range; "ten to three" is said with words.
  if (is_before && offset != 15 && reader.tokens[at].is_number) return std::nullopt;
  if (link == "of" && offset != 15) return std::nullopt;
  const auto hour = read_small(reader.tokens, next + 1);
  if (!hour || hour->value < 1 || hour->value > 12) return std::nullopt;
  const std::size_t end = next + 1 + hour->count;
  const auto [half, used] = reader.half_at(end);
  minutes time = TimeReader::resolve(int(hour->value), 0, half);
  time += is_past ? minutes(offset) : -minutes(offset);
  return TimeSpan{.time = time, .count = end + used - at};
}

// "In the afternoon" answers "at what time?" with an hour we can read back.
std::optional<minutes> part_of_day(std::string_view word) {
  if (word == "morning") return minutes(10 * 60);
  if (word == "afternoon") return minutes(14 * 60);
  if (word == "evening") return minutes(18 * 60);
  return std::nullopt;
}

}  // namespace

std::optional<TimeSpan> read_time(std::span<const Token> tokens, std::size_t at) {
  const TimeReader reader{tokens};
  const std::string_view word = reader.word(at);
  if (word == "noon" || word == "midday") return TimeSpan{.time = minutes(12 * 60), .count = 1};
  if (word == "twelve" && reader.word(at + 1) == "noon") return TimeSpan{.time = minutes(12 * 60), .count = 2};
  if (const auto part = part_of_day(word)) return TimeSpan{.time = *part, .count = 1, .is_weak = true};
  if (const auto time = past_or_to(reader, at)) return time;
  if (at < tokens.size() && tokens[at].is_number) {
    if (const auto time = clock_figures(reader, at)) return time;
  }
  const auto hour = read_small(tokens, at);
  if (!hour || hour->value > 23 || (hour->value == 0 && !hour->in_figures)) return std::nullopt;
  // A year, a date or a price is no hour: "2026-03-05" is one token and fails read_small already.
  std::size_t end = at + hour->count;
  int minute = 0;
  bool is_clear = false;
  if (const auto more = read_small(tokens, end); more && !more->in_figures && !hour->in_figures && hour->value <= 12) {
    const int value = int(more->value);
    const bool is_minutes = value >= 10 || (value > 0 && more->count == 2);
    if (is_minutes) {
      minute = value;
      end += more->count;
      is_clear = value % 5 == 0 || reader.half_at(end).first != Half::unknown;
    }
  }
  if (reader.word(end) == "oclock") {
    ++end;
    is_clear = true;
  }
  if (reader.word(end) == "sharp" || reader.word(end) == "ish") ++end;
  auto [half, used] = reader.half_at(end);
  if (hour->value > 12 && half != Half::unknown) return std::nullopt;
  if (half != Half::unknown) {
    is_clear = true;
    end += used;
  } else {
    half = reader.half_before(at);
    // "at 3", "around five", "by 10": an hour when nothing countable follows.
    const std::string_view before = at > 0 ? reader.word(at - 1) : std::string_view();
    const bool is_led = before == "at" || before == "around" || before == "about" || before == "by" ||
                        before == "after" || before == "before" || before == "@" || before == "until";
    if (is_led && hour->value <= 12 && !counts_something(reader.word(end))) is_clear = is_clear || before != "about";
  }
  if (counts_something(reader.word(end)) && !(reader.word(end) == "one")) return std::nullopt;
  return TimeSpan{.time = TimeReader::resolve(int(hour->value), minute, half), .count = end - at, .is_weak = !is_clear};
}

std::string spoken_time(minutes time) {
  const int hour = int(time.count()) / 60;
  const int minute = int(time.count()) % 60;
  if (minute == 0 && hour == 12) return "noon";
  std::string out = std::to_string(hour % 12 == 0 ? 12 : hour % 12);
  if (minute != 0) out += std::string(minute < 10 ? ":0" : ":") + std::to_string(minute);
  return out + (hour < 12 ? " AM" : " PM");
}

}  // namespace offhook::brain
