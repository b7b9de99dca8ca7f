#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::privacy {

/// One character of a UTF-8 text.
struct Character {
  char32_t code = 0;
  std::size_t bytes = 0;  ///< 0: the text ends within it
};
/// The first character of `text`, which is not empty. A byte that begins none is taken for one of its own.
[[nodiscard]] Character first_character(std::string_view text);

/// The value of a decimal digit of any script that telephones and keyboards send (also full-width, superscript,
/// circled and mathematical ones); nullopt for everything else.
[[nodiscard]] std::optional<int> digit_value(char32_t code);

/// May it stand between the digits of one number: spaces, dashes, dots, commas, slashes, brackets, quotation marks,
/// and characters that are not seen at all?
[[nodiscard]] bool is_separator(char32_t code);

/// Is it a letter, as far as words of digits go: ASCII, and everything beyond it that is neither digit nor separator?
[[nodiscard]] bool is_letter(char32_t code);

/// Appends the letter in lower case and without its accent: "É" gives "e", "ß" gives "ss". Combining accents give
/// nothing; letters of other scripts give "?", which is in no number word.
void append_folded(std::string& word, char32_t letter);

}  // namespace offhook::privacy
