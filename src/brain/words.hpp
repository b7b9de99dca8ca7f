#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::brain {

/// One word, number or mark of what somebody said. Contractions are taken apart ("I'm" gives "i" and
/// "am" with the same place), so that the rest of the brain sees one spelling.
struct Token {
  std::string text;         ///< lower case; a number keeps its inner marks: "2,500", "14:30", "3/14", "5th"
  std::size_t begin = 0;    ///< byte offset in the text
  std::size_t end = 0;      ///< one past the last byte
  bool is_capital = false;  ///< begins with a capital letter in the text
  bool is_mark = false;     ///< punctuation or a sign such as "$"
  bool is_number = false;   ///< begins with a figure (or "+" and a figure)
};
using Tokens = std::vector<Token>;

/// Typographic apostrophes made plain. Offsets in tokens count in the text after this.
[[nodiscard]] std::string straighten(std::string_view text);

/// Splits `text` (UTF-8; bytes above 127 count as letters). Never fails; marks that mean nothing to us
/// are left out, clause marks (. , ; ! ?) are kept as tokens.
[[nodiscard]] Tokens tokenize(std::string_view text);

/// A word without its common English endings: "looking" and "looks" give "look". Rough on purpose.
[[nodiscard]] std::string stem(std::string_view word);

/// The words of `text` without marks, joined by one blank: how two sentences are compared.
[[nodiscard]] std::string normalize(std::string_view text);

/// Does `phrase` (normalised words) stand in `sentence` (normalised words) at word boundaries?
[[nodiscard]] bool contains_words(std::string_view sentence, std::string_view phrase);

/// Do the tokens from `at` on begin with these words?
[[nodiscard]] bool starts_at(std::span<const Token> tokens, std::size_t at, std::string_view words);

/// Is `word` in the table?
template <class Table>
[[nodiscard]] bool is_one_of(const Table& table, std::string_view word) {
  return std::ranges::find(table, word) != std::ranges::end(table);
}

/// "jOHN doe" gives "John Doe"; text that has inner capitals ("McDonald") is kept.
[[nodiscard]] std::string title_case(std::string_view words);

}  // namespace offhook::brain
