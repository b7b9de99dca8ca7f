#include "brain/numbers.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace offhook::brain {
namespace {

constexpr auto kUnits = std::to_array<std::string_view>(
    {"zero", "one",    "two",    "three",    "four",     "five",    "six",     "seven",     "eight",    "nine",
     "ten",  "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"});
constexpr auto kTens = std::to_array<std::string_view>(
    {"", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"});
constexpr auto kOrdinals = std::to_array<std::string_view>(
    {"",           "first",     "second",    "third",       "fourth",     "fifth",     "sixth",
     "seventh",    "eighth",    "ninth",     "tenth",       "eleventh",   "twelfth",   "thirteenth",
     "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth"});

// No number that is said figure by figure is longer; reading on would make endless figures costly.
constexpr std::size_t kMostDigits = 32;

template <std::size_t N>
std::optional<int> index_of(const std::array<std::string_view, N>& table, std::string_view word) {
  const auto found = std::ranges::find(table, word);
  if (word.empty() || found == table.end()) return std::nullopt;
  return static_cast<int>(found - table.begin());
}

double scale_of(std::string_view word) {
  if (word == "thousand" || word == "k" || word == "grand") return 1e3;
  if (word == "lakh" || word == "lakhs" || word == "lac" || word == "lacs") return 1e5;
  if (word == "million") return 1e6;
  if (word == "crore" || word == "crores" || word == "cr") return 1e7;
  return 0;
}

std::string_view word_at(std::span<const Token> tokens, std::size_t at) {
  return at < tokens.size() ? std::string_view(tokens[at].text) : std::string_view();
}

// "2,500" and "2.5" as they stand; nothing for "14:30" or "3/14".
std::optional<double> figures(const Token& token) {
  if (!token.is_number) return std::nullopt;
  std::string plain;
  for (const char c : token.text) {
    if (c == ',') continue;
    if ((c < '0' || c > '9') && c != '.') return std::nullopt;
    plain += c;
  }
  double value = 0;
  const auto [end, error] = std::from_chars(plain.data(), plain.data() + plain.size(), value);
  if (error != std::errc() || end != plain.data() + plain.size()) return std::nullopt;
  return value;
}

// Where the second half of "eighty-five" begins.
std::size_t after_hyphen(std::span<const Token> tokens, std::size_t at) {
  const bool is_joined = at > 0 && at + 1 < tokens.size() && tokens[at].text == "-" &&
                         tokens[at].begin == tokens[at - 1].end && tokens[at + 1].begin == tokens[at].end;
  return is_joined ? at + 1 : at;
}

// Words from 0 to 99: "seven", "forty", "twenty five".
std::optional<NumberSpan> read_below_hundred(std::span<const Token> tokens, std::size_t at) {
  if (const auto tens = index_of(kTens, word_at(tokens, at))) {
    const std::size_t next = after_hyphen(tokens, at + 1);
    if (const auto unit = index_of(kUnits, word_at(tokens, next)); unit && *unit >= 1 && *unit <= 9) {
      return NumberSpan{.value = *tens * 10.0 + *unit, .count = next + 1 - at};
    }
    return NumberSpan{.value = *tens * 10.0, .count = 1};
  }
  if (const auto unit = index_of(kUnits, word_at(tokens, at))) return NumberSpan{.value = double(*unit), .count = 1};
  return std::nullopt;
}

}  // namespace

std::optional<NumberSpan> read_number(std::span<const Token> tokens, std::size_t at) {
  if (at >= tokens.size()) return std::nullopt;
  NumberSpan span;
  double current = 0;
  if (const auto value = figures(tokens[at])) {
    current = *value;
    span.count = 1;
    span.in_figures = true;
  } else if (const auto small = read_below_hundred(tokens, at)) {
    current = small->value;
    span.count = small->count;
  } else if (word_at(tokens, at) == "a" &&
             (word_at(tokens, at + 1) == "hundred" || scale_of(word_at(tokens, at + 1)) > 0)) {
    current = 1;
    span.count = 1;
  } else {
    return std::nullopt;
  }
  double total = 0;
  while (at + span.count < tokens.size()) {
    const std::string_view next = word_at(tokens, at + span.count);
    if (next == "and" && word_at(tokens, at + span.count + 1) == "a" &&
        word_at(tokens, at + span.count + 2) == "half") {
      current += 0.5;
      span.count += 3;
    } else if (next == "hundred" && current < 100) {
      current *= 100;
      span.count += 1;
      span.has_scale = true;
    } else if (const double scale = scale_of(next); scale > 0 && (total == 0 || scale < total)) {
      total += current * scale;
      current = 0;
      span.count += 1;
      span.has_scale = true;
    } else {
      // After "hundred" or "thousand" a smaller part may follow, with or without "and".
      const std::size_t skip = next == "and" ? 1 : 0;
      const auto part = read_below_hundred(tokens, at + span.count + skip);
      const bool has_room = span.has_scale && std::fmod(current, 100) == 0 && (current > 0 || total > 0);
      if (!part || !has_room || span.in_figures) break;
      current += part->value;
      span.count += part->count + skip;
      if (skip > 0 && part->value == 0) break;
    }
  }
  span.value = total + current;
  return span;
}

std::optional<NumberSpan> read_small(std::span<const Token> tokens, std::size_t at) {
  if (at >= tokens.size()) return std::nullopt;
  if (const auto value = figures(tokens[at])) {
    if (*value != std::floor(*value) || *value > 59 || tokens[at].text.contains('.')) return std::nullopt;
    return NumberSpan{.value = *value, .count = 1, .in_figures = true};
  }
  if (word_at(tokens, at) == "oh" || word_at(tokens, at) == "o") {
    const auto unit = index_of(kUnits, word_at(tokens, at + 1));
    if (!unit || *unit < 1 || *unit > 9) return std::nullopt;
    return NumberSpan{.value = double(*unit), .count = 2};
  }
  auto small = read_below_hundred(tokens, at);
  if (small && small->value > 59) return std::nullopt;
  return small;
}

std::optional<NumberSpan> read_ordinal(std::span<const Token> tokens, std::size_t at) {
  if (at >= tokens.size()) return std::nullopt;
  const std::string_view word = tokens[at].text;
  if (tokens[at].is_number && word.size() > 2 && word.back() >= 'a') {
    int value = 0;
    std::from_chars(word.data(), word.data() + word.size() - 2, value);
    if (value < 1 || value > 31) return std::nullopt;
    return NumberSpan{.value = double(value), .count = 1, .in_figures = true};
  }
  if (const auto ordinal = index_of(kOrdinals, word)) return NumberSpan{.value = double(*ordinal), .count = 1};
  if (word == "twentieth") return NumberSpan{.value = 20, .count = 1};
  if (word == "thirtieth") return NumberSpan{.value = 30, .count = 1};
  if (word == "twenty" || word == "thirty") {
    const std::size_t next = after_hyphen(tokens, at + 1);
    const auto unit = index_of(kOrdinals, word_at(tokens, next));
    const int value = unit ? (word == "twenty" ? 20 : 30) + *unit : 0;
    if (unit && *unit <= 9 && value <= 31) return NumberSpan{.value = double(value), .count = next + 1 - at};
  }
  return std::nullopt;
}

std::optional<NumberSpan> read_year(std::span<const Token> tokens, std::size_t at) {
  if (at >= tokens.size()) return std::nullopt;
  const auto in_range = [](double year) { return year >= 1900 && year <= 2099; };
  if (tokens[at].is_number) {
    const auto value = figures(tokens[at]);
    if (value && tokens[at].text.size() == 4 && in_range(*value)) {
      return NumberSpan{.value = *value, .count = 1, .in_figures = true};
    }
    return std::nullopt;
  }
  const auto century = read_below_hundred(tokens, at);
  if (!century) return std::nullopt;
  if (century->value == 19 || century->value == 20) {
    std::size_t used = century->count;
    if (word_at(tokens, at + used) == "hundred") ++used;
    if (const auto rest = read_small(tokens, at + used); rest && !rest->in_figures) {
      return NumberSpan{.value = century->value * 100 + rest->value, .count = used + rest->count};
    }
    if (const auto rest = read_below_hundred(tokens, at + used)) {
      return NumberSpan{.value = century->value * 100 + rest->value, .count = used + rest->count};
    }
  }
  const auto whole = read_number(tokens, at);
  if (whole && whole->has_scale && in_range(whole->value)) return whole;
  return std::nullopt;
}

std::optional<DigitRun> read_digits(std::span<const Token> tokens, std::size_t at) {
  DigitRun run;
  std::size_t i = at;
  int repeat = 1;
  for (; i < tokens.size() && run.digits.size() < kMostDigits; ++i) {
    const Token& token = tokens[i];
    if (token.is_number) {
      if (token.text.contains(':') || token.text.contains('/') || token.text.back() > '9') break;
      if (token.text.front() == '+') {
        if (!run.digits.empty()) break;
        run.has_plus = true;
      }
      for (const char c : token.text) {
        if (c >= '0' && c <= '9') run.digits += c;
      }
    } else if (token.text == "plus" && run.digits.empty() && !run.has_plus) {
      run.has_plus = true;
      continue;
    } else if (token.text == "double" || token.text == "triple") {
      repeat = token.text == "double" ? 2 : 3;
      continue;
    } else if (const auto unit = index_of(kUnits, token.text); unit && *unit <= 9) {
      run.digits.append(static_cast<std::size_t>(repeat), static_cast<char>('0' + *unit));
    } else if ((token.text == "oh" || token.text == "o") && !run.digits.empty()) {
      run.digits.append(static_cast<std::size_t>(repeat), '0');
    } else if (const auto pair = read_below_hundred(tokens, i); pair && pair->value >= 10) {
      // "forty two eighteen": two figures at a time; "two hundred" is an amount.
      const std::string_view next = word_at(tokens, i + pair->count);
      if (next == "hundred" || scale_of(next) > 0) break;
      run.digits += std::to_string(static_cast<int>(pair->value));
      i += pair->count - 1;
    } else if (token.is_mark && std::string_view("(),-.").contains(token.text.front()) &&
               (!run.digits.empty() || token.text == "(")) {
      continue;
    } else {
      break;
    }
    repeat = 1;
    run.count = i + 1 - at;
  }
  if (run.digits.empty()) return std::nullopt;
  return run;
}

}  // namespace offhook::brain
