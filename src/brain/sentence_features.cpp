#include "brain/sentence_features.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "brain/words.hpp"

namespace offhook::brain {
namespace {

constexpr std::size_t kMostWords = 200;
constexpr std::size_t kShortestPiece = 2;
constexpr std::size_t kLongestPiece = 5;
// Two words this far apart still say something together.
constexpr std::size_t kPairWindow = 8;

// FNV-1a, 64 bits (Fowler, Noll, Vo), with the high half folded in: the table of features uses the low bits.
constexpr std::uint64_t kSeed = 0xcbf29ce484222325ULL;
std::uint64_t hashed(std::uint64_t hash, std::string_view text) {
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return hash ^ (hash >> 29U);
}

struct Words {
  std::vector<std::string> spelt;  ///< between two blanks, as the pieces want it
  std::vector<std::string> roots;
};

Words words_of(std::string_view sentence) {
  Words words;
  for (auto& token : tokenize(straighten(sentence))) {
    if (token.is_mark) continue;
    words.roots.push_back(stem(token.text));
    words.spelt.push_back(" " + std::move(token.text) + " ");
    if (words.spelt.size() == kMostWords) break;
  }
  return words;
}

}  // namespace

std::vector<Feature> sentence_features(std::string_view sentence) {
  const auto [spelt, roots] = words_of(sentence);
  std::vector<Feature> features;
  features.reserve(spelt.size() * 32);
  std::string_view before = "^";
  std::string_view before_that = "^";
  for (std::size_t at = 0; at < spelt.size(); ++at) {
    const auto word = static_cast<std::uint8_t>(at);
    const auto previous = at > 0 ? static_cast<std::uint8_t>(at - 1) : Feature::kNoWord;
    features.push_back({hashed(kSeed + 1, roots[at]), FeatureGroup::word, word});
    const auto with_next = hashed(hashed(kSeed + 2, before), roots[at]);
    features.push_back({with_next, FeatureGroup::neighbours, word, previous});
    if (at > 0) {
      const auto three = hashed(hashed(hashed(kSeed + 3, before_that), before), roots[at]);
      features.push_back({three, FeatureGroup::neighbours, word, previous});
    }
    for (std::size_t size = kShortestPiece; size <= std::min(kLongestPiece, spelt[at].size()); ++size) {
      for (std::size_t from = 0; from + size <= spelt[at].size(); ++from) {
        const auto piece = std::string_view(spelt[at]).substr(from, size);
        features.push_back({hashed(kSeed + 4, piece), FeatureGroup::letters, word});
      }
    }
    for (std::size_t other = at + 1; other < std::min(spelt.size(), at + 1 + kPairWindow); ++other) {
      std::string_view low = roots[at];
      std::string_view high = roots[other];
      if (high < low) std::swap(low, high);
      const auto pair = hashed(hashed(kSeed + 5, low), high);
      features.push_back({pair, FeatureGroup::pair, word, static_cast<std::uint8_t>(other)});
    }
    before_that = std::exchange(before, roots[at]);
  }
  if (!roots.empty()) {
    const auto last = static_cast<std::uint8_t>(roots.size() - 1);
    features.push_back({hashed(hashed(kSeed + 2, roots.back()), "$"), FeatureGroup::neighbours, last});
  }
  return features;
}

}  // namespace offhook::brain
