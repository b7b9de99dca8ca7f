#include "privacy/national_ids.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <stdexcept>
#include <string>

#include "privacy/card_number.hpp"

namespace offhook::privacy {
namespace {

/// Digits and letters of a match, upper case.
std::string plain(std::string_view match) {
  std::string text;
  for (const char c : match) {
    if (c >= 'a' && c <= 'z') {
      text.push_back(static_cast<char>(c - 'a' + 'A'));
    } else if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z')) {
      text.push_back(c);
    }
  }
  return text;
}

int digit(const std::string& text, std::size_t at) { return text[at] - '0'; }

std::uint64_t number(std::string_view digits) {
  std::uint64_t value = 0;
  for (const char c : digits) value = value * 10 + static_cast<std::uint64_t>(c - '0');
  return value;
}

template <std::size_t N>
int weighted(const std::string& text, const std::array<int, N>& weights) {
  int sum = 0;
  for (std::size_t i = 0; i < N; ++i) sum += digit(text, i) * weights[i];
  return sum;
}

bool all_alike(const std::string& text) { return text.find_first_not_of(text.front()) == std::string::npos; }

bool is_day_and_month(std::uint64_t day, std::uint64_t month) {
  return day >= 1 && day <= 31 && month >= 1 && month <= 12;
}

/// Social Security Administration, "Social Security Number Randomization": no area 000, 666, 900-999, no group 00, no
/// serial 0000.
bool is_us_ssn(std::string_view match) {
  const std::string text = plain(match);
  const auto area = number(std::string_view(text).substr(0, 3));
  return area != 0 && area != 666 && area < 900 && text.substr(3, 2) != "00" && text.substr(5) != "0000";
}

/// Türkiye, NVİ: the tenth digit is 7 times the odd places less the even ones, the eleventh the sum of the first ten.
bool is_tckn(std::string_view match) {
  const std::string text = plain(match);
  const int odd = digit(text, 0) + digit(text, 2) + digit(text, 4) + digit(text, 6) + digit(text, 8);
  const int even = digit(text, 1) + digit(text, 3) + digit(text, 5) + digit(text, 7);
  const int tenth = ((odd * 7 - even) % 10 + 10) % 10;
  return tenth == digit(text, 9) && (odd + even + tenth) % 10 == digit(text, 10);
}

/// Spain, Real Decreto 1553/2005: the letter is the number modulo 23; an NIE's X, Y, Z count as 0, 1, 2.
bool is_dni(std::string_view match) {
  std::string text = plain(match);
  if (text.front() >= 'X') text.front() = static_cast<char>('0' + (text.front() - 'X'));
  return "TRWAGMYFPDXBNJZSQVHLCKE"[number(std::string_view(text).substr(0, 8)) % 23] == text.back();
}

/// France, INSEE, NIR: the key is 97 less the number modulo 97; Corsica's 2A and 2B count as 19 and 18.
bool is_nir(std::string_view match) {
  std::string text = plain(match);
  if (text[6] == 'A') text.replace(5, 2, "19");
  if (text[6] == 'B') text.replace(5, 2, "18");
  return 97 - number(std::string_view(text).substr(0, 13)) % 97 == number(std::string_view(text).substr(13));
}

/// Germany, BZSt, "Steuerliche Identifikationsnummer": of the first ten digits one comes twice or three times and the
/// others once at most; the eleventh by ISO 7064, mod 11,10.
bool is_steuer_id(std::string_view match) {
  const std::string text = plain(match);
  std::array<int, 10> times{};
  for (std::size_t i = 0; i < 10; ++i) ++times[static_cast<std::size_t>(digit(text, i))];
  const auto repeated = std::ranges::count_if(times, [](int count) { return count > 1; });
  if (repeated != 1 || *std::ranges::max_element(times) > 3) return false;
  int product = 10;
  for (std::size_t i = 0; i < 10; ++i) {
    const int sum = (digit(text, i) + product) % 10;
    product = (sum == 0 ? 10 : sum) * 2 % 11;
  }
  return (11 - product) % 10 == digit(text, 10);
}

/// Italy, Decreto 23 December 1976: odd places by this table, even ones by their value, modulo 26.
bool is_codice_fiscale(std::string_view match) {
  constexpr std::array<int, 26> kOdd{1,  0,  5, 7, 9, 13, 15, 17, 19, 21, 2,  4,  18,
                                     20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23};
  const std::string text = plain(match);
  int sum = 0;
  for (std::size_t i = 0; i < 15; ++i) {
    const bool is_digit = text[i] <= '9';
    const int value = is_digit ? text[i] - '0' : text[i] - 'A';
    sum += i % 2 == 0 ? kOdd[static_cast<std::size_t>(value)] : value;
  }
  return 'A' + sum % 26 == text[15];
}

/// Poland, Ustawa o ewidencji ludności, PESEL: a date of birth (the month holds the century) and weights 1 3 7 9.
bool is_pesel(std::string_view match) {
  const std::string text = plain(match);
  const auto month = number(std::string_view(text).substr(2, 2)) % 20;
  if (number(std::string_view(text).substr(2, 2)) > 32) return false;  // nobody of the years 2100 to 1899 is left
  if (!is_day_and_month(number(std::string_view(text).substr(4, 2)), month)) return false;
  const int sum = weighted(text, std::array{1, 3, 7, 9, 1, 3, 7, 9, 1, 3});
  return (10 - sum % 10) % 10 == digit(text, 10);
}

/// Netherlands, BSN: the "elfproef", weights 9 to 2 and -1.
bool is_bsn(std::string_view match) {
  const std::string text = plain(match);
  return !all_alike(text) && weighted(text, std::array{9, 8, 7, 6, 5, 4, 3, 2, -1}) % 11 == 0;
}

/// India, UIDAI, Aadhaar: Verhoeff's check (J. Verhoeff, "Error Detecting Decimal Codes", 1969).
bool is_aadhaar(std::string_view match) {
  constexpr std::array<std::string_view, 10> kTimes{"0123456789", "1234067895", "2340178956", "3401289567",
                                                    "4012395678", "5987604321", "6598710432", "7659821043",
                                                    "8765932104", "9876543210"};
  constexpr std::array<std::string_view, 8> kTurns{"0123456789", "1576283094", "5803796142", "8916043527",
                                                   "9453126870", "4286573901", "2793806415", "7046913258"};
  const std::string text = plain(match);
  std::size_t check = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto value = static_cast<std::size_t>(text[text.size() - 1 - i] - '0');
    check = static_cast<std::size_t>(kTimes[check][static_cast<std::size_t>(kTurns[i % 8][value] - '0')] - '0');
  }
  return check == 0;
}

/// United Kingdom, HMRC, National Insurance Manual NIM39110: prefixes that are never given.
bool is_nino(std::string_view match) {
  constexpr std::array<std::string_view, 7> kNever{"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"};
  return std::ranges::find(kNever, plain(match).substr(0, 2)) == kNever.end();
}

/// Brazil, Receita Federal, CPF: two digits with weights 10 to 2 and 11 to 2.
bool is_cpf(std::string_view match) {
  const std::string text = plain(match);
  const int first = weighted(text, std::array{10, 9, 8, 7, 6, 5, 4, 3, 2}) * 10 % 11 % 10;
  const int second = weighted(text, std::array{11, 10, 9, 8, 7, 6, 5, 4, 3, 2}) * 10 % 11 % 10;
  return !all_alike(text) && first == digit(text, 9) && second == digit(text, 10);
}

/// Belgium, Rijksregister: 97 less the first nine digits modulo 97, with a 2 before them for who was born after 1999.
bool is_belgian(std::string_view match) {
  const std::string text = plain(match);
  const auto nine = number(std::string_view(text).substr(0, 9));
  const auto key = number(std::string_view(text).substr(9));
  return key == 97 - nine % 97 || key == 97 - (nine + 2'000'000'000) % 97;
}

/// Sweden, Skatteverket, personnummer: a date of birth and Luhn's digit.
bool is_swedish(std::string_view match) {
  const std::string text = plain(match);
  return is_day_and_month(number(std::string_view(text).substr(4, 2)), number(std::string_view(text).substr(2, 2))) &&
         passes_luhn(text);
}

/// Canada, ESDC, Social Insurance Number: Luhn's digit.
bool is_sin(std::string_view match) {
  const std::string text = plain(match);
  return text.front() != '0' && passes_luhn(text);
}

constexpr std::array<std::string_view, 4> kSsnNames{"ssn", "social security", "seguro social", "itin"};
constexpr std::array<std::string_view, 3> kBsnNames{"bsn", "burgerservice", "sofinummer"};
constexpr std::array<std::string_view, 3> kAadhaarNames{"aadhaar", "aadhar", "uidai"};
constexpr std::array<std::string_view, 3> kSinNames{"sin ", "social insurance", "assurance sociale"};

struct Row {
  const char* name;
  const char* pattern;
  bool (*is_valid)(std::string_view);
  std::span<const std::string_view> context = {};
};

const Row kRows[] = {
    {"United States, SSN", R"(\b\d{3}-\d{2}-\d{4}\b)", is_us_ssn},
    {"United States, SSN, named", R"(\b\d{3}[ .]?\d{2}[ .]?\d{4}\b)", is_us_ssn, kSsnNames},
    {"Türkiye, TCKN", R"(\b[1-9](?: ?\d){10}\b)", is_tckn},
    {"Spain, DNI", R"(\b\d{2}\.?\d{3}\.?\d{3}-?[A-Za-z]\b)", is_dni},
    {"Spain, NIE", R"(\b[XYZ]-?\d{7}-?[A-Za-z]\b)", is_dni},
    {"France, NIR", R"(\b[12][ .]?\d{2}[ .]?\d{2}[ .]?(?:\d{2}|2[ABab])[ .]?\d{3}[ .]?\d{3}[ .]?\d{2}\b)", is_nir},
    {"Germany, Steuer-ID", R"(\b[1-9]\d ?\d{3} ?\d{3} ?\d{3}\b)", is_steuer_id},
    {"Italy, codice fiscale",
     R"(\b[A-Z]{3} ?[A-Z]{3} ?[\dL-NP-V]{2}[A-EHLMPRST][\dL-NP-V]{2} ?[A-Z][\dL-NP-V]{3}[A-Z]\b)", is_codice_fiscale},
    {"Poland, PESEL", R"(\b\d{11}\b)", is_pesel},
    {"Netherlands, BSN", R"(\b\d{4}[ .]?\d{2}[ .]?\d{3}\b)", is_bsn, kBsnNames},
    {"India, Aadhaar", R"(\b[2-9]\d{3}[ -]\d{4}[ -]\d{4}\b)", is_aadhaar},
    {"India, Aadhaar, named", R"(\b[2-9]\d{11}\b)", is_aadhaar, kAadhaarNames},
    {"United Kingdom, NINO", R"(\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b)", is_nino},
    {"Brazil, CPF", R"(\b\d{3}\.?\d{3}\.?\d{3}-?\d{2}\b)", is_cpf},
    {"Belgium, Rijksregister", R"(\b\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}\b)", is_belgian},
    {"Sweden, personnummer", R"(\b\d{6}[-+]\d{4}\b)", is_swedish},
    {"Canada, SIN, named", R"(\b\d{3}[ -]?\d{3}[ -]?\d{3}\b)", is_sin, kSinNames},
};

std::vector<HiddenPattern> make_rows() {
  std::vector<HiddenPattern> rows;
  for (const Row& row : kRows) {
    auto pattern = TextPattern::parse(row.pattern);
    if (!pattern) throw std::logic_error(std::string(row.name) + ": " + std::string(pattern.error().message()));
    rows.push_back(
        {.name = row.name, .pattern = std::move(*pattern), .is_valid = row.is_valid, .context = row.context});
  }
  return rows;
}

}  // namespace

const std::vector<HiddenPattern>& national_ids() {
  static const std::vector<HiddenPattern> rows = make_rows();
  return rows;
}

std::vector<const HiddenPattern*> hidden_patterns(const std::vector<const HiddenPattern*>& more) {
  std::vector<const HiddenPattern*> all;
  for (const HiddenPattern& row : national_ids()) all.push_back(&row);
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

}  // namespace offhook::privacy
