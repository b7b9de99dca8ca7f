#include "brain/extract/places.hpp"

#include <algorithm>
#include <array>

#include "brain/extract/number_reader.hpp"

namespace offhook::brain::extract {
namespace {

constexpr std::size_t kLongestPostcode = 12;  // pieces
constexpr std::size_t kMostStreetWords = 4;
constexpr std::size_t kFarthestPostcode = 8;  // pieces after the street

constexpr std::array<std::string_view, 26> kAlphabet{
    "alpha",  "bravo", "charlie", "delta",  "echo",     "foxtrot", "golf",   "hotel",  "india",
    "juliet", "kilo",  "lima",    "mike",   "november", "oscar",   "papa",   "quebec", "romeo",
    "sierra", "tango", "uniform", "victor", "whiskey",  "xray",    "yankee", "zulu"};
constexpr auto kStreets = std::to_array<std::string_view>(
    {"street",    "st",     "road",    "rd",    "avenue",  "ave",  "lane",    "ln",    "drive",   "dr",
     "boulevard", "blvd",   "court",   "ct",    "place",   "pl",   "square",  "sq",    "terrace", "close",
     "crescent",  "way",    "parkway", "pkwy",  "highway", "hwy",  "gardens", "grove", "hill",    "mews",
     "row",       "circle", "cir",     "trail", "alley",   "walk", "quay"});
constexpr std::array<std::string_view, 14> kNoStreet{"of",  "and",  "at", "on",   "in",   "to", "by",
                                                     "for", "with", "my", "your", "from", "is", "or"};
constexpr auto kUnits = std::to_array<std::string_view>({"apartment", "apt", "flat", "unit", "suite", "ste", "room"});

bool is_letter(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
char upper(char c) { return is_letter(c) ? static_cast<char>(c - 'a' + 'A') : c; }

// The characters that one piece says: a letter or its name, a figure, letters run together.
std::string characters_at(const Pieces& pieces, std::size_t at) {
  const Piece& piece = pieces[at];
  std::string out;
  if (piece.kind == Piece::Kind::figures) return std::string(piece.text);
  if (piece.kind != Piece::Kind::word) return out;
  if (const Tag* digit = pieces.tag(at, Word::small); digit != nullptr && digit->next == at + 1)
    return std::to_string(int(digit->value));
  if (piece.text == "oh") return "0";
  if (piece.text == "zed" || piece.text == "zee") return "Z";
  if (const auto found = std::ranges::find(kAlphabet, piece.text); found != kAlphabet.end())
    return std::string(1, upper(piece.text[0]));
  if (piece.text.size() > 2) return out;
  for (const char c : piece.text) {
    if (!is_letter(c)) return {};
    out += upper(c);
  }
  return out;
}

// A9 9AA, A99 9AA, AA9 9AA, AA99 9AA, A9A 9AA, AA9A 9AA (BS 7666).
bool is_british(std::string_view text) {
  if (text.size() < 5 || text.size() > 7) return false;
  const auto shape = [](char c) { return is_digit(c) ? '9' : 'A'; };
  std::string form;
  std::ranges::transform(text, std::back_inserter(form), shape);
  const std::string_view outward = std::string_view(form).substr(0, form.size() - 3);
  constexpr std::array<std::string_view, 6> kOutward{"A9", "A99", "AA9", "AA99", "A9A", "AA9A"};
  return form.ends_with("9AA") && std::ranges::find(kOutward, outward) != kOutward.end();
}

std::string title(std::string_view word) {
  std::string out(word);
  if (!out.empty()) out[0] = upper(out[0]);
  return out;
}

}  // namespace

std::vector<ContactFound> find_postcodes(const Pieces& pieces, std::string_view region) {
  std::vector<ContactFound> all;
  for (std::size_t at = 0; at < pieces.size();) {
    std::string code;
    std::string value;
    std::size_t end = at;
    for (std::size_t i = at; i < pieces.size() && i < at + kLongestPostcode; ++i) {
      if ((pieces.is_mark(i, ',') || pieces.is_mark(i, '-')) && !code.empty()) {
        if (pieces.is_mark(i, '-') && region == "US" && code.size() != 5) break;
        continue;
      }
      const std::string characters = characters_at(pieces, i);
      if (characters.empty()) break;
      code += characters;
      // The longest that fits, but nothing that goes on.
      const bool is_whole = !pieces[i + 1].is_glued || pieces[i + 1].kind == Piece::Kind::mark;
      if (!is_whole) continue;
      const bool are_figures = std::ranges::all_of(code, is_digit);
      if (region == "GB" && is_british(code)) {
        value = code.substr(0, code.size() - 3) + " " + code.substr(code.size() - 3);
        end = i + 1;
      } else if (region == "US" && are_figures && (code.size() == 5 || code.size() == 9)) {
        value = code.size() == 5 ? code : code.substr(0, 5) + "-" + code.substr(5);
        end = i + 1;
      } else if (region == "IN" && are_figures && code.size() == 6) {
        value = code;
        end = i + 1;
      }
    }
    const bool is_inside = at > 0 && pieces[at].is_glued && pieces[at - 1].kind != Piece::Kind::mark;
    if (value.empty() || is_inside) {
      ++at;
      continue;
    }
    all.push_back({.begin = pieces[at].begin, .end = pieces[end - 1].end, .value = value});
    at = end;
  }
  return all;
}

std::vector<AddressFound> find_addresses(const Pieces& pieces, std::string_view region) {
  std::vector<AddressFound> all;
  const auto postcodes = find_postcodes(pieces, region);
  for (std::size_t at = 0; at < pieces.size();) {
    // The number: figures with a letter, or words, also two at a time ("twelve fifty").
    AddressFound address{.begin = pieces[at].begin};
    std::size_t i = at;
    if (pieces.is_figures(at) && pieces[at].text.size() <= 5) {
      address.number = pieces[at].text;
      ++i;
      if (pieces[i].is_glued && pieces[i].kind == Piece::Kind::word && pieces[i].text.size() == 1) {
        address.number += upper(pieces[i].text[0]);
        ++i;
      }
    } else if (const auto first = read_small(pieces, at, 1, 99)) {
      address.number = std::to_string(int(first->value));
      i = first->next;
      if (const auto second = read_small(pieces, i, 10, 99)) {
        address.number += std::to_string(int(second->value));
        i = second->next;
      }
    } else {
      ++at;
      continue;
    }
    std::size_t words = 0;
    bool has_street = false;
    while (words <= kMostStreetWords) {
      const bool is_word = pieces[i].kind == Piece::Kind::word && !pieces.is(i, Word::unit) &&
                           !pieces.is(i, Word::meridiem) &&
                           std::ranges::find(kNoStreet, pieces[i].text) == kNoStreet.end();
      const auto nth = read_ordinal(pieces, i);
      if (nth && nth->in_figures) {  // "5th Avenue"
        address.street +=
            (address.street.empty() ? "" : " ") + std::string(pieces[i].text) + std::string(pieces[i + 1].text);
        i = nth->next;
        ++words;
        continue;
      }
      if (!is_word) break;
      address.street += (address.street.empty() ? "" : " ") + title(pieces[i].text);
      const bool is_street = words > 0 && std::ranges::find(kStreets, pieces[i].text) != kStreets.end();
      ++i;
      ++words;
      if (is_street) {
        has_street = true;
        break;
      }
    }
    if (!has_street) {
      ++at;
      continue;
    }
    address.end = pieces[i - 1].end;
    std::size_t unit_at = i;
    if (pieces.is_mark(unit_at, '.') || pieces.is_mark(unit_at, ',')) ++unit_at;
    if (std::ranges::find(kUnits, pieces[unit_at].text) != kUnits.end()) {
      std::size_t after = unit_at + 1;
      while (after < pieces.size() && after < unit_at + 4) {
        const std::string characters = characters_at(pieces, after);
        if (characters.empty() || (after > unit_at + 1 && !pieces[after].is_glued)) break;
        address.unit += characters;
        ++after;
      }
      if (!address.unit.empty()) {
        i = after;
        address.end = pieces[i - 1].end;
      }
    }
    for (const auto& postcode : postcodes) {
      const std::size_t reach = std::min(i + kFarthestPostcode, pieces.size()) - 1;
      if (postcode.begin < address.end || postcode.begin > pieces[reach].begin) continue;
      address.postcode = postcode.value;
      address.end = postcode.end;
      break;
    }
    while (i < pieces.size() && pieces[i].begin < address.end) ++i;
    all.push_back(std::move(address));
    at = i;
  }
  return all;
}

}  // namespace offhook::brain::extract
