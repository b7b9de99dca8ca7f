#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "brain/dates.hpp"
#include "brain/words.hpp"

namespace offhook::brain {

/// What a stretch of words could stand for.
enum class MentionKind {
  date,
  time,
  money,
  number,
  bedrooms,
  phone,
  email,
  name,
  card_digits,  ///< four figures of a card
  code,         ///< a customer or booking number: figures, perhaps with letters
};

/// One reading of one stretch of tokens. Readings of different kinds may overlap ("4242" is a number, a
/// code and the end of a card): whoever knows what was asked chooses.
struct Mention {
  MentionKind kind = MentionKind::number;
  std::size_t first = 0;  ///< first token
  std::size_t last = 0;   ///< one past the last token
  std::string value;      ///< "2026-03-07", "14:00", "2500", "2", "+14155550101", "John Doe"
  bool is_weak = false;   ///< plausible only as the answer to a question for it
  bool has_year = false;  ///< dates: the year was said
};

struct ReadingContext {
  Moment moment;
  std::string region = "US";    ///< ISO 3166-1 alpha-2, for phone numbers
  std::string language = "en";  ///< of the caller, as a tag: "en", "tr-TR"
};

/// All mentions of a text in the order of their first token; within one kind they do not overlap.
[[nodiscard]] std::vector<Mention> find_mentions(std::string_view text, const Tokens& tokens,
                                                 const ReadingContext& context);

/// A letter said alone. "a" and "I" are words unless they stand beside another letter or figure.
[[nodiscard]] bool is_spelled_letter(const Tokens& tokens, std::size_t at);

/// The words of an answer to "what is your name?": "it's John Doe, thanks" gives "John Doe"; empty when
/// nothing in it can be a name.
[[nodiscard]] std::string bare_name(const Tokens& tokens, std::string_view text);

}  // namespace offhook::brain
