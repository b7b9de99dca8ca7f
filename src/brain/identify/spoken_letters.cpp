#include "brain/identify/spoken_letters.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "brain/extract/number_reader.hpp"

namespace offhook::brain::identify {
namespace {

struct Said {
  std::string_view word;
  std::string_view characters;
};

// The letters of ICAO Annex 10 (and what is said for them), the names of letters, figures, and words that sound so.
constexpr auto kSaid = std::to_array<Said>({
    {"alpha", "A"},    {"alfa", "A"},     {"bravo", "B"},      {"charlie", "C"},   {"delta", "D"},
    {"echo", "E"},     {"foxtrot", "F"},  {"golf", "G"},       {"gulf", "G"},      {"hotel", "H"},
    {"hotels", "H"},   {"india", "I"},    {"indigo", "I"},     {"juliet", "J"},    {"juliett", "J"},
    {"kilo", "K"},     {"lima", "L"},     {"mike", "M"},       {"november", "N"},  {"oscar", "O"},
    {"papa", "P"},     {"quebec", "Q"},   {"romeo", "R"},      {"sierra", "S"},    {"tango", "T"},
    {"uniform", "U"},  {"victor", "V"},   {"whiskey", "W"},    {"whisky", "W"},    {"xray", "X"},
    {"yankee", "Y"},   {"zulu", "Z"},     {"apple", "A"},      {"baby", "B"},      {"hector", "H"},
    {"peter", "P"},    {"mother", "M"},   {"sugar", "S"},      {"tommy", "T"},     {"zebra", "Z"},
    {"queen", "Q"},    {"king", "K"},     {"london", "L"},     {"orange", "O"},    {"robert", "R"},
    {"freddie", "F"},  {"george", "G"},   {"harry", "H"},      {"yellow", "Y"},    {"umbrella", "U"},
    {"hey", "A"},      {"eh", "A"},       {"ay", "A"},         {"bee", "B"},       {"be", "B"},
    {"bea", "B"},      {"see", "C"},      {"sea", "C"},        {"cee", "C"},       {"dee", "D"},
    {"de", "D"},       {"ef", "F"},       {"eff", "F"},        {"gee", "G"},       {"aitch", "H"},
    {"haitch", "H"},   {"each", "H"},     {"age", "H"},        {"hitch", "H"},     {"aches", "H"},
    {"eye", "I"},      {"jay", "J"},      {"jai", "J"},        {"kay", "K"},       {"key", "K"},
    {"okay", "K"},     {"ok", "K"},       {"ell", "L"},        {"el", "L"},        {"al", "L"},
    {"em", "M"},       {"am", "M"},       {"an", "N"},         {"en", "N"},        {"and", "N"},
    {"in", "N"},       {"then", "N"},     {"oh", "O"},         {"pea", "P"},       {"pee", "P"},
    {"he", "E"},       {"cue", "Q"},      {"queue", "Q"},      {"kew", "Q"},       {"cute", "Q"},
    {"cube", "Q"},     {"are", "R"},      {"our", "R"},        {"ar", "R"},        {"or", "R"},
    {"ass", "S"},      {"es", "S"},       {"ess", "S"},        {"yes", "S"},       {"tea", "T"},
    {"tee", "T"},      {"you", "U"},      {"yu", "U"},         {"vee", "V"},       {"we", "V"},
    {"ex", "X"},       {"axe", "X"},      {"eggs", "X"},       {"why", "Y"},       {"wife", "Y"},
    {"zed", "Z"},      {"zedd", "Z"},     {"said", "Z"},       {"set", "Z"},       {"zee", "Z"},
    {"dead", "Z"},     {"zero", "0"},     {"nil", "0"},        {"nought", "0"},    {"one", "1"},
    {"won", "1"},      {"two", "2"},      {"to", "2"},         {"too", "2"},       {"three", "3"},
    {"free", "3"},     {"tree", "3"},     {"four", "4"},       {"for", "4"},       {"fore", "4"},
    {"full", "4"},     {"five", "5"},     {"six", "6"},        {"sex", "6"},       {"seven", "7"},
    {"eight", "8"},    {"ate", "8"},      {"eat", "8"},        {"hate", "8"},      {"nine", "9"},
    {"ten", "10"},     {"eleven", "11"},  {"twelve", "12"},    {"thirteen", "13"}, {"fourteen", "14"},
    {"fifteen", "15"}, {"sixteen", "16"}, {"seventeen", "17"}, {"eighteen", "18"}, {"nineteen", "19"},
    {"twenty", "20"},  {"thirty", "30"},  {"forty", "40"},     {"fifty", "50"},    {"sixty", "60"},
    {"seventy", "70"}, {"eighty", "80"},  {"ninety", "90"},
});

// Said around a postcode or a name, and part of none.
constexpr std::array<std::string_view, 18> kAround{"my",   "postcode", "is",     "its",   "it",    "the",
                                                   "name", "please",   "thanks", "thank", "sorry", "space",
                                                   "um",   "uh",       "erm",    "er",    "hello", "thats"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
char upper(char c) { return is_lower(c) ? static_cast<char>(c - 'a' + 'A') : c; }

std::vector<std::string> words_of(std::string_view heard) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : to_lower(heard)) {
    if (is_lower(c) || is_digit(c)) {
      word += c;
    } else if (c == '\'') {
      continue;
    } else if (!word.empty()) {
      words.push_back(std::exchange(word, {}));
    }
  }
  if (!word.empty()) words.push_back(word);
  return words;
}

// "lu", "4b", "wbn": letters and figures that were run together.
bool is_letters(std::string_view word) {
  const bool has_vowel = std::ranges::any_of(word, [](char c) { return std::string_view("aeiou").contains(c); });
  return word.size() <= 2 || std::ranges::any_of(word, is_digit) || (word.size() == 3 && !has_vowel);
}

std::string_view said_as(std::string_view word) {
  const auto found = std::ranges::find(kSaid, word, &Said::word);
  return found == kSaid.end() ? std::string_view() : found->characters;
}

}  // namespace

std::string letters_of(std::string_view text) {
  std::string letters;
  for (const char c : text) {
    const char capital = upper(c);
    if (capital >= 'A' && capital <= 'Z') letters += capital;
  }
  return letters;
}

std::string spelled_characters(std::string_view heard) {
  const auto words = words_of(heard);
  std::string out;
  std::size_t repeat = 1;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == "double" && i + 1 < words.size()) {
      if (words[i + 1] == "you" || words[i + 1] == "u") {
        out += 'W';
        ++i;
      } else {
        repeat = 2;
      }
      continue;
    }
    if (std::ranges::find(kAround, word) != kAround.end()) continue;
    if (word == "x" && i + 1 < words.size() && words[i + 1] == "ray") {
      out += 'X';
      ++i;
      continue;
    }
    // "N for November", "B as in bravo": the word only explains the letter before it.
    const bool is_link = word == "for" || (word == "as" && i + 2 < words.size() && words[i + 1] == "in");
    const std::size_t explained = word == "as" ? i + 2 : i + 1;
    if (is_link && !out.empty() && explained < words.size() && words[explained].size() > 2 &&
        upper(words[explained][0]) == out.back()) {
      i = explained;
      continue;
    }
    std::string characters;
    if (const auto said = said_as(word); !said.empty()) {
      characters = said;
    } else if (is_letters(word)) {
      std::ranges::transform(word, std::back_inserter(characters), upper);
    } else {
      characters = std::string(1, kSomeWord);
    }
    for (; repeat > 0; --repeat) out += characters;
    repeat = 1;
  }
  return out;
}

bool is_spelled(std::string_view heard) {
  const auto words = words_of(heard);
  const auto single = std::ranges::count_if(words, [](const std::string& word) { return word.size() <= 2; });
  return words.size() >= 4 && single * 2 >= std::ptrdiff_t(words.size());
}

std::string date_figures(std::string_view heard) {
  const extract::Pieces pieces(heard, extract::language_of("en"));
  std::vector<std::string> groups;
  const auto number = [&](int value, std::size_t width) {
    std::string text = std::to_string(value);
    if (text.size() < width) text.insert(0, width - text.size(), '0');
    groups.push_back(std::move(text));
  };
  std::size_t at = 0;
  while (at < pieces.size()) {
    if (const auto* name = pieces.tag(at, extract::Word::month)) {
      number(static_cast<int>(name->value), 2);
      at = name->next;
    } else if (const auto nth = extract::read_ordinal(pieces, at); nth && nth->value <= 31) {
      number(static_cast<int>(nth->value), 2);
      at = nth->next;
    } else if (const auto year = pieces.is_figures(at) ? std::nullopt : extract::read_year(pieces, at)) {
      number(static_cast<int>(year->value), 4);
      at = year->next;
    } else if (pieces.is_figures(at)) {
      groups.emplace_back(pieces[at].text);
      ++at;
      if (pieces[at].is_glued && pieces[at].kind == extract::Piece::Kind::word) ++at;
    } else if (const auto small = extract::read_small(pieces, at, 0, 99)) {
      number(static_cast<int>(small->value), 1);
      at = small->next;
    } else {
      const auto word = pieces[at].text;
      if (word == "for") groups.emplace_back("4");
      if (word == "to" || word == "too") groups.emplace_back("2");
      if (word == "oh" || word == "o") groups.emplace_back("0");
      ++at;
    }
  }
  // "1940 7" is 1947 and "2000 and 4" 2004: a round number and its units were written apart.
  std::string out;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    std::string group = groups[i];
    if (i + 1 < groups.size() && group.size() == 4 && group.back() == '0' &&
        (groups[i + 1].size() == 1 || (groups[i + 1].size() == 2 && groups[i + 1][0] == '0')) && out.size() >= 2) {
      group.back() = groups[i + 1].back();
      ++i;
    }
    if (group.size() == 4 && group.ends_with("00") && i + 1 < groups.size() && groups[i + 1].size() == 2) {
      group.replace(2, 2, groups[i + 1]);
      ++i;
    }
    out += group;
  }
  return out;
}

std::string sounds_of(std::string_view name) {
  const std::string text = letters_of(name);
  std::string out;
  const auto at = [&](std::size_t i) { return i < text.size() ? text[i] : '\0'; };
  const auto is_vowel = [](char c) { return c != '\0' && std::string_view("AEIOU").contains(c); };
  // The K of "Knight", the W of "Wright", the H of "Sarah", the E of "Anne".
  const auto is_mute = [&](std::size_t i) {
    const char c = text[i];
    const char next = at(i + 1);
    return (i == 0 && ((c == 'K' && next == 'N') || (c == 'W' && next == 'R'))) ||
           (c == 'H' && i > 0 && !is_vowel(next)) || (c == 'E' && next == '\0' && i > 1);
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const char next = at(i + 1);
    char sound = c;
    if (c == 'P' && next == 'H') {
      sound = 'F';
      ++i;
    } else if (c == 'C' && next == 'H') {
      sound = 'C';
      ++i;
    } else if (c == 'C') {
      sound = next == 'E' || next == 'I' || next == 'Y' ? 'S' : 'K';
      if (next == 'K') ++i;
    } else if (c == 'Q') {
      sound = 'K';
    } else if (c == 'Z') {
      sound = 'S';
    } else if (c == 'X') {
      out += 'K';
      sound = 'S';
    } else if (c == 'G' && next == 'H') {
      ++i;
      continue;
    } else if (is_mute(i)) {
      continue;
    } else if (c == 'T' && next == 'H') {
      sound = 'T';
      ++i;
    } else if (c == 'Y' && (i > 0 || !is_vowel(next))) {
      sound = 'I';
    } else if (c == 'E' && (next == 'E' || next == 'A' || next == 'Y')) {
      sound = 'I';
      ++i;
    } else if (c == 'A' && (next == 'Y' || next == 'I')) {
      sound = 'E';
      ++i;
    } else if (c == 'O' && (next == 'U' || next == 'W' || next == 'A')) {
      sound = 'O';
      ++i;
    }
    if (out.empty() || out.back() != sound) out += sound;
  }
  return out;
}

}  // namespace offhook::brain::identify
