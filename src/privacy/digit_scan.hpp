#pragma once

#include <cstddef>
#include <string_view>

namespace offhook::privacy {

/// How many digits a text can say at most, in figures or words.
struct DigitScan {
  std::size_t digits = 0;       ///< in the whole text
  std::size_t longest_run = 0;  ///< with nothing but number words, joining words and marks between them
  bool names_code = false;      ///< "CVV" and the like stand in it
  [[nodiscard]] bool says_digits() const { return digits > 0; }
  /// Is it worth the CardFilter's time? False for nearly every text.
  [[nodiscard]] bool may_hold_card() const;
};

/// One quick look, some nanoseconds a byte, that never takes too few for granted: what it says to be free of card
/// numbers and codes, CardFilter leaves as it is, in every language. Pure.
[[nodiscard]] DigitScan scan_digits(std::string_view text);

}  // namespace offhook::privacy
