#include <algorithm>
#include <array>
#include <cctype>

#include "base/text.hpp"
#include "knowledge/chunker.hpp"

namespace offhook::knowledge {
namespace {

/// Words that end in a point in mid-sentence.
constexpr std::array<std::string_view, 40> kAbbreviations{
    "mr",  "mrs", "ms",   "dr",   "prof", "st",  "sr",     "jr",   "vs",   "etc",  "inc", "ltd", "co",  "corp",
    "no",  "nr",  "art",  "fig",  "vol",  "pp",  "approx", "est",  "dept", "e.g",  "i.e", "z.b", "bzw", "ca",
    "usw", "ggf", "inkl", "zzgl", "evtl", "sog", "mme",    "mlle", "sig",  "dott", "sra", "tel"};

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

bool ends_in_abbreviation(std::string_view before) {
  std::size_t begin = before.size();
  while (begin > 0 && !is_space(before[begin - 1]) && before[begin - 1] != '(') --begin;
  const std::string word = to_lower(before.substr(begin));
  if (word.size() == 1 && word[0] >= 'a' && word[0] <= 'z') return true;  // an initial
  // "U.S", "a.m": single letters with points between.
  if (word.size() == 3 && word[1] == '.') return true;
  return std::ranges::find(kAbbreviations, word) != kAbbreviations.end();
}

/// The length of the mark at `at` that may end a sentence, 0 for none.
std::size_t end_mark(std::string_view text, std::size_t at) {
  if (text[at] == '.' || text[at] == '!' || text[at] == '?') return 1;
  for (const std::string_view mark : {"。", "！", "？", "؟", "।"}) {
    if (text.substr(at).starts_with(mark)) return mark.size();
  }
  return 0;
}

}  // namespace

std::vector<std::string_view> split_sentences(std::string_view text) {
  std::vector<std::string_view> sentences;
  std::size_t begin = 0;
  const auto close = [&](std::size_t end) {
    const std::string_view sentence = trim(text.substr(begin, end - begin));
    if (!sentence.empty()) sentences.push_back(sentence);
    begin = end;
  };
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '\n') {
      close(at);
      ++at;
      continue;
    }
    const std::size_t mark = end_mark(text, at);
    if (mark == 0) {
      ++at;
      continue;
    }
    std::size_t end = at + mark;
    while (end < text.size() && (text[end] == '"' || text[end] == '\'' || text[end] == ')' || text[end] == ']')) ++end;
    const bool is_wide = mark > 1;
    const bool is_followed = end >= text.size() || is_space(text[end]);
    std::size_t next = end;
    while (next < text.size() && is_space(text[next])) ++next;
    // A sentence begins with a capital, a figure, a quote or something beyond ASCII.
    const bool begins = next >= text.size() || std::islower(static_cast<unsigned char>(text[next])) == 0;
    const bool is_end = is_wide || (is_followed && begins &&
                                    !(text[at] == '.' && ends_in_abbreviation(text.substr(begin, at - begin))));
    if (is_end) close(end);
    at = end;
  }
  close(text.size());
  return sentences;
}

}  // namespace offhook::knowledge
