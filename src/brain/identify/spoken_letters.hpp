#pragma once

#include <string>
#include <string_view>

namespace offhook::brain::identify {

/// A word that may stand for any one character; '?' is in no postcode and no name.
inline constexpr char kSomeWord = '?';

/// What was spelled, as capital letters and figures: "g 2 6 5 W Ruby" G265W?, "bravo bravo 11 for Bravo Hotel" BB114BH,
/// "N for November" N, "double l" LL. Recognisers write letters as words ("are", "you", "hey"): those that sound like a
/// letter or figure become it. A word that is neither becomes kSomeWord.
[[nodiscard]] std::string spelled_characters(std::string_view heard);

/// Are most of the words single letters or their names?
[[nodiscard]] bool is_spelled(std::string_view heard);

/// A date of birth as figures, day first: "19th of July 1975" 19071975, "27th of the 12th 1988" 27121988,
/// "31 07 1940 7" 31071947, "16 for 2003" 1642003. Not always eight of them.
[[nodiscard]] std::string date_figures(std::string_view heard);

/// The sounds of a name, roughly: "Phillips" FILIPS, "Catherine" KATERIN. Two spellings of a name mostly agree.
[[nodiscard]] std::string sounds_of(std::string_view name);

/// Letters A to Z of a text, in capitals.
[[nodiscard]] std::string letters_of(std::string_view text);

}  // namespace offhook::brain::identify
