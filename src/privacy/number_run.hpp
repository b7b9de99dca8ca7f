#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "privacy/number_words.hpp"

namespace offhook::privacy {

/// A part of a text that says digits: a group of figures, or one number word. Positions are bytes in the text that
/// the run was read from.
struct NumberPart {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string figures;  ///< the group's digits; empty for a word
  std::optional<NumberWord> word;
  bool touches_letter = false;  ///< as in "4e5f": part of an identifier, rather
  bool after_plus = false;      ///< "+1…": a phone number begins
  bool after_slash = false;     ///< as within a date
};

/// Digits that belong together: "4111", "forty-two", "double five", "four".
struct DigitPiece {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string digits;
  bool is_spoken = false;
  bool touches_letter = false;
  bool after_plus = false;
  bool after_slash = false;
};

/// The digits of parts that nothing but separators stands between. Words that say none vanish.
[[nodiscard]] std::vector<DigitPiece> read_pieces(std::span<const NumberPart> parts);

/// A card number within a run of pieces.
struct FoundCard {
  std::size_t first = 0;  ///< piece
  std::size_t last = 0;   ///< piece, included: also an expiry date and a security code that follow
  std::string digits;
};

/// The card numbers among the pieces, in order and apart from each other. A run that is a card number as a whole
/// needs the Luhn digit and a plausible beginning; one inside a longer run also the groups and the length that its
/// network's numbers have, since any long run holds some 13 digits that pass by chance.
/// `is_whole`: false when the run goes on beyond these pieces.
[[nodiscard]] std::vector<FoundCard> find_cards(std::span<const DigitPiece> pieces, bool is_whole);

/// All digits, one after the other.
[[nodiscard]] std::string digits_of(std::span<const DigitPiece> pieces);

}  // namespace offhook::privacy
