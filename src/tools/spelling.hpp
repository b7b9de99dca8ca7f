#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace offhook::tools {

/// Names, addresses and numbers, as they are said and as they are kept. Pure.

/// "ann dot lee at example dot com" and "Ann.Lee@Example.com" are "ann.lee@example.com". nullopt when no
/// address with a domain comes of it.
[[nodiscard]] std::optional<std::string> read_email(std::string_view said);
/// "ann.lee42@example.com" is "ann dot lee 4 2 at example dot com".
[[nodiscard]] std::string say_email(std::string_view email);

/// "ann  LEE", "L-E-E" and "l e e" are "Ann Lee" and "Lee"; what has mixed case keeps it. nullopt for what is no
/// name: digits, marks, a single letter, more than 80 bytes.
[[nodiscard]] std::optional<std::string> read_person_name(std::string_view said);
/// "Jo Lee" is "J as in Juliet, O as in Oscar, then L as in Lima, …". Letters beyond A to Z are said alone.
[[nodiscard]] std::string spell_name(std::string_view name);

/// "4 2", "four two", "oh double five" are digits. nullopt when anything else is in it, or more than 20 digits.
[[nodiscard]] std::optional<std::string> read_digits(std::string_view said);
/// "4155550101" is "4 1 5, 5 5 5, 0 1 0 1": groups of three, and two or four where a single one would be left.
[[nodiscard]] std::string say_digits(std::string_view digits);

/// A phone number with seven to fifteen digits, normalised for the region. nullopt for anything else.
[[nodiscard]] std::optional<std::string> read_phone(std::string_view said, std::string_view region);
/// "+14155550101" is "4 1 5, 5 5 5, 0 1 0 1" in "US" and "plus 1, 4 1 5, …" elsewhere.
[[nodiscard]] std::string say_phone(std::string_view phone, std::string_view region);

}  // namespace offhook::tools
