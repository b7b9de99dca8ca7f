#include "brain/extract/lexicon.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>

#include "brain/extract/languages.hpp"

namespace offhook::brain::extract {

const Piece Pieces::kNone{};

namespace {

constexpr std::size_t kLongestPhrase = 5;  // pieces

struct Hash {
  using is_transparent = void;  // NOLINT(readability-identifier-naming): the standard's name
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};
using Index = std::unordered_map<std::string, std::vector<const Entry*>, Hash, std::equal_to<>>;

const std::array<const Language*, 4>& all_languages() {
  static const std::array<const Language*, 4> kAll{&english(), &turkish(), &spanish(), &hindi()};
  return kAll;
}

Index make_index(const Language& language) {
  Index index;
  for (const auto& entry : language.entries) index[std::string(entry.phrase)].push_back(&entry);
  return index;
}

const Index& index_of(const Language& language) {
  static const auto kIndexes = [] {
    std::array<Index, 4> made;
    for (std::size_t i = 0; i < made.size(); ++i) made[i] = make_index(*all_languages()[i]);
    return made;
  }();
  const auto found = std::ranges::find(all_languages(), &language);
  return kIndexes[found == all_languages().end() ? 0 : std::size_t(found - all_languages().begin())];
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}

// Marks outside ASCII that count as one inside it; `bytes` is how many they take.
struct Sign {
  char plain = 0;
  std::size_t bytes = 0;
};
Sign sign_at(std::string_view text) {
  if (text.starts_with("\u2019") || text.starts_with("\u2018")) return {'\'', 3};
  if (text.starts_with("\u2013") || text.starts_with("\u2014") || text.starts_with("\u2212")) return {'-', 3};
  if (text.starts_with("\u00a0")) return {' ', 2};
  if (text.starts_with("\u202f")) return {' ', 3};
  if (text.starts_with("\u20ac")) return {1, 3};  // the euro: a mark of its own
  if (text.starts_with("\u00a3")) return {2, 2};
  if (text.starts_with("\u20b9")) return {3, 3};
  if (text.starts_with("\u20ba")) return {4, 3};
  if (text.starts_with("\u00a5")) return {5, 2};
  if (text.starts_with("\u20be")) return {6, 3};
  return {};
}

// Devanagari figures, U+0966 to U+096F.
int devanagari_digit(std::string_view text) {
  if (text.size() < 3 || text[0] != '\xe0' || text[1] != '\xa5') return -1;
  const int value = static_cast<unsigned char>(text[2]) - 0xA6;
  return value >= 0 && value <= 9 ? value : -1;
}

// Capitals of Latin-1 and Turkish that ASCII's rule does not know.
void append_lower(std::vector<char>& out, std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c >= 'A' && c <= 'Z') {
      out.push_back(static_cast<char>(c - 'A' + 'a'));
    } else if (c == '\xc3' && i + 1 < text.size() && text[i + 1] >= '\x80' && text[i + 1] <= '\x9e') {
      out.push_back(c);
      out.push_back(static_cast<char>(text[++i] + 0x20));
    } else if (text.substr(i).starts_with("\u0130")) {
      out.push_back('i');
      ++i;
    } else if (text.substr(i).starts_with("\u015e") || text.substr(i).starts_with("\u011e")) {
      out.push_back(c);
      out.push_back(static_cast<char>(text[++i] + 1));
    } else {
      out.push_back(c);
    }
  }
}

}  // namespace

const Language& language_of(std::string_view tag) {
  const std::string_view code = tag.substr(0, tag.find_first_of("-_"));
  for (const auto* language : all_languages()) {
    if (language->code == code) return *language;
  }
  return english();
}

Pieces::Pieces(std::string_view text, const Language& language) : language_(&language) {
  struct Draft {
    std::size_t from, to;
  };
  std::vector<Draft> drafts;
  letters_.reserve(text.size() + 8);
  bool is_glued = false;
  const auto add = [&](Piece::Kind kind, std::size_t begin, std::size_t end, std::size_t from) {
    pieces_.push_back({.kind = kind, .text = {}, .begin = begin, .end = end, .is_glued = is_glued});
    drafts.push_back({from, letters_.size()});
    is_glued = true;
  };
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t begin = at;
    const std::size_t from = letters_.size();
    if (const int digit = devanagari_digit(text.substr(at)); digit >= 0 || is_digit(text[at])) {
      while (at < text.size()) {
        const int next = devanagari_digit(text.substr(at));
        if (next < 0 && !is_digit(text[at])) break;
        letters_.push_back(next >= 0 ? static_cast<char>('0' + next) : text[at]);
        at += next >= 0 ? 3 : 1;
      }
      add(Piece::Kind::figures, begin, at, from);
      // "9'da": the ending of a case.
      const Sign mark = sign_at(text.substr(at));
      const std::size_t ending = at + (mark.bytes > 0 ? mark.bytes : 1);
      if (!language.endings.empty() && at < text.size() && (text[at] == '\'' || mark.plain == '\'') &&
          ending < text.size() && is_letter(text[ending])) {
        at = ending;
        while (at < text.size() && is_letter(text[at]) && sign_at(text.substr(at)).bytes == 0) ++at;
      }
      continue;
    }
    if (const Sign sign = sign_at(text.substr(at)); sign.bytes > 0) {
      at += sign.bytes;
      if (sign.plain == ' ') {
        is_glued = false;
      } else if (sign.plain != '\'') {
        letters_.push_back(sign.plain);
        add(Piece::Kind::mark, begin, at, from);
      }
      continue;
    }
    if (is_letter(text[at])) {
      // An apostrophe inside a word is left out ("o'clock"); what hangs on it as an ending goes ("year's", "Mart'ta").
      while (at < text.size()) {
        const Sign sign = sign_at(text.substr(at));
        const bool is_apostrophe = text[at] == '\'' || sign.plain == '\'';
        if (is_apostrophe) {
          const std::size_t after = at + (sign.bytes > 0 ? sign.bytes : 1);
          if (after >= text.size() || !is_letter(text[after])) break;
          std::size_t end = after;
          while (end < text.size() && is_letter(text[end]) && sign_at(text.substr(end)).bytes == 0) ++end;
          const std::string_view ending = text.substr(after, end - after);
          const bool is_ending = ending == "s" || ending == "S" || !language.endings.empty();
          if (!is_ending) {
            append_lower(letters_, ending);
          }
          at = end;
          break;
        }
        if (!is_letter(text[at]) || sign.bytes > 0 || devanagari_digit(text.substr(at)) >= 0) break;
        const std::size_t bytes = static_cast<unsigned char>(text[at]) < 0xC0   ? 1
                                  : static_cast<unsigned char>(text[at]) < 0xE0 ? 2
                                  : static_cast<unsigned char>(text[at]) < 0xF0 ? 3
                                                                                : 4;
        append_lower(letters_, text.substr(at, bytes));
        at = std::min(at + bytes, text.size());
      }
      add(Piece::Kind::word, begin, at, from);
      continue;
    }
    ++at;
    if (std::string_view(" \t\r\n\v\f").contains(text[begin])) {
      is_glued = false;
      if (text[begin] == '\n') {
        letters_.push_back('\n');
        add(Piece::Kind::mark, begin, at, from);
        is_glued = false;
      }
      continue;
    }
    if (text[begin] == '\'' || text[begin] == '\0') continue;
    letters_.push_back(text[begin]);
    add(Piece::Kind::mark, begin, at, from);
  }
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    pieces_[i].text = std::string_view(letters_.data() + drafts[i].from, drafts[i].to - drafts[i].from);
  }
  look_up();
}

void Pieces::look_up() {
  const Index& index = index_of(*language_);
  first_tag_.reserve(pieces_.size() + 1);
  std::string phrase;
  for (std::size_t at = 0; at < pieces_.size(); ++at) {
    first_tag_.push_back(static_cast<std::uint32_t>(tags_.size()));
    if (pieces_[at].kind == Piece::Kind::figures) continue;
    const std::size_t first = tags_.size();
    phrase.clear();
    std::size_t words = 0;
    for (std::size_t next = at; next < pieces_.size() && words < kLongestPhrase; ++next, ++words) {
      const Piece& piece = pieces_[next];
      if (piece.kind == Piece::Kind::figures) break;
      if (!phrase.empty()) phrase += ' ';
      phrase += piece.text;
      if (const auto found = index.find(std::string_view(phrase)); found != index.end()) {
        for (const auto* entry : found->second) tags_.push_back({entry->word, entry->value, next + 1});
      }
    }
    if (tags_.size() == first) look_up_word(at);
    // Longest first.
    std::ranges::reverse(tags_.begin() + std::ptrdiff_t(first), tags_.end());
  }
  first_tag_.push_back(static_cast<std::uint32_t>(tags_.size()));
}

void Pieces::look_up_word(std::size_t at) {
  const std::string_view text = pieces_[at].text;
  if (pieces_[at].kind != Piece::Kind::word) return;
  const Index& index = index_of(*language_);
  for (const std::string_view ending : language_->endings) {
    if (text.size() < ending.size() + 2 || !text.ends_with(ending)) continue;
    const auto found = index.find(text.substr(0, text.size() - ending.size()));
    if (found == index.end()) continue;
    for (const auto* entry : found->second) tags_.push_back({entry->word, entry->value, at + 1});
    return;
  }
}

const Tag* Pieces::tag(std::size_t at, Word word) const {
  if (at >= pieces_.size()) return nullptr;
  for (std::uint32_t i = first_tag_[at]; i < first_tag_[at + 1]; ++i) {
    if (tags_[i].word == word) return &tags_[i];
  }
  return nullptr;
}

}  // namespace offhook::brain::extract
