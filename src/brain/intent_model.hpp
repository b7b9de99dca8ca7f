#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "brain/intents.hpp"
#include "brain/linear_model.hpp"
#include "brain/model_cache.hpp"

namespace offhook::brain {

/// What an agent's callers may mean: the likeness of a sentence to single examples (Classifier) and a linear model of
/// all of them decide together which label is meant; whether any is, the likeness says. Immutable after build(); const
/// members are thread-safe.
class IntentModel {
 public:
  IntentModel() = default;
  /// See Classifier.
  explicit IntentModel(std::vector<std::vector<std::string>> groups) : likeness_(std::move(groups)) {}

  void add(std::string_view label, std::string_view example, bool is_set_phrase = false);
  /// Trains, or takes the linear model from the cache (null: none); call once, after the last add().
  void build(ModelCache* cache);

  /// Labels with a score above zero, best first; a score is 1 for the very words of an example.
  [[nodiscard]] std::vector<Guess> classify(std::string_view sentence) const;

 private:
  Classifier likeness_;
  std::vector<LabelledSentence> sentences_;  // until build()
  LinearModel linear_;
  std::set<std::string> set_phrases_;
};

}  // namespace offhook::brain
