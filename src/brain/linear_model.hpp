#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "brain/intents.hpp"
#include "brain/linear_training.hpp"
#include "brain/weighted_features.hpp"

namespace offhook::brain {

/// A sentence and what is meant by it: one label, or several (or none) where turns may have several wishes at once.
struct LabelledSentence {
  std::string text;
  std::vector<std::string> labels;
};

/// A linear classifier over words, neighbouring words, near words and letters, for labels with many examples each
/// (some twenty and more; Classifier is for fewer). Immutable; const members are thread-safe.
class LinearModel {
 public:
  LinearModel() = default;
  /// Seconds for ten thousand sentences of eighty labels. The same sentences in the same order give the same model.
  [[nodiscard]] static LinearModel train(std::span<const LabelledSentence> sentences);

  /// All labels, likeliest first; scores are probabilities and add up to one.
  [[nodiscard]] std::vector<Guess> classify(std::string_view sentence) const;
  /// The labels that are likelier meant than not, each by itself, likeliest first; perhaps none.
  [[nodiscard]] std::vector<Guess> classify_each(std::string_view sentence) const;
  /// How sure it is that the sentence means any of the labels at all, 0 to 1: of nonsense and of other people's
  /// business it is not.
  [[nodiscard]] double in_scope(std::string_view sentence) const;

  struct Judgement {
    std::vector<Guess> shares;  ///< as classify() gives them, in the order of their names
    double in_scope = 0;
  };
  /// Both at once, in the time of one.
  [[nodiscard]] Judgement judge(std::string_view sentence) const;

  /// For a file: begins with a version, ends with a checksum. Little-endian machines only.
  [[nodiscard]] std::string to_bytes() const;
  /// nullopt: of another version, cut off or changed.
  [[nodiscard]] static std::optional<LinearModel> from_bytes(std::string_view bytes);

 private:
  [[nodiscard]] std::vector<float> scores(std::string_view sentence) const;
  [[nodiscard]] std::vector<Guess> probabilities(std::span<const float> each) const;

  std::vector<std::string> labels_;
  FeatureWeights features_;
  LinearWeights weights_;
  std::vector<float> meant_;  // the score from which each label by itself is meant
};

/// What a model trained on these sentences is known by: changes with any of them and with the way of training.
[[nodiscard]] std::string model_key(std::span<const LabelledSentence> sentences);

}  // namespace offhook::brain
