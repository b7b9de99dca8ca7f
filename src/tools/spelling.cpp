#include "tools/spelling.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <utility>
#include <vector>

#include "base/email.hpp"
#include "base/phone.hpp"
#include "base/text.hpp"

namespace offhook::tools {
namespace {

constexpr std::size_t kMostNameBytes = 80;
constexpr std::size_t kMostDigits = 20;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
/// A byte of a letter: of A to Z, or of one beyond ASCII.
bool is_letter_byte(char c) { return is_lower(c) || is_upper(c) || static_cast<unsigned char>(c) >= 0x80; }
char to_upper(char c) { return is_lower(c) ? static_cast<char>(c - 'a' + 'A') : c; }

std::vector<std::string_view> words_of(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> words;
  for (std::size_t at = 0; at < text.size();) {
    const auto begin = text.find_first_not_of(separators, at);
    if (begin == std::string_view::npos) break;
    const auto end = std::min(text.find_first_of(separators, begin), text.size());
    words.push_back(text.substr(begin, end - begin));
    at = end;
  }
  return words;
}

char digit_of_word(std::string_view word) {
  constexpr std::array<std::string_view, 10> kWords = {"zero", "one", "two",   "three", "four",
                                                       "five", "six", "seven", "eight", "nine"};
  if (word == "oh" || word == "o") return '0';
  const auto* found = std::ranges::find(kWords, word);
  return found == kWords.end() ? '\0' : static_cast<char>('0' + (found - kWords.begin()));
}

std::string_view mark_of_word(std::string_view word) {
  constexpr std::pair<std::string_view, std::string_view> kMarks[] = {
      {"at", "@"}, {"dot", "."}, {"point", "."}, {"underscore", "_"}, {"dash", "-"}, {"hyphen", "-"}, {"plus", "+"}};
  for (const auto& [name, mark] : kMarks) {
    if (word == name) return mark;
  }
  return {};
}

std::string title_cased(std::string text) {
  bool begins = true;
  for (char& c : text) {
    if (begins) c = to_upper(c);
    begins = c == ' ' || c == '-' || c == '\'';
  }
  return text;
}

/// "L-E-E": letters said one by one.
std::optional<std::string> join_spelled(std::string_view text) {
  const auto letters = words_of(text, " -.,");
  const bool is_spelled = letters.size() > 1 && std::ranges::all_of(letters, [](auto word) {
                            return word.size() == 1 && is_letter_byte(word.front());
                          });
  if (!is_spelled) return std::nullopt;
  std::string joined;
  for (const auto letter : letters) joined += letter;
  return title_cased(to_lower(joined));
}

std::string_view code_word(char letter) {
  constexpr std::array<std::string_view, 26> kWords = {
      "Alpha",  "Bravo", "Charlie", "Delta",  "Echo",     "Foxtrot", "Golf",   "Hotel",  "India",
      "Juliet", "Kilo",  "Lima",    "Mike",   "November", "Oscar",   "Papa",   "Quebec", "Romeo",
      "Sierra", "Tango", "Uniform", "Victor", "Whiskey",  "X-ray",   "Yankee", "Zulu"};
  return kWords.at(static_cast<std::size_t>(to_upper(letter) - 'A'));
}

/// The country calling code in front of an E.164 number's digits: one, two or three of them, as the ITU gave them out.
std::size_t country_code_length(std::string_view digits) {
  if (digits.starts_with('1') || digits.starts_with('7')) return 1;
  constexpr std::string_view kTwoDigits =
      "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 "
      "90 91 92 93 94 95 98";
  return kTwoDigits.contains(digits.substr(0, 2)) ? 2 : 3;
}

}  // namespace

std::optional<std::string> read_email(std::string_view said) {
  const auto text = to_lower(trim(said));
  std::string email;
  for (const auto word : words_of(text, " \t")) {
    if (const auto mark = mark_of_word(word); !mark.empty() && !(mark == "@" && text.contains('@'))) {
      email += mark;
    } else if (const char digit = digit_of_word(word); digit != '\0' && word != "o") {
      email += digit;
    } else {
      email += word;
    }
  }
  if (email.ends_with('.')) email.pop_back();  // of the sentence
  if (!is_email_address(email)) return std::nullopt;
  return email;
}

std::string say_email(std::string_view email) {
  std::string said;
  const auto apart = [&said](std::string_view word) {
    if (!said.empty() && said.back() != ' ') said += ' ';
    said.append(word) += ' ';
  };
  for (const char c : email) {
    switch (c) {
      case '@': apart("at"); break;
      case '.': apart("dot"); break;
      case '_': apart("underscore"); break;
      case '-': apart("dash"); break;
      case '+': apart("plus"); break;
      case '%': apart("percent"); break;
      case '\'': apart("apostrophe"); break;
      default:
        if (is_digit(c)) {
          apart(std::string_view(&c, 1));
        } else {
          said += c;
        }
    }
  }
  return std::string(trim(said));
}

std::optional<std::string> read_person_name(std::string_view said) {
  auto text = one_line(said);
  while (!text.empty() && std::string_view(".,!?").contains(text.back()) && text.size() > 2) text.pop_back();
  const auto letters = std::ranges::count_if(text, is_letter_byte);
  const bool is_name =
      std::ranges::all_of(text, [](char c) { return is_letter_byte(c) || std::string_view(" -'.,").contains(c); });
  if (letters < 2 || !is_name || text.size() > kMostNameBytes) return std::nullopt;
  if (auto joined = join_spelled(text)) return joined;
  const bool has_mixed_case = std::ranges::any_of(text, is_lower) && std::ranges::any_of(text, is_upper);
  return has_mixed_case ? text : title_cased(to_lower(text));
}

std::string spell_name(std::string_view name) {
  std::string said;
  bool is_next_word = false;
  for (std::size_t i = 0; i < name.size();) {
    std::size_t width = 1;
    while (i + width < name.size() && (static_cast<unsigned char>(name[i + width]) & 0xC0U) == 0x80U) ++width;
    const auto letter = name.substr(i, width);
    i += width;
    if (letter == " ") {
      is_next_word = true;
      continue;
    }
    if (letter == "." || letter == ",") continue;
    if (!said.empty()) said += is_next_word ? ", then " : ", ";
    is_next_word = false;
    if (letter == "-") {
      said += "hyphen";
    } else if (letter == "'") {
      said += "apostrophe";
    } else if (width > 1) {
      said += letter;
    } else {
      said += to_upper(letter.front());
      said.append(" as in ").append(code_word(letter.front()));
    }
  }
  return said;
}

std::optional<std::string> read_digits(std::string_view said) {
  const auto text = to_lower(said);
  std::string digits;
  std::size_t times = 1;
  for (const auto word : words_of(text, " \t-.,()/")) {
    if (word == "double" || word == "triple") {
      if (times != 1) return std::nullopt;
      times = word == "double" ? 2 : 3;
      continue;
    }
    const char one = word.size() == 1 && is_digit(word.front()) ? word.front() : digit_of_word(word);
    if (one != '\0') {
      digits.append(times, one);
    } else if (times == 1 && std::ranges::all_of(word, is_digit)) {
      digits += word;
    } else {
      return std::nullopt;
    }
    times = 1;
  }
  if (digits.empty() || times != 1 || digits.size() > kMostDigits) return std::nullopt;
  return digits;
}

std::string say_digits(std::string_view digits) {
  std::string said;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    // The last group takes a fourth digit rather than leave one alone.
    const bool begins_group = i > 0 && i % 3 == 0 && i + 1 < digits.size();
    if (i > 0) said += begins_group ? ", " : " ";
    said += digits[i];
  }
  return said;
}

std::optional<std::string> read_phone(std::string_view said, std::string_view region) {
  constexpr std::size_t kFewestDigits = 7;
  constexpr std::size_t kMostPhoneDigits = 15;
  auto text = trim(said);
  const bool is_international = text.starts_with('+') || to_lower(text).starts_with("plus ");
  if (is_international) text.remove_prefix(text.starts_with('+') ? 1 : 5);
  const auto digits = read_digits(text);
  if (!digits || digits->size() < kFewestDigits || digits->size() > kMostPhoneDigits) return std::nullopt;
  return normalize_phone((is_international ? "+" : "") + *digits, region);
}

std::string say_phone(std::string_view phone, std::string_view region) {
  if (!phone.starts_with('+')) return say_digits(phone);
  const auto digits = phone.substr(1);
  const auto code = std::min(country_code_length(digits), digits.size());
  const auto national = digits.substr(code);
  if (normalize_phone(national, region) == phone) return say_digits(national);
  return "plus " + say_digits(digits.substr(0, code)) + ", " + say_digits(national);
}

}  // namespace offhook::tools
