#pragma once

#include <functional>
#include <optional>
#include <string_view>

namespace offhook::privacy {

/// Whose number words count. Values of several may be joined with |.
enum class Languages : unsigned { english = 1, spanish = 2, french = 4, german = 8, hindi = 16, every = 31 };
[[nodiscard]] constexpr Languages operator|(Languages a, Languages b) {
  return static_cast<Languages>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}
/// Those that somebody who speaks the language `tag` ("en", "es-MX", …) may say, English among them; every for
/// languages without a table.
[[nodiscard]] Languages languages_of(std::string_view tag);

/// A word that digits are said with.
struct NumberWord {
  enum class Kind {
    small,     ///< 0 to 19, and compounds such as "zweiundvierzig"
    ten,       ///< 20, 30, … 90: takes the unit that follows into it
    hundred,   ///< multiplies what was said before it
    thousand,  ///< the same
    repeat,    ///< "double", "triple": repeats the digit that follows
    joiner,    ///< "and", "y", "et", and what people say while they read a number out: "uh", "dash"
  };
  std::string_view text;  ///< lower case, without accents
  Kind kind = Kind::small;
  int value = 0;
  Languages languages = Languages::english;
};

/// The word, when it is one. `folded`: lower case, without accents ("zéro" is "zero", "fünf" is "funf").
[[nodiscard]] std::optional<NumberWord> find_number_word(std::string_view folded, Languages languages);

/// Could letters that follow make a number word of it (or is it one)? Joiners count only `within_number`.
[[nodiscard]] bool may_become_number_word(std::string_view folded, Languages languages, bool within_number);

/// Every word there is.
void for_each_number_word(const std::function<void(const NumberWord&)>& visit);

}  // namespace offhook::privacy
