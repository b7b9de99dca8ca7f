#include "privacy/characters.hpp"

#include <algorithm>
#include <array>

namespace offhook::privacy {
namespace {

/// The digit zero of each script; one to nine follow it.
constexpr std::array<char32_t, 22> kZeros{0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66,
                                          0x0BE6, 0x0C66, 0x0CE6, 0x0D66, 0x0E50, 0x0ED0, 0x0F20, 0x1040,
                                          0x17E0, 0x1810, 0x2070, 0x2080, 0xFF10, 0x1FBF0};

constexpr std::u32string_view kSeparators =
    U" \t\n\r-.,_/\\|:;*'\"`()[]~"
    U"\u00A0\u00AD\u00B7\u034F\u061C\u180E\u2022\u2024\u2025\u2026\u2027\u202F\u2043\u205F\u2060\u2063\u20E3\u2212"
    U"\u2219\u22C5\u3000\u3001\u3002\u30FB\uFE0E\uFE0F\uFE58\uFE63\uFEFF\uFF0C\uFF0D\uFF0E\uFF0F\uFF65";

struct Fold {
  char32_t first;
  char32_t last;
  std::string_view letters;
};
/// Latin letters with accents, in runs that share a base letter.
constexpr std::array kFolds{Fold{0xC0, 0xC5, "a"},   Fold{0xC7, 0xC7, "c"},   Fold{0xC8, 0xCB, "e"},
                            Fold{0xCC, 0xCF, "i"},   Fold{0xD1, 0xD1, "n"},   Fold{0xD2, 0xD6, "o"},
                            Fold{0xD9, 0xDC, "u"},   Fold{0xDF, 0xDF, "ss"},  Fold{0xE0, 0xE5, "a"},
                            Fold{0xE7, 0xE7, "c"},   Fold{0xE8, 0xEB, "e"},   Fold{0xEC, 0xEF, "i"},
                            Fold{0xF1, 0xF1, "n"},   Fold{0xF2, 0xF6, "o"},   Fold{0xF9, 0xFC, "u"},
                            Fold{0x100, 0x105, "a"}, Fold{0x112, 0x11B, "e"}, Fold{0x128, 0x131, "i"},
                            Fold{0x14C, 0x151, "o"}, Fold{0x168, 0x173, "u"}, Fold{0x1E9E, 0x1E9E, "ss"}};

bool is_combining(char32_t code) { return code >= 0x300 && code <= 0x36F && code != 0x34F; }

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

}  // namespace

Character first_character(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return {lead, 1};
  const std::size_t length = lead >= 0xF0 && lead < 0xF8 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 1;
  if (length == 1 || lead >= 0xF8) return {0xFFFD, 1};
  char32_t code = lead & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if (i == text.size()) return {0, 0};
    if (!is_continuation(text[i])) return {0xFFFD, 1};
    code = (code << 6U) | (static_cast<unsigned char>(text[i]) & 0x3FU);
  }
  return {code, length};
}

std::optional<int> digit_value(char32_t code) {
  if (code < 0x80) return code >= '0' && code <= '9' ? std::optional(static_cast<int>(code - '0')) : std::nullopt;
  if (code == 0xB9) return 1;
  if (code == 0xB2 || code == 0xB3) return static_cast<int>(code - 0xB0);
  if (code >= 0x1D7CE && code <= 0x1D7FF) return static_cast<int>((code - 0x1D7CE) % 10);
  if (code >= 0x2460 && code <= 0x2468) return static_cast<int>(code - 0x2460) + 1;
  if (code == 0x24EA) return 0;
  if (code >= 0x2070 && code <= 0x2073 && code != 0x2070) return std::nullopt;
  const auto* const zero = std::ranges::find_if(kZeros, [code](char32_t z) { return code >= z && code <= z + 9; });
  if (zero == kZeros.end()) return std::nullopt;
  return static_cast<int>(code - *zero);
}

bool is_separator(char32_t code) {
  if (code == ' ') return true;                       // by far the most frequent
  if (code >= 0x2000 && code <= 0x2015) return true;  // spaces, invisible marks, dashes
  if (code >= 0x2018 && code <= 0x201F) return true;  // quotation marks
  if (code >= 0x2028 && code <= 0x202E) return true;
  return kSeparators.find(code) != std::u32string_view::npos;
}

bool is_letter(char32_t code) {
  if (code < 0x80) return (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z');
  return code != 0xFFFD && code >= 0xAA && !is_separator(code) && !digit_value(code);
}

void append_folded(std::string& word, char32_t letter) {
  if (letter < 0x80) {
    word.push_back(static_cast<char>(letter >= 'A' && letter <= 'Z' ? letter - 'A' + 'a' : letter));
    return;
  }
  if (is_combining(letter)) return;
  const auto* const fold =
      std::ranges::find_if(kFolds, [letter](const Fold& f) { return letter >= f.first && letter <= f.last; });
  word.append(fold == kFolds.end() ? "?" : fold->letters);
}

}  // namespace offhook::privacy
