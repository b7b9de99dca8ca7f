#include "privacy/card_number.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace offhook::privacy {
namespace {

/// Numbers whose first digits lie between two prefixes of equal length, with the lengths they have.
struct Range {
  std::string_view first;
  std::string_view last;
  std::uint32_t lengths;  ///< bit n: n digits
};

constexpr std::uint32_t bit(int length) { return std::uint32_t{1} << static_cast<unsigned>(length); }
constexpr std::uint32_t bits(int from, int to) { return (bit(to + 1) - 1) & ~(bit(from) - 1); }

constexpr std::array kRanges{
    Range{"4", "4", bit(13) | bit(16) | bit(19)},  // Visa
    Range{"51", "55", bit(16)},                    // Mastercard
    Range{"2221", "2720", bit(16)},                // Mastercard
    Range{"2200", "2204", bits(16, 19)},           // Mir
    Range{"34", "34", bit(15)},                    // American Express
    Range{"37", "37", bit(15)},                    // American Express
    Range{"300", "305", bit(14) | bits(16, 19)},   // Diners Club
    Range{"309", "309", bit(14) | bits(16, 19)},   // Diners Club
    Range{"36", "36", bit(14) | bits(16, 19)},     // Diners Club
    Range{"38", "39", bit(14) | bits(16, 19)},     // Diners Club
    Range{"3528", "3589", bits(16, 19)},           // JCB
    Range{"6011", "6011", bits(16, 19)},           // Discover
    Range{"644", "649", bits(16, 19)},             // Discover
    Range{"65", "65", bits(16, 19)},               // Discover, RuPay
    Range{"60", "60", bit(16)},                    // RuPay
    Range{"62", "62", bits(16, 19)},               // UnionPay
    Range{"636", "639", bits(13, 19)},             // InstaPayment, Maestro
    Range{"50", "50", bits(13, 19)},               // Maestro, RuPay, Elo
    Range{"56", "58", bits(13, 19)},               // Maestro
    Range{"67", "67", bits(13, 19)},               // Maestro
    Range{"81", "82", bit(16)},                    // RuPay, UnionPay
    Range{"9792", "9792", bit(16)},                // Troy
};

bool is_within(const Range& range, std::string_view digits) {
  const auto prefix = digits.substr(0, range.first.size());
  return prefix >= range.first && prefix <= range.last;
}

}  // namespace

bool passes_luhn(std::string_view digits) {
  int sum = 0;
  bool is_doubled = false;
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) {
    int value = *digit - '0';
    if (is_doubled) value = value > 4 ? 2 * value - 9 : 2 * value;
    sum += value;
    is_doubled = !is_doubled;
  }
  return !digits.empty() && sum % 10 == 0;
}

bool has_network_shape(std::string_view digits) {
  if (digits.size() < kShortestCard || digits.size() > kLongestCard) return false;
  return std::ranges::any_of(kRanges, [&](const Range& range) {
    return is_within(range, digits) && (range.lengths & bit(static_cast<int>(digits.size()))) != 0;
  });
}

bool begins_like_card(std::string_view digits) {
  if (digits.size() < kShortestCard || digits.size() > kLongestCard) return false;
  return (digits.front() >= '3' && digits.front() <= '6') || has_network_shape(digits);
}

}  // namespace offhook::privacy
