#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "brain/weighted_features.hpp"

namespace offhook::brain {

/// One sentence to learn from.
struct LinearExample {
  std::vector<WeightedFeature> features;
  std::vector<std::uint32_t> labels;  ///< numbers of its classes; more than one, or none, where several may be meant
};

/// A weight for every feature and class, and one more row for the sentence as such. Row after row; a row is padded to
/// a multiple of 16 classes.
struct LinearWeights {
  std::size_t classes = 0;
  std::size_t features = 0;
  std::vector<float> rows;

  LinearWeights() = default;
  LinearWeights(std::size_t class_count, std::size_t feature_count)
      : classes(class_count), features(feature_count), rows((feature_count + 1) * width(), 0.0F) {}
  [[nodiscard]] std::size_t width() const { return (classes + 15) / 16 * 16; }
  /// The score of each class: `width()` numbers.
  void score(std::span<const WeightedFeature> sentence, std::span<float> out) const;
};

/// Trains a linear model: one support vector machine for each class (dual coordinate descent, Hsieh et al., "A dual
/// coordinate descent method for large-scale linear SVM", 2008) and, added to it with a small share, a logistic
/// regression that never sees whole sentences (words and features are left out at random: Srivastava et al., "Dropout",
/// 2014), which keeps a few telling words from deciding alone. The same examples give the same weights.
[[nodiscard]] LinearWeights train_linear(std::span<const LinearExample> examples, std::size_t classes,
                                         std::size_t features);

}  // namespace offhook::brain
