#pragma once

#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

namespace offhook::brain {

/// What kind of thing a feature is. Each kind has the same say in a sentence, however many of it there are.
enum class FeatureGroup : std::uint8_t { word, neighbours, letters, pair };
inline constexpr std::size_t kFeatureGroups = 4;

/// One feature of a sentence: the hash of a word, of two or three neighbouring words, of two to five letters inside a
/// word, or of two words that stand near each other.
struct Feature {
  static constexpr std::uint8_t kNoWord = std::numeric_limits<std::uint8_t>::max();
  std::uint64_t hash = 0;
  FeatureGroup group = FeatureGroup::word;
  std::uint8_t word = kNoWord;        ///< the word it is made of, counted from 0
  std::uint8_t other_word = kNoWord;  ///< the second one, where it has two
};

/// The features of a sentence, repeated as often as they occur. Words are taken in lower case and without their common
/// endings, letters as they were written; marks count for nothing. Looks at the first 200 words.
[[nodiscard]] std::vector<Feature> sentence_features(std::string_view sentence);

}  // namespace offhook::brain
