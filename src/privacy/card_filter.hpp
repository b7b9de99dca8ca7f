#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "privacy/number_run.hpp"
#include "privacy/number_words.hpp"

namespace offhook::privacy {

/// How a card number is named where it stood.
enum class Wording {
  written,  ///< "[card ending 4242]"
  spoken,   ///< "the card ending in 4 2 4 2"
};

/// The text that stands in for a card number. At most its last four digits stay.
[[nodiscard]] std::string card_replacement(std::string_view card_digits, Wording wording);
/// For a security code, and for digits of a card number that was said in several parts.
[[nodiscard]] std::string_view code_replacement(Wording wording);
[[nodiscard]] std::string_view part_replacement();

/// What the three or four digits beside a card number are called: lower case, without accents, one word each.
[[nodiscard]] std::span<const std::string_view> code_names();

/// Digits that were said in one go, as the filter saw them go by.
struct DigitRun {
  std::size_t begin = 0;  ///< bytes from the beginning of the text that went in
  std::size_t end = 0;
  std::string digits;
  bool is_dialled = false;  ///< it began with "+"
};

/// Takes card numbers out of a text that comes in pieces. What may still turn out to be one is held back: from the
/// first digit or number word on, until the digits end. A piece that ends within a word is held only when that word
/// may become a number word ("for" may become "forty"). How the text is cut into pieces does not change what comes
/// out in the end. Holds at most some 64 digits with what stands between them; a text without digits and number words
/// passes at once. A security code ("CVV 123") goes too. One text a filter; pure.
class CardFilter {
 public:
  explicit CardFilter(Wording wording, Languages languages = Languages::every)
      : wording_(wording), languages_(languages) {}

  /// What may be said now. `text` may end within a UTF-8 character.
  [[nodiscard]] std::string push(std::string_view text);
  /// The rest, when the text is over.
  [[nodiscard]] std::string finish();
  [[nodiscard]] bool is_holding() const { return !held_.empty(); }

  /// Digits that were card numbers on their own, and those that were none.
  [[nodiscard]] std::size_t cards_found() const { return cards_found_; }
  [[nodiscard]] const std::vector<DigitRun>& other_runs() const { return other_runs_; }
  /// Keep the runs that are no cards; a stream has no use for them.
  void collect_runs() { collects_runs_ = true; }
  /// A card number was said before this text: "the security code" is then the card's.
  void expect_code() { knows_card_ = true; }

 private:
  /// A group of figures or a word that is being read.
  enum class Token { none, figures, word, skipped_figures };

  void read(bool is_end);
  void read_digit(int digit, std::size_t bytes);
  void read_letter(char32_t letter);
  void read_mark(char32_t mark);
  void end_token();
  void end_figures(std::size_t end);
  void end_word();
  void note_word();
  void add_part(NumberPart part);
  void end_run();
  void shorten_run();
  void replace(std::size_t begin, std::size_t end, std::string_view by);
  void pass(std::size_t upto);
  void forget_decided();
  [[nodiscard]] bool in_run() const { return !parts_.empty(); }

  Wording wording_;
  Languages languages_;
  std::string held_;           // what has come, from the first undecided byte on
  std::size_t at_ = 0;         // up to here held_ has been read
  std::size_t decided_ = 0;    // up to here held_ has gone to out_; back to 0 after each read
  std::size_t forgotten_ = 0;  // bytes of the text before held_
  std::string out_;

  Token token_ = Token::none;
  std::size_t token_begin_ = 0;
  std::string token_text_;  // digits, or the folded word
  bool token_may_count_ = false;
  bool touches_letter_ = false;
  bool is_dialled_ = false;  // "+" stands before what comes
  bool has_slash_ = false;   // "/" stood since the last part

  std::vector<NumberPart> parts_;  // the run
  std::size_t digits_ = 0;         // in parts_, about
  std::size_t gap_ = 0;            // separators since the last part
  std::size_t joiners_ = 0;        // joining words since the last part that says a digit
  bool is_long_ = false;           // the run's beginning was let go

  int code_words_left_ = 0;  // words that may still come between "CVV" and its digits
  std::string word_before_;
  bool knows_card_ = false;
  std::size_t cards_found_ = 0;
  bool collects_runs_ = false;
  std::vector<DigitRun> other_runs_;
};

/// The whole text at once.
[[nodiscard]] std::string redact_cards(std::string_view text, Wording wording = Wording::written,
                                       Languages languages = Languages::every);

}  // namespace offhook::privacy
