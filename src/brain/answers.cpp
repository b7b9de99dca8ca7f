#include "brain/answers.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace offhook::brain {
namespace {

struct Phrase {
  std::string_view words;
  Polarity polarity;
  bool is_opening;        // counts only among the first words, or in a short answer
  bool is_short = false;  // counts only in an answer of at most five words: "I am", "please"
};

// Tried in this order: what looks like a no but is a yes comes first.
constexpr auto kPhrases = std::to_array<Phrase>({
    {"why not", Polarity::yes, false},
    {"i do not mind", Polarity::yes, false},
    {"i would rather not", Polarity::no, false},
    {"no problem", Polarity::yes, true},
    {"do not mind", Polarity::yes, false},
    {"not bad", Polarity::yes, true},
    {"not really", Polarity::no, false},
    {"not yet", Polarity::no, true},
    {"not now", Polarity::no, true},
    {"not at all", Polarity::no, true},
    {"not right now", Polarity::no, true},
    {"not today", Polarity::no, true},
    {"not quite", Polarity::no, true},
    {"not correct", Polarity::no, false},
    {"not right", Polarity::no, false},
    {"is not me", Polarity::no, false},
    {"wrong number", Polarity::no, false},
    {"wrong person", Polarity::no, false},
    {"is wrong", Polarity::no, false},
    {"rather not", Polarity::no, false},
    {"do not think so", Polarity::no, false},
    {"i am not", Polarity::no, true, true},
    {"i do not", Polarity::no, true, true},
    {"we do not", Polarity::no, true, true},
    {"it is not", Polarity::no, true, true},
    {"that is all", Polarity::no, true},
    {"that is it", Polarity::no, true},
    {"that would be all", Polarity::no, true},
    {"that will be all", Polarity::no, true},
    {"i am good", Polarity::no, true, true},
    {"i am all set", Polarity::no, true},
    {"all set", Polarity::no, true},
    {"all good", Polarity::no, true},
    {"nothing else", Polarity::no, false},
    {"no", Polarity::no, true},
    {"nope", Polarity::no, true},
    {"nah", Polarity::no, true},
    {"negative", Polarity::no, true},
    {"never", Polarity::no, true},
    {"nothing", Polarity::no, true},
    {"incorrect", Polarity::no, false},
    {"wrong", Polarity::no, true},
    {"do not", Polarity::no, true, true},
    {"yes", Polarity::yes, true},
    {"yeah", Polarity::yes, true},
    {"yep", Polarity::yes, true},
    {"yup", Polarity::yes, true},
    {"sure thing", Polarity::yes, true},
    {"sure", Polarity::yes, true},
    {"of course", Polarity::yes, true},
    {"absolutely", Polarity::yes, true},
    {"definitely", Polarity::yes, true},
    {"certainly", Polarity::yes, true},
    {"correct", Polarity::yes, true},
    {"exactly", Polarity::yes, true},
    {"affirmative", Polarity::yes, true},
    {"indeed", Polarity::yes, true},
    {"okay", Polarity::yes, true},
    {"alright", Polarity::yes, true},
    {"all right", Polarity::yes, true},
    {"right", Polarity::yes, true, true},
    {"sounds good", Polarity::yes, false},
    {"sounds great", Polarity::yes, false},
    {"sounds right", Polarity::yes, false},
    {"sounds perfect", Polarity::yes, false},
    {"please do", Polarity::yes, false},
    {"go ahead", Polarity::yes, false},
    {"go for it", Polarity::yes, false},
    {"do it", Polarity::yes, true},
    {"do that", Polarity::yes, true},
    {"book it", Polarity::yes, false},
    {"let us do", Polarity::yes, false},
    {"perfect", Polarity::yes, true, true},
    {"great", Polarity::yes, true, true},
    {"fine", Polarity::yes, true, true},
    {"works for me", Polarity::yes, false},
    {"that works", Polarity::yes, false},
    {"that would be great", Polarity::yes, false},
    {"would be great", Polarity::yes, false},
    {"would love to", Polarity::yes, false},
    {"would like that", Polarity::yes, false},
    {"you got it", Polarity::yes, false},
    {"i do", Polarity::yes, true, true},
    {"i am", Polarity::yes, true, true},
    {"i would", Polarity::yes, true, true},
    {"we do", Polarity::yes, true, true},
    {"it is", Polarity::yes, true, true},
    {"speaking", Polarity::yes, true, true},
    {"this is he", Polarity::yes, true, true},
    {"this is she", Polarity::yes, true, true},
    {"this is him", Polarity::yes, true, true},
    {"this is her", Polarity::yes, true, true},
    {"it is me", Polarity::yes, true, true},
    {"please", Polarity::yes, true, true},
    {"mm hmm", Polarity::yes, true},
    {"uh huh", Polarity::yes, true},
});

constexpr std::size_t kShortAnswer = 5;  // words

std::string words_of(const Tokens& tokens) {
  std::string out;
  for (const auto& token : tokens) {
    if (token.is_mark) continue;
    if (!out.empty()) out += ' ';
    out += token.text;
  }
  return out;
}

template <std::size_t N>
bool has_any(const std::string& words, const std::array<std::string_view, N>& phrases) {
  return std::ranges::any_of(phrases, [&words](std::string_view phrase) { return contains_words(words, phrase); });
}

}  // namespace

Polarity read_polarity(const Tokens& tokens) {
  const std::string words = words_of(tokens);
  const auto total = static_cast<std::size_t>(std::ranges::count(words, ' ')) + 1;
  Polarity best = Polarity::none;
  std::size_t best_at = std::string::npos;
  for (const auto& phrase : kPhrases) {
    // The earliest phrase decides; of two at one place, the one listed first.
    for (std::size_t at = 0; (at = words.find(phrase.words, at)) != std::string::npos; ++at) {
      const std::size_t end = at + phrase.words.size();
      const bool is_whole = (at == 0 || words[at - 1] == ' ') && (end == words.size() || words[end] == ' ');
      if (!is_whole) continue;
      const auto words_before = static_cast<std::size_t>(std::count(words.begin(), words.begin() + long(at), ' '));
      if (phrase.is_opening && words_before > 2 && total > 5) break;
      if (phrase.is_short && total > kShortAnswer) break;
      if (at < best_at) {
        best = phrase.polarity;
        best_at = at;
      }
      break;
    }
  }
  return best;
}

std::size_t count_answer_words(const Tokens& tokens, std::size_t at) {
  std::size_t longest = 0;
  for (const auto& phrase : kPhrases) {
    if (!starts_at(tokens, at, phrase.words)) continue;
    const auto words = static_cast<std::size_t>(std::ranges::count(phrase.words, ' ')) + 1;
    longest = std::max(longest, words);
  }
  return longest;
}

bool is_indifferent(const Tokens& tokens) {
  return has_any(words_of(tokens), std::to_array<std::string_view>({"do not know",
                                                                    "not sure",
                                                                    "no idea",
                                                                    "any",
                                                                    "anything",
                                                                    "whatever",
                                                                    "whichever",
                                                                    "does not matter",
                                                                    "do not care",
                                                                    "no preference",
                                                                    "flexible",
                                                                    "either",
                                                                    "not decided",
                                                                    "have not decided",
                                                                    "open to",
                                                                    "no limit",
                                                                    "you choose",
                                                                    "not have a fixed",
                                                                    "not have any fixed",
                                                                    "not fixed",
                                                                    "no fixed",
                                                                    "not have a budget",
                                                                    "no budget",
                                                                    "no particular",
                                                                    "not have one",
                                                                    "it depends",
                                                                    "depends on"}));
}

bool is_refusal(const Tokens& tokens) {
  return has_any(words_of(tokens), std::to_array<std::string_view>(
                                       {"rather not",           "prefer not",          "none of your business",
                                        "not comfortable",      "do not want to say",  "do not want to give",
                                        "do not want to share", "do not want to tell", "not going to tell",
                                        "not telling you",      "will not tell",       "why do you need",
                                        "why do you want",      "why do you ask",      "is private",
                                        "is personal",          "skip that",           "skip it",
                                        "not give you",         "not giving you"}));
}

bool is_swearword(std::string_view word) {
  constexpr auto kWords = std::to_array<std::string_view>(
      {"fuck",   "fucking", "fucked",   "fucker",  "fuckin", "motherfucker", "shit",   "shitty", "bullshit", "damn",
       "damned", "goddamn", "ass",      "asshole", "bitch",  "bastard",      "crap",   "crappy", "hell",     "bloody",
       "wtf",    "dick",    "dickhead", "idiot",   "idiots", "moron",        "stupid", "retard", "piss",     "pissed"});
  return is_one_of(kWords, word);
}

bool is_rude(const Tokens& tokens) {
  return std::ranges::any_of(tokens, [](const Token& token) { return is_swearword(token.text); });
}

std::optional<int> read_choice(const Tokens& tokens) {
  const std::string words = words_of(tokens);
  const auto has = [&words](std::string_view phrase) { return contains_words(words, phrase); };
  if (has("first") || has("earlier") || has("earliest") || has("former") || has("1st") || has("option one")) return 0;
  if (has("second") || has("2nd") || has("option two")) return 1;
  if (has("third") || has("3rd") || has("option three")) return 2;
  if (has("last") || has("later") || has("latest") || has("latter")) return -1;
  if (has("either") || has("any of") || has("whichever")) return 0;
  return std::nullopt;
}

}  // namespace offhook::brain
