#include "brain/intent_model.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace offhook::brain {
namespace {

// How much the linear model has to say. Leaving each example of the shipped agents out in turn, likeness alone finds
// 47 % of them, the linear model alone 62 %, and any share from 0.3 on as much as that; likeness knows better what
// nobody meant.
constexpr double kLinearShare = 0.4;
// Only likeness to an example makes a score higher than this: what counts as quoted must have been said so.
constexpr double kMostByModel = 0.55;

}  // namespace

void IntentModel::add(std::string_view label, std::string_view example, bool is_set_phrase) {
  likeness_.add(label, example, is_set_phrase);
  if (is_set_phrase) set_phrases_.emplace(label);
  sentences_.push_back({std::string(example), {std::string(label)}});
}

void IntentModel::build(ModelCache* cache) {
  likeness_.build();
  const auto sentences = std::exchange(sentences_, {});
  const std::string key = cache != nullptr ? model_key(sentences) : std::string();
  if (cache != nullptr) {
    if (const auto bytes = cache->read(key)) {
      if (auto model = LinearModel::from_bytes(*bytes)) {
        linear_ = std::move(*model);
        return;
      }
    }
  }
  linear_ = LinearModel::train(sentences);
  if (cache != nullptr) cache->write(key, linear_.to_bytes());
}

std::vector<Guess> IntentModel::classify(std::string_view sentence) const {
  auto guesses = likeness_.classify(sentence);
  // One word ("no", "Saturday") is an answer to something; no model of wishes can tell to what.
  if (guesses.empty() || !sentence.contains(' ')) return guesses;
  // What the linear model says of a sentence that is none of its business is worth nothing; and a set phrase is said
  // in its very words.
  const auto linear = linear_.judge(sentence);
  std::map<std::string_view, double> shares;
  for (const auto& guess : linear.shares) shares[guess.label] = guess.score * linear.in_scope;
  const auto judged = [&](const Guess& guess) {
    if (guess.score > 0.999 || set_phrases_.contains(guess.label)) return guess.score;
    return std::max(guess.score, (1 - kLinearShare) * guess.score + kLinearShare * shares[guess.label]);
  };
  for (auto& guess : guesses) guess.score = std::max(guess.score, std::min(judged(guess), kMostByModel));
  std::ranges::sort(guesses, [](const Guess& a, const Guess& b) {
    return a.score != b.score ? a.score > b.score : a.label < b.label;
  });
  return guesses;
}

}  // namespace offhook::brain
