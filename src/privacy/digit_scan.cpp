#include "privacy/digit_scan.hpp"

#include <algorithm>
#include <bitset>
#include <cstdint>
#include <limits>

#include "privacy/card_filter.hpp"
#include "privacy/card_number.hpp"
#include "privacy/number_words.hpp"

namespace offhook::privacy {
namespace {

/// No word says more: "quadruple" with what follows it, "thousand" with what stands before it.
constexpr std::size_t kMostDigitsOfAWord = 4;
constexpr std::size_t kManyDigits = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint32_t kHashSeed = 2166136261U;

std::uint32_t hashed(std::uint32_t hash, char c) { return (hash ^ static_cast<unsigned char>(c)) * 16777619U; }

bool is_letter(char c) {
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'z';
}

/// Words by their hashes (FNV-1a). Another word may fall on the same place: then a text is looked at for nothing.
class WordSet {
 public:
  void add(std::string_view word) {
    std::uint32_t hash = kHashSeed;
    for (const char c : word) hash = hashed(hash, c);
    places_.set(place(hash));
  }
  [[nodiscard]] bool has(std::uint32_t hash) const { return places_.test(place(hash)); }

 private:
  static std::size_t place(std::uint32_t hash) { return (hash ^ (hash >> 16U)) & 0xFFFFU; }
  std::bitset<0x10000> places_;
};

/// The first two letters of words. Most words of a text begin like none of ours and need no hash.
class Beginnings {
 public:
  void add(std::string_view word) { set_.set(place(word[0], word.size() > 1 ? word[1] : '\0')); }
  [[nodiscard]] bool has(char first, char second) const { return set_.test(place(first, second)); }

 private:
  /// Letters of either case are the same in their five lowest bits; what is no letter shares a place with some.
  static std::size_t place(char first, char second) {
    const std::size_t next = is_letter(second) ? second & 31 : 0;
    return static_cast<std::size_t>(first & 31) << 5U | next;
  }
  std::bitset<1024> set_;
};

struct Words {
  WordSet numbers;
  WordSet joiners;
  WordSet codes;
  Beginnings beginnings;  ///< of all of them
};

const Words& words() {
  static const Words words = [] {
    Words sorted;
    for_each_number_word([&](const NumberWord& word) {
      (word.kind == NumberWord::Kind::joiner ? sorted.joiners : sorted.numbers).add(word.text);
      sorted.beginnings.add(word.text);
    });
    for (const auto name : code_names()) {
      sorted.codes.add(name);
      sorted.beginnings.add(name);
    }
    return sorted;
  }();
  return words;
}

}  // namespace

bool DigitScan::may_hold_card() const { return longest_run >= kShortestCard || (names_code && digits > 0); }

DigitScan scan_digits(std::string_view text) {
  const Words& known = words();
  DigitScan scan;
  std::size_t run = 0;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (is_letter(c)) {
      if (!known.beginnings.has(c, at + 1 < text.size() ? text[at + 1] : '\0')) {
        while (at < text.size() && is_letter(text[at])) ++at;
        run = 0;
        continue;
      }
      std::uint32_t hash = kHashSeed;
      for (; at < text.size() && is_letter(text[at]); ++at) hash = hashed(hash, static_cast<char>(text[at] | 0x20));
      if (known.numbers.has(hash)) {
        run += kMostDigitsOfAWord;
        scan.digits += kMostDigitsOfAWord;
      } else if (known.codes.has(hash)) {
        scan.names_code = true;
        run = 0;
      } else if (!known.joiners.has(hash)) {
        run = 0;
      }
    } else if (c >= '0' && c <= '9') {
      ++run;
      ++scan.digits;
      ++at;
    } else if (static_cast<unsigned char>(c) < 0x80) {
      ++at;
    } else if (text.substr(at).starts_with("\xE2\x80") && at + 2 < text.size()) {
      at += 3;  // dashes, quotation marks, an ellipsis: the only ones that most texts have
    } else {
      // Digits of another script, letters with accents: the filter knows them.
      return {.digits = kManyDigits, .longest_run = kManyDigits, .names_code = true};
    }
    scan.longest_run = std::max(scan.longest_run, run);
  }
  return scan;
}

}  // namespace offhook::privacy
