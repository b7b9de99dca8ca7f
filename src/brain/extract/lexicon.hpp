#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace offhook::brain::extract {

/// What a word or a fixed phrase is to the grammars. The grammars know no word of any language: a language is
/// a table of phrases with their class and value.
enum class Word : std::uint8_t {
  // numbers
  small,       ///< 0 to 99 said in one word; value
  hundred,     ///< multiplies what is below a hundred: value 100
  hundreds,    ///< a multiple of a hundred in one word ("doscientos"); value
  scale,       ///< thousand, lakh, million …; value
  scale_mark,  ///< k, bn: only after figures; value
  ordinal,     ///< first, twentieth; value
  ordinals,    ///< fifths, hundredths: a denominator in the plural; value
  part,        ///< half 0.5, quarter 0.25: a part of the unit or scale that follows
  plus_part,   ///< "y media", "buçuk": adds value to the number before it
  ahead_half,  ///< "sadhe" 0.5, "sava" 0.25, "paune" -0.25: is added to the number after it
  whole_half,  ///< "dedh" 1.5, "dhai" 2.5, stands alone
  dozen,       ///< value 12
  few,         ///< "a few" 3, "a couple" 2
  a,           ///< the article, which counts one
  point,       ///< decimal point
  minus,
  and_,
  // the calendar
  month,       ///< 1 to 12
  weekday,     ///< 1 Monday to 7 Sunday
  weekdays,    ///< the same in the plural: every one of them
  day_offset,  ///< today 0, tomorrow 1
  unit,        ///< see Unit
  units_only,  ///< abbreviations that are units only after figures: h, min, m, d, y
  holiday,     ///< see Holiday
  season,      ///< 1 spring to 4 winter
  decade,      ///< "nineties" 90
  now,
  // the day
  day_part,  ///< see DayPart
  meridiem,  ///< am 0, pm 1
  oclock,
  noon,     ///< a clock time in a word; value in minutes
  past,     ///< minutes past an hour
  to_hour,  ///< minutes to an hour
  tonight,  ///< value: day offset
  // modifiers
  this_,
  next,
  last,
  prior,
  coming,
  following,
  each,
  other,
  ago,  ///< value 1: is said before the length ("hace")
  later,
  in,
  within,
  before,
  after,
  since,
  until,
  by,
  around,
  from,
  to,
  between,
  through,
  more_than,
  less_than,
  start_of,
  mid_of,
  end_of,
  early,
  late,
  of,
  the,
  at,
  on,
  for_,
  starting,
  all,
  year_word,
  week_of,
  once_a,
  frequency,
  equals_or,  ///< "or later" 1, "or earlier" -1
};

/// Units of duration, by size.
enum Unit : std::uint8_t {
  kSecond,
  kMinute,
  kHour,
  kDay,
  kNight,
  kWeek,
  kFortnight,
  kWeekend,
  kMonth,
  kQuarter,
  kYear,
  kDecade,
  kCentury,
  kWorkday,
  kWorkweek,
  kHalfYear
};

/// Parts of the day, as the codes of TimeML end: TMO, TAF …
enum DayPart : std::uint8_t {
  kMorning,
  kAfternoon,
  kEvening,
  kNightPart,
  kDaytime,
  kLunch,
  kBreakfast,
  kDinner,
  kBusiness
};

struct Entry {
  std::string_view phrase;  ///< lower case words, one blank between them
  Word word;
  double value = 0;
};

/// A language: its words, and the few ways in which its grammar differs from another's.
struct Language {
  std::string_view code;  ///< ISO 639-1
  std::span<const Entry> entries;
  std::span<const std::string_view> endings;  ///< that may hang on a word of the calendar or a number ("da", "te")
  bool tens_then_units = true;                ///< "twenty five" is 25, without a word between
  bool tens_and_units = false;                ///< "treinta y cinco" is 35
  bool is_day_first = false;                  ///< 3/4 is 3 April
  bool hour_before_half = false;              ///< "half seven" is 6:30
};

/// The language of a tag such as "en", "en-GB", "tr-TR"; English when there is no table for it.
[[nodiscard]] const Language& language_of(std::string_view tag);

/// One piece of a text: letters, figures or a mark.
struct Piece {
  enum class Kind : std::uint8_t { word, figures, mark } kind = Kind::mark;
  std::string_view text;  ///< lower case, apostrophes left out; lives as long as the Pieces
  std::size_t begin = 0;  ///< byte offset in the text
  std::size_t end = 0;    ///< one past the last byte
  bool is_glued = false;  ///< follows the piece before it without a gap

  [[nodiscard]] bool is(char mark) const { return kind == Kind::mark && text.size() == 1 && text[0] == mark; }
};

/// A class that a phrase beginning at some piece has.
struct Tag {
  Word word;
  double value = 0;
  std::size_t next = 0;  ///< the piece after the phrase

  /// The value as a Unit, of what is one.
  [[nodiscard]] Unit unit() const { return static_cast<Unit>(static_cast<int>(value)); }
};

/// A text taken apart and looked up, for all extractors.
class Pieces {
 public:
  Pieces(std::string_view text, const Language& language);
  Pieces(const Pieces&) = delete;
  Pieces& operator=(const Pieces&) = delete;

  [[nodiscard]] std::size_t size() const { return pieces_.size(); }
  [[nodiscard]] const Piece& operator[](std::size_t at) const { return at < pieces_.size() ? pieces_[at] : kNone; }
  [[nodiscard]] const Language& language() const { return *language_; }
  /// The longest phrase of this class at `at`; nullptr when there is none.
  [[nodiscard]] const Tag* tag(std::size_t at, Word word) const;
  /// As tag(), when its value is `value`.
  [[nodiscard]] bool is(std::size_t at, Word word) const { return tag(at, word) != nullptr; }
  [[nodiscard]] bool is_figures(std::size_t at) const { return (*this)[at].kind == Piece::Kind::figures; }
  [[nodiscard]] bool is_word(std::size_t at, std::string_view text) const {
    return (*this)[at].kind == Piece::Kind::word && (*this)[at].text == text;
  }
  [[nodiscard]] bool is_mark(std::size_t at, char mark) const { return (*this)[at].is(mark); }

 private:
  void look_up();
  void look_up_word(std::size_t at);

  static const Piece kNone;
  const Language* language_;
  std::vector<char> letters_;  // what the pieces' texts point into
  std::vector<Piece> pieces_;
  std::vector<Tag> tags_;
  std::vector<std::uint32_t> first_tag_;  // of each piece, and one past the last
};

}  // namespace offhook::brain::extract
