#pragma once

#include <optional>
#include <vector>

#include "brain/extract/lexicon.hpp"

namespace offhook::brain::extract {

/// A number in a sentence.
struct NumberFound {
  std::size_t begin = 0;  ///< byte offset in the text
  std::size_t end = 0;
  std::size_t next = 0;  ///< the piece after it
  double value = 0;
};

/// All numbers: "192", "minus five point five", "two thirds of a million", "1.3e6", "12,34,567.89", "two dozen".
/// Figures that are part of a word ("180ml", "4th") are not numbers; nor is "one" in "this one".
[[nodiscard]] std::vector<NumberFound> find_numbers(const Pieces& pieces);

/// Numbers that a percent sign or "percent" follows: "5%", "twenty five percent", "yüzde beş".
[[nodiscard]] std::vector<NumberFound> find_percentages(const Pieces& pieces);

/// An ordinal, counted from the start, the end or the present one.
struct OrdinalFound {
  enum class From { start, end, current } from = From::start;
  std::size_t begin = 0;
  std::size_t end = 0;
  double value =
      0;  ///< from the start: 1 is the first; from the end: 0 is the last; from the present one: 1 is the next
};

/// "first", "21st", "the next to last", "previous".
[[nodiscard]] std::vector<OrdinalFound> find_ordinals(const Pieces& pieces);

}  // namespace offhook::brain::extract
