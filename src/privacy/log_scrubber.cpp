#include "privacy/log_scrubber.hpp"

#include <algorithm>
#include <array>

#include "base/masking.hpp"
#include "base/text.hpp"
#include "privacy/card_filter.hpp"

namespace offhook::privacy {
namespace {

constexpr std::size_t kShortestSecret = 6;
constexpr std::size_t kShortestPhone = 7;   // digits after "+"
constexpr std::size_t kShortestLocal = 10;  // digits without "+"
constexpr std::size_t kLongestPhone = 15;   // E.164
constexpr std::string_view kHidden = "***";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_word(char c) { return is_digit(c) || is_letter(c) || c == '_' || c == '-'; }
bool is_credential_char(char c) { return is_word(c) || c == '.' || c == '+' || c == '/' || c == '=' || c == '~'; }
bool is_mail_char(char c) { return is_word(c) || c == '.' || c == '+' || c == '%'; }

/// What credentials stand behind.
constexpr std::array<std::string_view, 10> kMarks{
    "Bearer ", "Basic ", "sk-", "api_key=", "apikey=", "token=", "secret=", "password=", "key=", "signature="};

/// A group of digits with their separators, from a digit or "+" on.
struct Dialled {
  std::size_t end = 0;
  std::size_t digits = 0;
  std::vector<std::size_t> groups;
  char separator = 0;  // the one that stands between the first two groups
};

Dialled read_dialled(std::string_view text, std::size_t at) {
  Dialled read;
  std::size_t group = 0;
  std::size_t gap = 0;
  for (std::size_t i = at; i < text.size(); ++i) {
    const char c = text[i];
    if (is_digit(c)) {
      ++group;
      ++read.digits;
      gap = 0;
      read.end = i + 1;
    } else if ((c == '+' && i == at) || ((c == ' ' || c == '-' || c == '.' || c == '(' || c == ')') && gap < 2)) {
      if (group > 0) {
        read.groups.push_back(group);
        if (read.separator == 0) read.separator = c;
      }
      group = 0;
      ++gap;
    } else {
      break;
    }
  }
  if (group > 0) read.groups.push_back(group);
  return read;
}

bool is_phone(std::string_view text, std::size_t at, const Dialled& read) {
  if (read.digits > kLongestPhone) return false;
  if (text[at] == '+') return read.digits >= kShortestPhone;
  if (read.groups.size() == 1) {
    return read.digits >= kShortestLocal;
  }
  // A date or a time has groups of 4-2-2, a machine's address dots, a decimal number one dot.
  const bool is_american = read.groups.size() >= 3 && read.groups[read.groups.size() - 1] == 4 &&
                           read.groups[read.groups.size() - 2] == 3 && read.groups[read.groups.size() - 3] == 3;
  const bool is_short = read.groups.size() == 2 && read.groups[0] == 3 && read.groups[1] == 4;
  if (is_american || is_short) return true;
  return read.separator != '.' && read.digits >= kShortestLocal &&
         std::ranges::all_of(read.groups, [](std::size_t size) { return size >= 2; }) && read.groups.front() != 4;
}

void append_hiding_secrets(std::string& out, std::string_view text, const std::vector<Secret>& secrets) {
  out = text;
  for (const auto& secret : secrets) {
    if (out.find(secret.reveal()) != std::string::npos) out = replace_all(std::move(out), secret.reveal(), kHidden);
  }
}

/// Hides what follows "Bearer ", "token=", …
std::string hide_credentials(std::string text) {
  for (const auto mark : kMarks) {
    for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + mark.size())) {
      if (mark == "sk-" && at > 0 && is_word(text[at - 1])) continue;
      const std::size_t begin = at + mark.size();
      std::size_t end = begin;
      while (end < text.size() && is_credential_char(text[end])) ++end;
      if (end - begin >= kShortestSecret) text.replace(begin, end - begin, kHidden);
    }
  }
  return text;
}

std::string hide_mail_addresses(std::string_view text) {
  std::string out;
  std::size_t copied = 0;
  for (auto at = text.find('@'); at != std::string_view::npos; at = text.find('@', at + 1)) {
    std::size_t begin = at;
    while (begin > copied && is_mail_char(text[begin - 1])) --begin;
    std::size_t end = at + 1;
    while (end < text.size() && is_mail_char(text[end])) ++end;
    if (begin == at || end == at + 1) continue;
    out.append(text, copied, begin - copied).append(mask_email(text.substr(begin, end - begin)));
    copied = end;
  }
  out.append(text, copied);
  return out;
}

std::string hide_phones(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const bool may_begin = is_digit(text[i]) || (text[i] == '+' && i + 1 < text.size() && is_digit(text[i + 1]));
    if (!may_begin) {
      out.push_back(text[i++]);
      continue;
    }
    const Dialled read = read_dialled(text, i);
    // Within an identifier digits are no phone number: "4e58a1…", "call-4155".
    const bool is_inside = (i > 0 && (is_letter(text[i - 1]) || text[i - 1] == '_')) ||
                           (read.end < text.size() && (is_letter(text[read.end]) || text[read.end] == '_'));
    if (!is_inside && is_phone(text, i, read)) {
      out.append(mask_phone(text.substr(i, read.end - i)));
    } else {
      out.append(text, i, read.end - i);
    }
    i = read.end;
  }
  return out;
}

}  // namespace

LogScrubber::LogScrubber(std::vector<Secret> secrets) : secrets_(std::move(secrets)) {
  std::erase_if(secrets_, [](const Secret& secret) { return secret.reveal().size() < kShortestSecret; });
}

std::string LogScrubber::scrub(std::string_view text) const {
  std::string out;
  append_hiding_secrets(out, text, secrets_);
  std::size_t digits = 0;
  bool has_mail = false;
  bool has_space_or_equals = false;
  for (const char c : out) {
    if (is_digit(c)) ++digits;
    has_mail = has_mail || c == '@';
    has_space_or_equals = has_space_or_equals || c == ' ' || c == '=' || c == '-';
  }
  if (has_space_or_equals) out = hide_credentials(std::move(out));
  if (has_mail) out = hide_mail_addresses(out);
  // Digits in words count too, but a log line that has them has been through a masking type or a mistake: look.
  if (out.size() >= kShortestPhone) out = redact_cards(out);
  if (digits >= kShortestPhone) out = hide_phones(out);
  return out;
}

}  // namespace offhook::privacy
