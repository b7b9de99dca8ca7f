#include "speech/speakable.hpp"

#include <array>
#include <cctype>
#include <charconv>
#include <optional>

#include "base/civil_time.hpp"
#include "base/text.hpp"
#include "speech/text_scanner.hpp"

namespace offhook::speech {

namespace {

int to_int(std::string_view digits) {
  int value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

/// "0101" as "0 1 0 1".
std::string spell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (!out.empty()) out += ' ';
    out += c;
  }
  return out;
}

/// What a rule makes of the text it stands before. The scanner is behind it then.
using Spoken = std::optional<std::string>;

/// "$1,234.56", "$0.99", "$1.2M", "$2,400/mo".
Spoken say_money(Scanner& scan) {
  if (!scan.take('$') || !is_digit(scan.peek())) return std::nullopt;
  std::string whole;
  while (is_digit(scan.peek()) || (scan.peek() == ',' && is_digit(scan.peek(1)))) {
    whole += scan.peek();
    scan.take(scan.peek());
  }
  std::string_view fraction;
  if (scan.peek() == '.' && is_digit(scan.peek(1))) {
    scan.take('.');
    fraction = scan.take_while(is_digit);
  }
  static constexpr std::pair<char, std::string_view> kScales[] = {
      {'k', "thousand"}, {'K', "thousand"}, {'m', "million"}, {'M', "million"}, {'b', "billion"}, {'B', "billion"}};
  std::string spoken;
  for (const auto& [letter, scale] : kScales) {
    if (scan.peek() != letter || is_word(scan.peek(1))) continue;
    scan.take(letter);
    spoken = whole + (fraction.empty() ? "" : "." + std::string(fraction)) + " " + std::string(scale) + " dollars";
    break;
  }
  if (spoken.empty()) {
    const std::string dollars = whole + (whole == "1" ? " dollar" : " dollars");
    if (fraction.size() != 2) {
      spoken = fraction.empty() ? dollars : whole + "." + std::string(fraction) + " dollars";
    } else if (const int cents = to_int(fraction); cents == 0) {
      spoken = dollars;
    } else {
      const std::string small = std::to_string(cents) + (cents == 1 ? " cent" : " cents");
      spoken = whole == "0" ? small : dollars + " and " + small;
    }
  }
  static constexpr std::pair<std::string_view, std::string_view> kPeriods[] = {
      {"/month", " a month"}, {"/mo", " a month"}, {"/week", " a week"},  {"/year", " a year"},
      {"/yr", " a year"},     {"/day", " a day"},  {"/night", " a night"}};
  for (const auto& [written, said] : kPeriods) {
    if (!scan.take_any_case(written)) continue;
    spoken += said;
    break;
  }
  if (!scan.at_word_end()) return std::nullopt;
  return spoken;
}

std::string say_date(std::chrono::year_month_day date) {
  static constexpr std::string_view kMonths[] = {"January", "February", "March",     "April",   "May",      "June",
                                                 "July",    "August",   "September", "October", "November", "December"};
  const unsigned day = static_cast<unsigned>(date.day());
  const unsigned last = day % 10;
  const bool is_teen = day / 10 == 1;
  const std::string_view ending = is_teen ? "th" : last == 1 ? "st" : last == 2 ? "nd" : last == 3 ? "rd" : "th";
  return std::string(kMonths[static_cast<unsigned>(date.month()) - 1]) + " " + std::to_string(day) +
         std::string(ending) + ", " + std::to_string(static_cast<int>(date.year()));
}

/// "2026-03-05".
Spoken say_iso_date(Scanner& scan) {
  const auto year = scan.take_digits(4);
  if (year.empty() || !scan.take('-')) return std::nullopt;
  const auto month = scan.take_digits(2);
  if (month.empty() || !scan.take('-')) return std::nullopt;
  const auto day = scan.take_digits(2);
  if (day.empty() || !scan.at_word_end()) return std::nullopt;
  const auto date = parse_date(std::string(year) + "-" + std::string(month) + "-" + std::string(day));
  if (!date) return std::nullopt;
  return say_date(*date);
}

/// "3/5/2026": the American order.
Spoken say_slash_date(Scanner& scan) {
  const auto month = scan.take_while(is_digit);
  if (month.empty() || month.size() > 2 || !scan.take('/')) return std::nullopt;
  const auto day = scan.take_while(is_digit);
  if (day.empty() || day.size() > 2 || !scan.take('/')) return std::nullopt;
  const auto year = scan.take_digits(4);
  if (year.empty() || !scan.at_word_end()) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(to_int(year)),
                                         std::chrono::month(static_cast<unsigned>(to_int(month))),
                                         std::chrono::day(static_cast<unsigned>(to_int(day)))};
  if (!date.ok()) return std::nullopt;
  return say_date(date);
}

/// "pm", "PM", "p.m.", after an optional space: 'A', 'P' or nothing.
char take_half_of_day(Scanner& scan) {
  const std::size_t begin = scan.position();
  scan.take(' ');
  const char half = static_cast<char>(std::toupper(static_cast<unsigned char>(scan.peek())));
  if (half == 'A' || half == 'P') {
    scan.take(scan.peek());
    const bool dotted = scan.take('.');
    if ((scan.take('m') || scan.take('M')) && scan.at_word_end()) {
      // The last dot may also end the sentence; then it stays.
      if (dotted && scan.peek() == '.' && scan.peek(1) == ' ' && !is_upper(scan.peek(2))) scan.take('.');
      return half;
    }
  }
  scan.back_to(begin);
  return '\0';
}

/// "14:30", "2:30 PM", "2 pm". Without AM or PM the half is said only where it is certain: "9:30" may be both.
Spoken say_time(Scanner& scan) {
  const auto hour_digits = scan.take_while(is_digit);
  if (hour_digits.empty() || hour_digits.size() > 2) return std::nullopt;
  int hour = to_int(hour_digits);
  std::string_view minute;
  if (scan.take(':')) {
    minute = scan.take_digits(2);
    if (minute.empty() || to_int(minute) > 59) return std::nullopt;
  }
  char half = take_half_of_day(scan);
  if (half == '\0') {
    if (minute.empty() || hour > 23 || !scan.at_word_end() || scan.peek() == ':') return std::nullopt;
    if (hour > 12 || hour_digits[0] == '0') half = hour >= 12 ? 'P' : 'A';
    hour = hour % 12 == 0 ? 12 : hour % 12;
  } else if (hour < 1 || hour > 12) {
    return std::nullopt;
  }
  std::string spoken = std::to_string(hour);
  if (!minute.empty() && minute != "00")
    spoken += minute[0] == '0' ? " oh " + std::string(1, minute[1]) : " " + std::string(minute);
  if (half != '\0') return spoken + " " + half + " M";
  return minute == "00" ? spoken + " o'clock" : spoken;
}

/// "+14155550101", "(415) 555-0101", "415-555-0101", "4155550101", in groups with pauses.
Spoken say_phone(Scanner& scan) {
  const bool is_international = scan.take('+');
  const char first = scan.peek();
  if (!is_digit(first) && !(first == '(' && is_digit(scan.peek(1)))) return std::nullopt;
  std::string digits;
  std::size_t separators = 0;
  while (true) {
    const std::size_t begin = scan.position();
    std::size_t marks = 0;
    while (marks < 2 && (scan.peek() == ' ' || scan.peek() == '-' || scan.peek() == '.' || scan.peek() == '(' ||
                         scan.peek() == ')')) {
      scan.take(scan.peek());
      ++marks;
    }
    const auto group = scan.take_while(is_digit);
    if (group.empty() || (marks > 0 && !digits.empty() && group.size() < 2)) {
      scan.back_to(begin);
      break;
    }
    if (marks > 0) ++separators;
    digits += group;
  }
  if (!scan.at_word_end()) return std::nullopt;
  const bool is_american = digits.size() == 10 || (digits.size() == 11 && digits[0] == '1');
  if (!is_american && !(is_international && digits.size() >= 8 && digits.size() <= 15)) return std::nullopt;
  // Ten digits in pieces are a phone number only in the usual grouping: at most "1 (415) 555-0101".
  if (separators > 3 && !is_international) return std::nullopt;

  std::string country;
  std::string_view rest = digits;
  if (is_american && digits.size() == 11) {
    country = "1, ";
    rest.remove_prefix(1);
  } else if (is_international) {
    country = "plus ";
  }
  std::string spoken;
  while (!rest.empty()) {
    const std::size_t count = rest.size() <= 4 ? rest.size() : 3;
    spoken += (spoken.empty() ? "" : ", ") + spell(rest.substr(0, count));
    rest.remove_prefix(count);
  }
  return country + spoken;
}

/// "ending in 1234": a card or an account, digit by digit.
Spoken say_last_digits(Scanner& scan) {
  static constexpr std::string_view kPhrases[] = {"ending in ", "ending with ", "ends in ", "ends with "};
  for (const auto phrase : kPhrases) {
    if (!scan.take_any_case(phrase)) continue;
    const auto digits = scan.take_while(is_digit);
    if (digits.size() < 2 || digits.size() > 8 || !scan.at_word_end()) return std::nullopt;
    return std::string(phrase) + spell(digits);
  }
  return std::nullopt;
}

/// "ST-48213": letters, then at least three characters with a digit among them.
Spoken say_code(Scanner& scan) {
  const auto letters = scan.take_while(is_upper);
  if (letters.empty() || letters.size() > 4 || !scan.take('-')) return std::nullopt;
  const auto number = scan.take_while([](char c) { return is_digit(c) || is_upper(c); });
  const bool has_digit = number.find_first_of("0123456789") != std::string_view::npos;
  if (number.size() < 3 || !has_digit || !scan.at_word_end()) return std::nullopt;
  return spell(letters) + ", " + spell(number);
}

/// "https://www.example.com/help": the host is enough for the ear.
Spoken say_url(Scanner& scan) {
  const bool has_scheme = scan.take_any_case("https://") || scan.take_any_case("http://");
  if (!scan.take_any_case("www.") && !has_scheme) return std::nullopt;
  const auto host = scan.take_while([](char c) { return is_word(c) || c == '.' || c == '-'; });
  if (host.empty()) return std::nullopt;
  const auto path = scan.take_while([](char c) { return c != ' ' && c != ')' && c != ',' && c != '"'; });
  const bool ends_sentence = path.empty() ? host.ends_with('.') : path.ends_with('.');
  return replace_all(std::string(host.substr(0, host.size() - (host.ends_with('.') ? 1 : 0))), ".", " dot ") +
         (ends_sentence ? "." : "");
}

/// Fixed words that engines read wrongly.
Spoken say_word(Scanner& scan) {
  static constexpr std::pair<std::string_view, std::string_view> kWords[] = {
      {"sq. ft.", "square feet"}, {"sq. ft", "square feet"}, {"sq ft", "square feet"}, {"sqft", "square feet"},
      {"APR", "A P R"},           {"APY", "A P Y"},          {"FDIC", "F D I C"},      {"24/7", "24 7"}};
  const std::size_t begin = scan.position();
  for (const auto& [written, said] : kWords) {
    if (scan.take_any_case(written) && scan.at_word_end()) return std::string(said);
    scan.back_to(begin);
  }
  return std::nullopt;
}

/// "#5".
Spoken say_number_sign(Scanner& scan) {
  if (!scan.take('#') || !is_digit(scan.peek())) return std::nullopt;
  return "number " + std::string(scan.take_while(is_digit));
}

// Tried in this order where a word begins: a phone number may look like the start of a time or a date.
constexpr std::array kRules = {say_money,       say_url,  say_iso_date, say_slash_date,  say_phone,
                               say_last_digits, say_time, say_code,     say_number_sign, say_word};

}  // namespace

std::string to_speakable_english(std::string_view text) {
  const std::string plain = strip_markdown(text);
  std::string out;
  Scanner scan(plain);
  bool inside_word = false;
  while (scan.peek() != '\0' || scan.position() < plain.size()) {
    const std::size_t begin = scan.position();
    Spoken spoken;
    for (const auto rule : kRules) {
      if (inside_word) break;
      spoken = rule(scan);
      if (spoken) break;
      scan.back_to(begin);
    }
    if (spoken) {
      out += *spoken;
      inside_word = false;
    } else {
      const char c = plain[begin];
      out += c;
      scan.back_to(begin + 1);
      // "a.5" and "10,000" go on: a number is not looked at from its middle.
      const bool joins =
          (c == '.' || c == ',' || c == ':' || c == '-' || c == '/') && inside_word && is_digit(scan.peek());
      inside_word = is_word(c) || joins;
    }
  }
  return out;
}

}  // namespace offhook::speech
