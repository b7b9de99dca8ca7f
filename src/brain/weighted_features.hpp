#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "brain/sentence_features.hpp"

namespace offhook::brain {

/// One feature of a sentence with its weight. The squares of a sentence's weights add up to one.
struct WeightedFeature {
  std::uint32_t id = 0;
  float weight = 0;
  std::uint8_t word = Feature::kNoWord;
  std::uint8_t other_word = Feature::kNoWord;
};

/// The features that are known, numbered, with how much each says: rare ones more (tf-idf; Salton and Buckley,
/// "Term-weighting approaches in automatic text retrieval", 1988). Immutable; const members are thread-safe.
class FeatureWeights {
 public:
  FeatureWeights() = default;
  /// Knows what at least `fewest` of these sentences have.
  FeatureWeights(std::span<const std::vector<Feature>> sentences, std::size_t fewest);
  /// What entries() gave.
  struct Entry {
    std::uint64_t hash = 0;
    float idf = 0;
    FeatureGroup group = FeatureGroup::word;
  };
  explicit FeatureWeights(std::vector<Entry> entries);

  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  /// In the order of their numbers.
  [[nodiscard]] std::span<const Entry> entries() const { return entries_; }
  /// In the order of their numbers; features that are not known are left out.
  [[nodiscard]] std::vector<WeightedFeature> weigh(std::span<const Feature> features) const;
  /// The share of the sentence's words that are known, 0 to 1.
  [[nodiscard]] double known_share(std::span<const Feature> features) const;

 private:
  static constexpr std::uint32_t kNone = 0xffffffff;
  [[nodiscard]] std::uint32_t id_of(std::uint64_t hash) const;
  void index();

  std::vector<Entry> entries_;
  std::vector<std::uint32_t> slots_;  // open addressing: a power of two of numbers, or kNone
};

}  // namespace offhook::brain
