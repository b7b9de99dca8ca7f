#include "brain/extract/contacts.hpp"

#include <algorithm>
#include <array>

#include "base/email.hpp"
#include "base/phone.hpp"
#include "base/text.hpp"
#include "brain/extract/number_reader.hpp"

namespace offhook::brain::extract {
namespace {

using enum Word;

constexpr std::size_t kFewestDigits = 7;
constexpr std::size_t kMostDigits = 15;    // ITU-T E.164
constexpr std::size_t kLongestLocal = 64;  // pieces of a spoken address that are read back

bool is_address_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

// "john.doe@gmail.com" as it is written.
void find_written(std::string_view text, std::vector<ContactFound>& all) {
  for (std::size_t sign = text.find('@'); sign != std::string_view::npos; sign = text.find('@', sign + 1)) {
    std::size_t begin = sign;
    while (begin > 0 && (is_address_letter(text[begin - 1]) || std::string_view("._%+-").contains(text[begin - 1])))
      --begin;
    std::size_t end = sign + 1;
    while (end < text.size() && (is_address_letter(text[end]) || text[end] == '.' || text[end] == '-')) ++end;
    if (end < text.size() && text[end] == '_') continue;
    while (end > sign + 1 && (text[end - 1] == '.' || text[end - 1] == '-')) --end;
    std::string value = to_lower(text.substr(begin, end - begin));
    if (is_email_address(value)) all.push_back({.begin = begin, .end = end, .value = std::move(value)});
  }
}

constexpr std::array<std::string_view, 40> kTopLevels{
    "com",  "org", "net", "edu", "gov", "co", "uk", "us",  "io",  "in", "de",  "fr",    "es", "tr",
    "info", "biz", "me",  "tv",  "ca",  "au", "nz", "ie",  "it",  "nl", "be",  "ch",    "at", "se",
    "no",   "dk",  "pl",  "pt",  "br",  "mx", "ai", "app", "dev", "eu", "mil", "online"};

std::string_view sign_of(std::string_view word) {
  if (word == "dot" || word == "period" || word == "point" || word == "punto" || word == "nokta") return ".";
  if (word == "underscore") return "_";
  if (word == "dash" || word == "hyphen" || word == "minus") return "-";
  if (word == "plus") return "+";
  return {};
}

// One part of what is spelled or said: a word, a letter, figures, "double t".
struct Part {
  std::string text;
  bool is_single = false;  // a letter or a figure: more of them may follow
};
Part part_of(const Pieces& pieces, std::size_t at) {
  const Piece& piece = pieces[at];
  if (piece.kind == Piece::Kind::figures) return {std::string(piece.text), true};
  if (piece.kind != Piece::Kind::word) return {};
  if (const Tag* digit = pieces.tag(at, small);
      digit != nullptr && digit->value <= 9 && digit->next == at + 1 && piece.text != "one") {
    return {std::string(1, static_cast<char>('0' + int(digit->value))), true};
  }
  if (piece.text == "one") return {"1", true};
  return {std::string(piece.text), piece.text.size() == 1};
}

// "john dot doe at gmail dot com".
void find_spoken(const Pieces& pieces, std::vector<ContactFound>& all) {
  for (std::size_t at = 1; at + 2 < pieces.size(); ++at) {
    const bool is_at = pieces.is_word(at, "at") || pieces.is_word(at, "arroba");
    if (!is_at) continue;
    // The domain: words with "dot" between them, down to a top level.
    std::string domain;
    std::size_t i = at + 1;
    std::size_t end = 0;
    for (std::size_t parts = 0; parts < 10 && i < pieces.size(); ++parts) {
      const Part part = part_of(pieces, i);
      if (part.text.empty()) break;
      domain += part.text;
      ++i;
      const bool is_top = domain.contains('.') && std::ranges::find(kTopLevels, part.text) != kTopLevels.end();
      if (is_top) end = i;
      if (const std::string_view sign = sign_of(pieces[i].text); sign == "." || sign == "-" || pieces.is_mark(i, '.')) {
        if (pieces.is_mark(i, '.') && !pieces[i + 1].is_glued) break;
        domain += sign.empty() ? "." : sign;
        ++i;
      } else if (is_top || !(part.is_single || part.text.size() <= 2)) {
        break;
      }
    }
    if (end == 0) continue;
    // The domain may have gone on past its top level.
    domain.clear();
    for (std::size_t k = at + 1; k < end; ++k) {
      const std::string_view sign = sign_of(pieces[k].text);
      domain += pieces.is_mark(k, '.') ? "." : sign.empty() ? part_of(pieces, k).text : std::string(sign);
    }
    // The name before "at": a word or spelled letters, and what signs join to it.
    std::vector<std::string> parts;
    std::size_t begin = at;
    bool may_join = true;     // the piece before may be a word
    bool last_single = true;  // of what was taken last
    for (std::size_t back = 1; back <= std::min(at, kLongestLocal); ++back) {
      const std::size_t k = at - back;
      const std::string_view sign = pieces[k].kind == Piece::Kind::word ? sign_of(pieces[k].text)
                                    : pieces.is_mark(k, '.') && pieces[k].is_glued && pieces[k + 1].is_glued
                                        ? std::string_view(".")
                                    : pieces.is_mark(k, '_') ? std::string_view("_")
                                                             : std::string_view();
      if (!sign.empty() && k + 1 < at + 1 && !parts.empty()) {
        parts.emplace_back(sign);
        may_join = true;
        continue;
      }
      Part part = part_of(pieces, k);
      if (part.text.empty()) break;
      if (pieces.is_word(k, "double") && !parts.empty() && parts.back().size() == 1) {
        parts.back() += parts.back();
        begin = k;
        continue;
      }
      if (!may_join && !(part.is_single && last_single) &&
          !(part.text.size() > 1 && last_single && pieces.is_figures(k + 1) && k + 2 == begin + 1))
        break;
      if (!may_join && (part.text == "is" || part.text == "its")) break;
      last_single = part.is_single;
      parts.push_back(std::move(part.text));
      may_join = false;
      begin = k;
    }
    while (!parts.empty() && !sign_of(parts.back()).empty()) parts.pop_back();
    std::ranges::reverse(parts);
    std::string value;
    for (const auto& part : parts) value += part;
    value += "@" + domain;
    if (parts.empty() || !is_email_address(value)) continue;
    all.push_back({.begin = pieces[begin].begin, .end = pieces[end - 1].end, .value = std::move(value)});
    at = end - 1;
  }
}

}  // namespace

std::vector<ContactFound> find_emails(std::string_view text, const Pieces& pieces) {
  std::vector<ContactFound> all;
  find_written(text, all);
  find_spoken(pieces, all);
  std::ranges::sort(all, {}, &ContactFound::begin);
  return all;
}

std::vector<ContactFound> find_spoken_phones(const Pieces& pieces, std::string_view region) {
  std::vector<ContactFound> all;
  constexpr std::array<std::string_view, 9> kPauses{"uh", "um", "er", "erm", "then", "and", "so", "it", "thats"};
  for (std::size_t at = 0; at < pieces.size();) {
    std::string digits;
    std::size_t end = at;
    std::size_t repeat = 1;
    std::size_t i = at;
    bool has_plus = false;
    for (; i < pieces.size() && digits.size() <= kMostDigits; ++i) {
      const Piece& piece = pieces[i];
      const Tag* number = pieces.tag(i, small);
      if (piece.kind == Piece::Kind::figures) {
        if (pieces[i + 1].is_glued && pieces[i + 1].kind == Piece::Kind::word) break;
        digits += repeat > 1 && piece.text.size() == 1 ? std::string(repeat, piece.text[0]) : std::string(piece.text);
      } else if ((piece.is('+') || piece.text == "plus") && digits.empty()) {
        has_plus = true;
        continue;
      } else if (piece.text == "double" || piece.text == "triple" || piece.text == "treble") {
        repeat = piece.text == "double" ? 2 : 3;
        continue;
      } else if ((piece.text == "oh" || piece.text == "o") && !(digits.empty() && repeat == 1)) {
        digits.append(repeat, '0');
      } else if (number != nullptr) {
        const int value = int(number->value);
        if (pieces.is(number->next, scale) || pieces.is(number->next, unit) || pieces.is(number->next, month)) break;
        if (value <= 9) {
          digits.append(repeat, static_cast<char>('0' + value));
        } else if (value >= 20 && value % 10 == 0) {
          const Tag* one = pieces.tag(number->next, small);
          const bool is_pair = one != nullptr && one->value >= 1 && one->value <= 9;
          digits += std::to_string(is_pair ? value + int(one->value) : value);
          if (is_pair) i = one->next - 1;
        } else {
          digits += std::to_string(value);
        }
      } else if (pieces.is(i, hundred) && !digits.empty()) {  // "eight hundred"
        digits += "00";
      } else if ((piece.kind == Piece::Kind::mark && std::string_view("(),-./\n").contains(piece.text)) ||
                 (!digits.empty() && std::ranges::find(kPauses, piece.text) != kPauses.end())) {
        continue;
      } else {
        break;
      }
      repeat = 1;
      end = i + 1;
    }
    if (digits.size() >= kFewestDigits && digits.size() <= kMostDigits) {
      all.push_back({.begin = pieces[at].begin,
                     .end = pieces[end - 1].end,
                     .value = normalize_phone((has_plus ? "+" : "") + digits, region)});
      at = end;
    } else {
      at = std::max(end, at + 1);
    }
  }
  return all;
}

}  // namespace offhook::brain::extract
