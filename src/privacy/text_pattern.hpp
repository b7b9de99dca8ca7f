#pragma once

#include <bitset>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace offhook::privacy {

/// A regular expression that is matched byte by byte, in time linear in the text, and that knows at every byte whether
/// it may still match: what a stream has to hold back. A usual library tells only whether a text matches.
///
/// Syntax: literals, `.`, classes (`[A-F\d]`, `[^ -]`; ASCII only), `\d \w \s` and their opposites, `\` before a sign,
/// groups `(…)` and `(?:…)`, `|`, `? * + {n} {n,m} {n,}`, `(?i)` at the beginning, and `\b` at both ends. `*`, `+` and
/// `{n,}` repeat 64 times at most. Immutable, thread-safe.
class TextPattern {
 public:
  /// No match is longer, in bytes: so much may be held back.
  static constexpr std::size_t kLongestMatch = 256;

  /// Errors: invalid_argument with what is wrong: the syntax, a match that may be empty or too long, too many states.
  [[nodiscard]] static Result<TextPattern> parse(std::string_view source);

  /// Where a match has got to: the states that wait for a byte, and whether what was read is a match already.
  struct Progress {
    std::vector<std::uint16_t> states;
    bool is_match = false;
  };
  [[nodiscard]] Progress begin() const;
  /// Takes one byte more. Nothing can come of a progress without states.
  void step(Progress& progress, unsigned char byte) const;

  [[nodiscard]] const std::bitset<256>& first_bytes() const { return first_bytes_; }
  [[nodiscard]] bool begins_at_word() const { return begins_at_word_; }
  [[nodiscard]] bool ends_at_word() const { return ends_at_word_; }

 private:
  friend class PatternCompiler;
  struct Place {
    std::bitset<256> bytes;
    std::vector<std::uint16_t> next;  ///< places that wait after this byte
    bool then_matches = false;
  };
  std::vector<Place> places_;
  std::vector<std::uint16_t> start_;
  std::bitset<256> first_bytes_;
  bool begins_at_word_ = false;
  bool ends_at_word_ = false;
};

}  // namespace offhook::privacy
