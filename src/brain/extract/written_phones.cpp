#include <algorithm>
#include <array>
#include <charconv>
#include <string>

#include "base/text.hpp"
#include "brain/extract/contacts.hpp"

namespace offhook::brain::extract {
namespace {

constexpr std::size_t kFewestDigits = 6;
constexpr std::size_t kMostDigits = 15;       // ITU-T E.164
constexpr std::size_t kWordsLookedBack = 60;  // bytes before a number that may say what it is

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}

// What stands between two groups of figures: "-", ") ", " (", ").", "- ".
struct Group {
  std::size_t begin = 0, end = 0;  // of its figures
  std::string_view gap;            // before it
};

bool is_gap(std::string_view gap) {
  if (gap.empty() || gap.size() > 3) return false;
  std::size_t blanks = 0;
  std::size_t marks = 0;
  std::size_t brackets = 0;
  for (const char c : gap) {
    if (c == ' ') {
      ++blanks;
    } else if (c == '-' || c == '.' || c == '/') {
      ++marks;
    } else if (c == '(' || c == ')') {
      ++brackets;
    } else {
      return false;
    }
  }
  return blanks <= 2 && marks <= 1 && brackets <= 2 && !gap.starts_with("  ") && !gap.ends_with("  ");
}

int to_int(std::string_view digits) {
  int value = -1;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

// A word before the number that says it is no telephone's, unless a nearer one says it is.
bool is_of_something_else(std::string_view before) {
  constexpr std::array<std::string_view, 22> kOthers{
      "account",   "card",    "credit",       "ssn",    "social security", "passport", "order",  "invoice", "ticket",
      "reference", "booking", "policy",       "zip",    "postcode",        "isbn",     "serial", "id",      "pin",
      "omb",       "case",    "confirmation", "version"};
  constexpr std::array<std::string_view, 12> kPhones{"phone",    "tel",  "call",    "mobile", "cell", "fax",
                                                     "landline", "dial", "text me", "reach",  "ring", "contact"};
  const std::string words =
      to_lower(before.size() > kWordsLookedBack ? before.substr(before.size() - kWordsLookedBack) : before);
  const auto nearest = [&](const auto& table) {
    std::size_t best = 0;
    for (const auto word : table) {
      for (std::size_t at = words.find(word); at != std::string::npos; at = words.find(word, at + 1)) {
        const bool is_word = (at == 0 || !is_letter(words[at - 1])) &&
                             (at + word.size() >= words.size() || !is_letter(words[at + word.size()]) ||
                              word == "tel" || word == "phone");
        if (is_word) best = std::max(best, at + 1);
      }
    }
    return best;
  };
  const std::size_t other = nearest(kOthers);
  // A sentence's end parts what was said of another number.
  if (other != 0 && words.find_first_of(".;,", other) != std::string::npos &&
      words.find("no.", other - 1) == std::string::npos)
    return false;
  return other > nearest(kPhones);
}

bool is_date(const std::vector<std::string_view>& groups) {
  if (groups.size() != 3) {
    return groups.size() == 2 && groups[0].size() == 4 && groups[1].size() == 4 && to_int(groups[0]) >= 1900 &&
           to_int(groups[0]) <= 2100 && to_int(groups[1]) >= 1900 && to_int(groups[1]) <= 2100;
  }
  const auto is_day = [](std::string_view a, std::string_view b) {
    return a.size() <= 2 && b.size() <= 2 && to_int(a) <= 31 && to_int(b) <= 31 && (to_int(a) <= 12 || to_int(b) <= 12);
  };
  const auto is_year = [](std::string_view y) { return y.size() == 4 && to_int(y) >= 1800 && to_int(y) <= 2200; };
  return (is_day(groups[0], groups[1]) && is_year(groups[2])) || (is_year(groups[0]) && is_day(groups[1], groups[2]));
}

}  // namespace

std::vector<ContactFound> find_written_phones(std::string_view text) {
  std::vector<ContactFound> all;
  std::size_t at = 0;
  while (at < text.size()) {
    if (!is_digit(text[at])) {
      ++at;
      continue;
    }
    // The groups of figures that gaps join.
    std::vector<Group> groups;
    std::size_t end = at;
    std::size_t gap_from = at;
    while (end < text.size()) {
      std::size_t stop = end;
      while (stop < text.size() && is_digit(text[stop])) ++stop;
      if (stop == end) break;
      groups.push_back({end, stop, text.substr(gap_from, end - gap_from)});
      std::size_t next = stop;
      while (next < text.size() && next < stop + 4 && !is_digit(text[next])) ++next;
      const std::string_view gap = text.substr(stop, next - stop);
      if (next >= text.size() || !is_digit(text[next]) || !is_gap(gap)) break;
      gap_from = stop;
      end = next;
    }
    // What a blank parts may be two things: a number and a date.
    const auto count_digits = [&] {
      std::size_t count = 0;
      for (const auto& group : groups) count += group.end - group.begin;
      return count;
    };
    while (groups.size() > 1 && count_digits() > kMostDigits &&
           std::ranges::any_of(groups, [](const Group& group) { return group.gap == " "; }))
      groups.pop_back();
    const std::size_t figures_end = groups.back().end;
    const std::size_t resume = figures_end;
    // What stands before: a plus, an opening bracket, or something that makes it another thing.
    std::size_t begin = groups.front().begin;
    const auto before = [&](std::size_t i) { return i > 0 ? text[i - 1] : ' '; };
    bool has_plus = false;
    if (before(begin) == '+') {
      --begin;
      has_plus = true;
    }
    const std::size_t close = text.substr(begin, figures_end - begin).find(')');
    const std::size_t open = text.substr(begin, figures_end - begin).find('(');
    if (before(begin) == '(' && close != std::string_view::npos && (open == std::string_view::npos || close < open))
      --begin;
    at = resume;
    const char ahead = before(begin);
    const bool is_marked = has_plus || text[begin] == '(' || close != std::string_view::npos;
    const bool is_joined_mark = (ahead == '-' || ahead == ':') && begin > 1 && is_letter(text[begin - 2]);
    if ((is_letter(ahead) && text[begin] != '(') || ahead == '_' || ahead == '*' || ahead == '$' || ahead == '=' ||
        ahead == '%' || ahead == '\t')
      continue;
    if (ahead == '/' || ahead == '.' || ahead == ',' || ahead == '+' || ahead == '#') continue;
    if (ahead == '-' && !(is_marked && is_joined_mark)) {
      if (begin == 1 || text[begin - 2] != ' ') continue;
      continue;
    }
    if (ahead == '(' && close == std::string_view::npos && is_digit(text[begin]) && begin > 1 &&
        is_digit(text[begin - 2]))
      continue;
    const char behind = figures_end < text.size() ? text[figures_end] : ' ';
    const char after_that = figures_end + 1 < text.size() ? text[figures_end + 1] : ' ';
    // An extension belongs to the number.
    std::size_t full_end = figures_end;
    {
      std::size_t i = figures_end;
      while (i < text.size() && text[i] == ' ') ++i;
      const std::string word = to_lower(text.substr(i, 4));
      const std::size_t length = word.starts_with("ext.")  ? 4
                                 : word.starts_with("ext") ? 3
                                 : word.starts_with("x")   ? 1
                                                           : 0;
      std::size_t digits_at = length == 0 ? 0 : i + length;
      while (digits_at != 0 && digits_at < text.size() && text[digits_at] == ' ') ++digits_at;
      if (digits_at != 0 && digits_at < text.size() && is_digit(text[digits_at])) {
        std::size_t stop = digits_at;
        while (stop < text.size() && is_digit(text[stop])) ++stop;
        if (stop - digits_at <= 6 && (stop >= text.size() || !is_letter(text[stop]))) full_end = stop;
      }
    }
    if (full_end == figures_end && (is_letter(behind) || behind == '%' || behind == '*' || behind == '@' ||
                                    (behind == ':' && is_digit(after_that))))
      continue;
    if (behind == '/' && is_digit(after_that)) continue;
    if (behind == ')' && after_that == ')') continue;
    std::size_t digits = 0;
    std::size_t longest = 0;
    bool has_dot_gap = false;
    bool has_other_gap = false;
    std::vector<std::string_view> parts;
    for (const auto& group : groups) {
      digits += group.end - group.begin;
      longest = std::max(longest, group.end - group.begin);
      parts.push_back(text.substr(group.begin, group.end - group.begin));
      if (group.gap == ".") has_dot_gap = true;
      if (!group.gap.empty() && group.gap != ".") has_other_gap = true;
    }
    if (digits < kFewestDigits || digits > kMostDigits || longest < 3) {
      if (!(digits >= 8 && longest == 2 && groups.size() >= 4)) continue;
    }
    if (digits == kFewestDigits && !(parts.front().front() == '0' && groups.size() == 1)) continue;
    if (is_date(parts)) continue;
    // A decimal, or an address of the network.
    if (has_dot_gap && !has_other_gap && (groups.size() == 2 || (groups.size() == 4 && longest <= 3))) continue;
    // A card: three groups of four, and more.
    if (groups.size() >= 4 && parts[0].size() == 4 && parts[1].size() == 4 && parts[2].size() == 4 && !has_plus)
      continue;
    if (is_of_something_else(text.substr(0, begin))) continue;
    // A bracket that nothing opens or closes does not belong to it.
    std::string_view value = text.substr(begin, full_end - begin);
    const auto depth = std::ranges::count(value, '(') - std::ranges::count(value, ')');
    if (depth > 0 && value.front() == '(') value.remove_prefix(1);
    if (std::ranges::count(value, '(') > 2 || value.contains("))")) continue;
    all.push_back(
        {.begin = static_cast<std::size_t>(value.data() - text.data()), .end = full_end, .value = to_lower(value)});
    at = full_end;
  }
  return all;
}

}  // namespace offhook::brain::extract
