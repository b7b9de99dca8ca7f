#include "brain/intents.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.hpp"

namespace offhook::brain {
namespace {

// How much each kind of feature says. Found on the development sentences of intents_test.cpp.
constexpr double kWordWeight = 1.0;
constexpr double kPairWeight = 0.3;
constexpr double kPieceWeight = 0.5;
constexpr std::size_t kPieceSize = 4;
// A word no example has says "something else", but one such word must not drown the rest.
constexpr double kUnknownShare = 0.5;

// What a likeness is worth when it rests on function words alone ("how old are you", "how tall is it").
constexpr double kUncovered = 0.6;

// As near as arithmetic comes to the very words of an example.
constexpr double kQuoted = 0.999;

bool is_filler(std::string_view word) {
  constexpr auto kFillers = std::to_array<std::string_view>(
      {"a",  "an",   "the",  "uh",  "um",       "please", "just",  "well", "so",   "like", "hi", "hello", "hey",
       "oh", "okay", "yeah", "yes", "actually", "really", "maybe", "and",  "then", "also", "er", "kind",  "sort"});
  return is_one_of(kFillers, word);
}

// Function words carry little of an intent but are not nothing ("can I" against "how do I").
bool is_function_word(std::string_view word) {
  constexpr auto kWords = std::to_array<std::string_view>(
      {"i",     "you",   "we",     "it",   "me",    "my",   "your",  "am",   "is",    "are",  "was",  "be",
       "to",    "of",    "for",    "in",   "on",    "at",   "with",  "this", "that",  "do",   "have", "has",
       "had",   "would", "will",   "can",  "could", "want", "need",  "get",  "got",   "some", "any",  "there",
       "from",  "by",    "as",     "if",   "or",    "but",  "us",    "our",  "been",  "did",  "does", "should",
       "going", "them",  "they",   "its",  "how",   "what", "which", "who",  "where", "when", "why",  "not",
       "no",    "good",  "please", "tell", "about", "know", "around"});
  return is_one_of(kWords, word);
}

}  // namespace

Classifier::Classifier(std::vector<std::vector<std::string>> groups) {
  for (const auto& group : groups) {
    for (const auto& word : group) group_of_.emplace(stem(to_lower(word)), stem(to_lower(group.front())));
  }
}

std::vector<std::pair<std::string, double>> Classifier::features_of(std::string_view sentence) const {
  std::map<std::string, double> bag;
  std::string previous = "^";
  const auto words = split(sentence, ' ');
  const bool only_fillers = std::ranges::all_of(words, [](std::string_view word) { return is_filler(word); });
  for (const auto word : words) {
    // Figures are facts, not wishes.
    if (word.empty() || (word.front() >= '0' && word.front() <= '9')) continue;
    if (is_filler(word) && !only_fillers) continue;
    std::string root = stem(word);
    if (const auto group = group_of_.find(root); group != group_of_.end()) root = group->second;
    const double share = is_function_word(word) ? 0.3 : 1.0;
    bag[root] += kWordWeight * share;
    bag[previous + "_" + root] += kPairWeight * (share + 1) / 2;
    if (root.size() > kPieceSize && share == 1.0) {
      for (std::size_t at = 0; at + kPieceSize <= root.size(); ++at) {
        bag["#" + root.substr(at, kPieceSize)] += kPieceWeight;
      }
    }
    previous = root;
  }
  return {bag.begin(), bag.end()};
}

bool Classifier::is_content(const std::string& feature) const {
  return !feature.contains('_') && feature.front() != '#' && !is_function_word(feature);
}

void Classifier::add(std::string_view label, std::string_view example, bool is_set_phrase) {
  auto found = std::ranges::find(labels_, label);
  if (found == labels_.end()) found = labels_.insert(labels_.end(), std::string(label));
  examples_.push_back({.label = static_cast<std::size_t>(found - labels_.begin()),
                       .raw = features_of(normalize(example)),
                       .features = {},
                       .is_set_phrase = is_set_phrase});
}

void Classifier::build() {
  std::vector<double> seen;
  for (auto& example : examples_) {
    for (const auto& [text, weight] : example.raw) {
      const auto [entry, is_new] = ids_.emplace(text, static_cast<std::uint32_t>(ids_.size()));
      if (is_new) seen.push_back(0);
      seen[entry->second] += 1;
      example.features.push_back({entry->second, weight});
    }
  }
  const double total = static_cast<double>(examples_.size()) + 1;
  for (const double count : seen) idf_.push_back(std::log(total / (count + 0.5)) + 0.3);
  unknown_idf_ = std::log(total) * kUnknownShare;
  postings_.resize(ids_.size());
  for (std::uint32_t index = 0; index < examples_.size(); ++index) {
    auto& example = examples_[index];
    double square = 0;
    for (auto& feature : example.features) {
      feature.weight *= idf_[feature.id];
      square += feature.weight * feature.weight;
      postings_[feature.id].emplace_back(index, feature.weight);
    }
    example.norm = std::sqrt(square);
    example.raw.clear();
  }
}

std::vector<Guess> Classifier::classify(std::string_view sentence, bool without_quotes) const {
  std::vector<double> dots(examples_.size(), 0);
  std::vector<double> covered(examples_.size(), 0);  // how much of the sentence's content an example shares
  double square = 0;
  double content = 0;
  for (const auto& [text, weight] : features_of(normalize(sentence))) {
    const auto id = ids_.find(text);
    const double value = weight * (id != ids_.end() ? idf_[id->second] : unknown_idf_);
    // Pieces and pairs that are new are the rule in short texts: only new words count against.
    if (id == ids_.end() && (text.contains('_') || text.front() == '#')) continue;
    square += value * value;
    const bool counts = is_content(text);
    if (counts) content += value;
    if (id == ids_.end()) continue;
    for (const auto& [example, example_weight] : postings_[id->second]) {
      dots[example] += value * example_weight;
      if (counts) covered[example] += value;
    }
  }
  if (square == 0) return {};
  const double norm = std::sqrt(square);
  std::vector<std::array<double, 3>> best(labels_.size(), {0, 0, 0});  // the three likest examples of a label
  for (std::size_t i = 0; i < examples_.size(); ++i) {
    const double coverage = content > 0 ? covered[i] / content : 1.0;
    const double base = examples_[i].is_set_phrase ? 0 : kUncovered;
    const double cosine = dots[i] / (norm * std::max(examples_[i].norm, 1e-9)) * (base + (1 - base) * coverage);
    if (without_quotes && cosine > kQuoted) continue;
    auto& top = best[examples_[i].label];
    if (cosine > top[2]) top[2] = cosine;
    std::ranges::sort(top, std::greater<>());
  }
  std::vector<Guess> guesses;
  for (std::size_t i = 0; i < labels_.size(); ++i) {
    const double score =
        std::max(best[i][0] * 0.8 + best[i][1] * 0.12 + best[i][2] * 0.08, best[i][0] > kQuoted ? 1.0 : 0.0);
    if (score > 0) guesses.push_back({labels_[i], score});
  }
  std::ranges::sort(guesses, [](const Guess& a, const Guess& b) {
    return a.score != b.score ? a.score > b.score : a.label < b.label;
  });
  return guesses;
}

std::string blank_facts(const Tokens& tokens, std::size_t first, std::size_t last, std::span<const Mention> mentions) {
  const auto placeholder = [](MentionKind kind) -> std::string_view {
    switch (kind) {
      case MentionKind::date: return "xdate";
      case MentionKind::time: return "xtime";
      case MentionKind::money: return "xmoney";
      case MentionKind::bedrooms: return "xbedrooms";
      case MentionKind::phone: return "xphone";
      case MentionKind::email: return "xemail";
      case MentionKind::name: return "xname";
      case MentionKind::card_digits: return "xdigits";
      default: return {};
    }
  };
  std::string out;
  for (std::size_t at = first; at < last;) {
    const auto fact = std::ranges::find_if(mentions, [&](const Mention& mention) {
      return mention.first == at && mention.last <= last && !mention.is_weak && !placeholder(mention.kind).empty();
    });
    if (!out.empty()) out += ' ';
    if (fact != mentions.end()) {
      out += placeholder(fact->kind);
      at = fact->last;
    } else {
      if (!tokens[at].is_mark) out += tokens[at].text;
      ++at;
    }
  }
  return one_line(out);
}

}  // namespace offhook::brain
