#pragma once

#include <optional>
#include <span>
#include <string>

#include "brain/words.hpp"

namespace offhook::brain {

/// A number that was read from some tokens.
struct NumberSpan {
  double value = 0;
  std::size_t count = 0;    ///< tokens used
  bool has_scale = false;   ///< a word such as thousand, k, lakh was part of it
  bool in_figures = false;  ///< written with figures rather than words
};

/// Reads a cardinal at `at`: "2,500", "2.5k", "two thousand five hundred", "twenty five hundred",
/// "50 lakhs" (5,000,000), "1.2 crore". "two thirty" gives 2: two numbers side by side are not one.
[[nodiscard]] std::optional<NumberSpan> read_number(std::span<const Token> tokens, std::size_t at);

/// Reads a whole number from 0 to 59 (hours, minutes, days): "5", "twenty five", "oh five".
[[nodiscard]] std::optional<NumberSpan> read_small(std::span<const Token> tokens, std::size_t at);

/// Reads an ordinal from 1 to 31: "5th", "fifth", "twenty first".
[[nodiscard]] std::optional<NumberSpan> read_ordinal(std::span<const Token> tokens, std::size_t at);

/// Reads a year from 1900 to 2099: "1985", "nineteen eighty five", "two thousand six", "twenty twenty six".
[[nodiscard]] std::optional<NumberSpan> read_year(std::span<const Token> tokens, std::size_t at);

/// A run of digits however they were said: "555-123-4567", "five five five one two", "double oh seven".
struct DigitRun {
  std::string digits;
  bool has_plus = false;
  std::size_t count = 0;  ///< tokens used
};
[[nodiscard]] std::optional<DigitRun> read_digits(std::span<const Token> tokens, std::size_t at);

}  // namespace offhook::brain
