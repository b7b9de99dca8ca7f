#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "brain/mentions.hpp"

namespace offhook::brain {

/// A stretch of a text that has a meaning ("transfers from the [19th]").
struct TaggedSpan {
  std::string label;
  std::size_t begin = 0;  ///< byte offset
  std::size_t end = 0;    ///< one past the last byte
};

/// A text with its spans, to learn from. Spans do not overlap.
struct TaggedText {
  std::string text;
  std::vector<TaggedSpan> spans;
};

/// Finds spans in texts as it has seen them in examples: an averaged perceptron over sequences of words (Collins,
/// "Discriminative training methods for hidden Markov models", 2002), whose features are the words around, their shapes
/// and what the extractors of dates, times and numbers say. Immutable; const members are thread-safe.
class SpanTagger {
 public:
  SpanTagger() = default;
  /// The same texts in the same order give the same tagger. `context`: where and when the texts were said.
  [[nodiscard]] static SpanTagger train(std::span<const TaggedText> texts, const ReadingContext& context);

  /// In the order of their place; offsets count in straighten(text).
  [[nodiscard]] std::vector<TaggedSpan> tag(std::string_view text, const ReadingContext& context) const;

 private:
  using Weights = std::vector<double>;
  struct Reading {
    Tokens tokens;
    std::vector<std::vector<std::uint64_t>> features;  // of each token
  };
  [[nodiscard]] Reading read(std::string_view text, const ReadingContext& context) const;
  [[nodiscard]] std::vector<std::size_t> best_tags(const Reading& reading) const;
  [[nodiscard]] bool may_follow(std::size_t tag, std::size_t before) const;

  std::unordered_set<std::string> words_;  // seen more than once; all others are one and the same to it
  std::vector<std::string> tags_;          // "" is outside; else "B-date", "I-date"
  std::unordered_map<std::uint64_t, Weights> weights_;
  std::vector<Weights> moves_;  // [tag before][tag]; the last row: the beginning
};

}  // namespace offhook::brain
