#include "brain/schema/spans.hpp"

#include <algorithm>
#include <array>

#include "brain/schema/vocabulary.hpp"

namespace offhook::brain::schema {
namespace {

constexpr std::size_t kLongestAnswer = 8;

// Where a name or a place ends, when no mark ends it.
bool ends_span(std::string_view word) {
  constexpr auto kStops = std::to_array<std::string_view>(
      {"for",  "on",    "at",    "with",   "please", "that",       "which", "by",   "if",    "is",
       "are",  "would", "i",     "thanks", "thank",  "preferably", "to",    "from", "near",  "in",
       "so",   "but",   "when",  "where",  "around", "because",    "was",   "were", "you",   "we",
       "it",   "would", "will",  "can",    "could",  "instead",    "as",    "or",   "there", "right",
       "then", "now",   "today", "who",    "do",     "does",       "my",    "me"});
  return is_one_of(kStops, word);
}

bool is_leading(std::string_view word) {
  constexpr auto kLeading = std::to_array<std::string_view>(
      {"the", "a", "an", "my", "our", "his", "her", "their", "city", "town", "of", "area"});
  return is_one_of(kLeading, word);
}

// Words that stand around an answer but are no part of it.
bool is_around(std::string_view word) {
  constexpr auto kAround = std::to_array<std::string_view>(
      {"look",       "looking",   "find",   "search", "searching",  "try",       "check",   "prefer",
       "preferably", "located",   "called", "named",  "titled",     "somewhere", "area",    "city",
       "location",   "place",     "maybe",  "think",  "should",     "looks",     "located", "actually",
       "address",    "name",      "event",  "say",    "call",       "title",     "around",  "near",
       "book",       "set",       "put",    "add",    "make",       "sounds",    "instead", "right",
       "correct",    "currently", "live",   "living", "preference", "is",        "send",    "sorry"});
  return is_one_of(kAround, word) || is_plain_word(word);
}

bool joins(std::string_view word) { return word == "of" || word == "and" || word == "&" || word == "the"; }

}  // namespace

bool is_in_fact(const Sentence& sentence, std::size_t at) {
  return std::ranges::any_of(sentence.mentions, [at](const Mention& mention) {
    const bool is_fact = mention.kind == MentionKind::date || mention.kind == MentionKind::time ||
                         mention.kind == MentionKind::money || mention.kind == MentionKind::phone ||
                         mention.kind == MentionKind::email;
    return is_fact && !mention.is_weak && mention.first <= at && at < mention.last;
  });
}

std::string text_of(const Sentence& sentence, Span span) {
  if (span.first >= span.last) return {};
  const auto begin = sentence.tokens[span.first].begin;
  return sentence.text.substr(begin, sentence.tokens[span.last - 1].end - begin);
}

std::vector<Span> spans_after(const Sentence& sentence, std::initializer_list<std::string_view> cues) {
  const auto& tokens = sentence.tokens;
  std::vector<Span> spans;
  for (std::size_t at = 0; at + 1 < tokens.size(); ++at) {
    const bool is_cue = std::ranges::any_of(cues, [&](std::string_view cue) { return tokens[at].text == cue; });
    if (!is_cue) continue;
    std::size_t first = at + 1;
    while (first < tokens.size() && is_leading(tokens[first].text) && !tokens[first].is_capital) ++first;
    std::size_t last = first;
    while (last < tokens.size() && !tokens[last].is_mark && !is_in_fact(sentence, last)) {
      const auto& word = tokens[last].text;
      const bool is_next_capital = last + 1 < tokens.size() && tokens[last + 1].is_capital;
      if (ends_span(word) && !tokens[last].is_capital) break;
      if (word == "and" && !is_next_capital) break;
      ++last;
    }
    while (last > first && is_around(tokens[last - 1].text) && !tokens[last - 1].is_capital) --last;
    if (first < last && !is_plain_word(tokens[first].text)) spans.push_back({first, last});
  }
  return spans;
}

std::vector<Span> capital_runs(const Sentence& sentence) {
  const auto& tokens = sentence.tokens;
  const auto belongs = [&](std::size_t at) {
    if (at >= tokens.size() || tokens[at].is_mark || is_in_fact(sentence, at)) return false;
    const bool is_sentence_start = at == 0 || (tokens[at - 1].is_mark && tokens[at - 1].text != ",");
    if (tokens[at].text == "i") return false;
    if (tokens[at].is_number) return true;
    if (!tokens[at].is_capital) return false;
    return !is_sentence_start || !is_around(tokens[at].text);
  };
  std::vector<Span> runs;
  for (std::size_t at = 0; at < tokens.size();) {
    if (!belongs(at) || tokens[at].text == "i") {
      ++at;
      continue;
    }
    std::size_t last = at + 1;
    bool has_capital = tokens[at].is_capital;
    while (last < tokens.size()) {
      if (belongs(last)) {
        has_capital = has_capital || tokens[last].is_capital;
        ++last;
      } else if (joins(tokens[last].text) && belongs(last + 1) && tokens[last + 1].is_capital && has_capital) {
        last += 2;
      } else {
        break;
      }
    }
    if (has_capital) runs.push_back({at, last});
    at = last;
  }
  return runs;
}

std::optional<Span> bare_answer(const Sentence& sentence, const std::vector<Span>& used) {
  const auto& tokens = sentence.tokens;
  std::optional<Span> best;
  for (std::size_t at = 0; at < tokens.size();) {
    const auto is_outside = [&](std::size_t i) {
      const bool is_used = std::ranges::any_of(used, [i](Span span) { return span.first <= i && i < span.last; });
      return is_used || tokens[i].is_mark || is_in_fact(sentence, i) ||
             (is_around(tokens[i].text) && !tokens[i].is_capital) || (is_around(tokens[i].text) && i == 0) ||
             count_answer_words(tokens, i) > 0;
    };
    if (is_outside(at)) {
      ++at;
      continue;
    }
    std::size_t last = at + 1;
    while (last < tokens.size() &&
           (!is_outside(last) || (joins(tokens[last].text) && last + 1 < tokens.size() && !is_outside(last + 1)))) {
      ++last;
    }
    // A name goes before a longer run of plain words.
    const bool is_better =
        !best || (tokens[at].is_capital && at > 0 && !tokens[best->first].is_capital) ||
        (last - at > best->last - best->first && (tokens[at].is_capital || !tokens[best->first].is_capital));
    if (is_better) best = Span{at, last};
    at = last;
  }
  if (best && best->last - best->first > kLongestAnswer) return std::nullopt;
  return best;
}

}  // namespace offhook::brain::schema
