#pragma once

#include <string_view>

namespace offhook::privacy {

/// The shortest and the longest card number, in digits (ISO/IEC 7812-1).
inline constexpr std::size_t kShortestCard = 13;
inline constexpr std::size_t kLongestCard = 19;

/// Is the last digit the check digit of those before it (ISO/IEC 7812-1, annex B)? `digits`: '0' to '9' only.
[[nodiscard]] bool passes_luhn(std::string_view digits);

/// Do these digits begin as a card network's numbers do, and are they as many as its numbers have? Source: the
/// networks' published ranges (Visa, Mastercard, American Express, Diners Club, Discover, JCB, UnionPay, Maestro,
/// Mir, RuPay, Troy).
[[nodiscard]] bool has_network_shape(std::string_view digits);

/// The same without the exact length: 13 to 19 digits that begin as cards do. Dates, epoch times and numbers that
/// are dialled with 00 do not.
[[nodiscard]] bool begins_like_card(std::string_view digits);

}  // namespace offhook::privacy
