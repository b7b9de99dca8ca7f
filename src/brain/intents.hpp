#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "brain/mentions.hpp"
#include "brain/words.hpp"

namespace offhook::brain {

/// One class with its score, 0 (nothing in common) to 1 (the very words of an example).
struct Guess {
  std::string label;
  double score = 0;
};

/// Chooses a label for a sentence by its likeness to examples: cosine over weighted word stems, pairs of
/// stems and word pieces, where rare features weigh more (tf-idf; Salton and Buckley, "Term-weighting
/// approaches in automatic text retrieval", 1988). Words of one meaning share a feature when the
/// vocabulary says so. Immutable after build(); const members are thread-safe.
class Classifier {
 public:
  Classifier() = default;
  /// `groups`: words that mean the same here, the first standing for all ("tour", "visit", "viewing").
  explicit Classifier(std::vector<std::vector<std::string>> groups);

  /// `is_set_phrase`: the label is for these words and little else ("bye now"); a sentence with other
  /// content is about something else.
  void add(std::string_view label, std::string_view example, bool is_set_phrase = false);
  /// Weighs the features; call once, after the last add().
  void build();

  /// Labels with a score above zero, best first (equal scores: by label).
  /// `without_quotes`: as if the sentence itself were no example, to see what the others make of it.
  [[nodiscard]] std::vector<Guess> classify(std::string_view sentence, bool without_quotes = false) const;

 private:
  struct Feature {
    std::uint32_t id;
    double weight;
  };
  struct Example {
    std::size_t label;
    std::vector<std::pair<std::string, double>> raw;
    std::vector<Feature> features;
    double norm = 0;
    bool is_set_phrase = false;
  };
  [[nodiscard]] std::vector<std::pair<std::string, double>> features_of(std::string_view sentence) const;

  [[nodiscard]] bool is_content(const std::string& feature) const;

  std::unordered_map<std::string, std::string> group_of_;
  std::vector<std::string> labels_;
  std::vector<Example> examples_;
  std::unordered_map<std::string, std::uint32_t> ids_;
  std::vector<double> idf_;
  std::vector<std::vector<std::pair<std::uint32_t, double>>> postings_;  // feature -> (example, weight)
  double unknown_idf_ = 1;
};

/// The sentence with its facts replaced by their kinds ("a tour on DATE at TIME"): examples then fit
/// whatever day was named.
[[nodiscard]] std::string blank_facts(const Tokens& tokens, std::size_t first, std::size_t last,
                                      std::span<const Mention> mentions);

}  // namespace offhook::brain
