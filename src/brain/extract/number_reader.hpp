#pragma once

#include <optional>

#include "brain/extract/lexicon.hpp"

namespace offhook::brain::extract {

/// A number that begins at some piece.
struct Number {
  double value = 0;
  std::size_t next = 0;      ///< the piece after it
  bool in_figures = false;   ///< begins with figures
  bool has_scale = false;    ///< hundred, thousand, k … was part of it
  bool is_decimal = false;   ///< has decimals
  bool is_fraction = false;  ///< "two thirds", "2 1/4", "half a million"
};

/// Figures with thousands and decimal marks: "12", "1,250.50", "1 234 567", "5,00". Never signed.
[[nodiscard]] std::optional<Number> read_figures(const Pieces& pieces, std::size_t at);

/// A count without a sign: figures or words with scales and decimals ("10k", "two and a half million", "three dozen").
[[nodiscard]] std::optional<Number> read_count(const Pieces& pieces, std::size_t at);

/// Any number: counts, fractions ("three fifths"), minus, powers ("1.3e6", "2^8").
[[nodiscard]] std::optional<Number> read_any_number(const Pieces& pieces, std::size_t at);

/// A whole number from `least` to `most` in figures or words without a scale.
[[nodiscard]] std::optional<Number> read_small(const Pieces& pieces, std::size_t at, int least, int most);

/// "5th", "fifth", "twenty-first", "one hundred and first".
[[nodiscard]] std::optional<Number> read_ordinal(const Pieces& pieces, std::size_t at);

/// A year: "1987", "nineteen eighty seven", "two thousand and six", "twenty twenty", "seventeen hundred thirty three".
[[nodiscard]] std::optional<Number> read_year(const Pieces& pieces, std::size_t at);

}  // namespace offhook::brain::extract
