#include "brain/weighted_features.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <tuple>
#include <unordered_map>

namespace offhook::brain {
namespace {

// How much say each kind of feature has. Chosen by cross-validation on the training file of banking77.
constexpr std::array<double, kFeatureGroups> kGroupWeights{1.0, 1.0, 1.5, 1.0};

std::size_t place(FeatureGroup group) { return static_cast<std::size_t>(group); }

}  // namespace

FeatureWeights::FeatureWeights(std::span<const std::vector<Feature>> sentences, std::size_t fewest) {
  struct Count {
    std::uint32_t sentences = 0;
    std::uint32_t last = kNone;
    FeatureGroup group = FeatureGroup::word;
  };
  std::unordered_map<std::uint64_t, Count> counts;
  counts.reserve(sentences.size() * 32);
  for (std::uint32_t index = 0; index < sentences.size(); ++index) {
    for (const auto& feature : sentences[index]) {
      auto& count = counts[feature.hash];
      if (count.last == index) continue;
      count.last = index;
      count.sentences += 1;
      count.group = feature.group;
    }
  }
  const double total = static_cast<double>(sentences.size()) + 1;
  for (const auto& [hash, count] : counts) {
    if (count.sentences < fewest) continue;
    const double idf = std::log(total / (count.sentences + 1.0)) + 1;
    entries_.push_back({hash, static_cast<float>(idf), count.group});
  }
  std::ranges::sort(entries_, {}, &Entry::hash);
  index();
}

FeatureWeights::FeatureWeights(std::vector<Entry> entries) : entries_(std::move(entries)) { index(); }

void FeatureWeights::index() {
  slots_.assign(std::bit_ceil(entries_.size() * 2 + 1), kNone);
  for (std::uint32_t id = 0; id < entries_.size(); ++id) {
    std::size_t slot = entries_[id].hash & (slots_.size() - 1);
    while (slots_[slot] != kNone) slot = (slot + 1) & (slots_.size() - 1);
    slots_[slot] = id;
  }
}

std::uint32_t FeatureWeights::id_of(std::uint64_t hash) const {
  if (slots_.empty()) return kNone;
  std::size_t slot = hash & (slots_.size() - 1);
  while (slots_[slot] != kNone && entries_[slots_[slot]].hash != hash) slot = (slot + 1) & (slots_.size() - 1);
  return slots_[slot];
}

std::vector<WeightedFeature> FeatureWeights::weigh(std::span<const Feature> features) const {
  std::vector<WeightedFeature> found;
  found.reserve(features.size());
  for (const auto& feature : features) {
    if (const auto id = id_of(feature.hash); id != kNone) found.push_back({id, 1, feature.word, feature.other_word});
  }
  std::ranges::sort(found, [](const WeightedFeature& a, const WeightedFeature& b) {
    return std::tie(a.id, a.word, a.other_word) < std::tie(b.id, b.word, b.other_word);
  });
  std::size_t kept = 0;
  std::array<double, kFeatureGroups> squares{};
  for (std::size_t at = 0; at < found.size();) {
    std::size_t end = at;
    while (end < found.size() && found[end].id == found[at].id) ++end;
    const auto& entry = entries_[found[at].id];
    found[kept] = found[at];
    found[kept].weight = (1 + std::log(static_cast<float>(end - at))) * entry.idf;
    squares[place(entry.group)] += static_cast<double>(found[kept].weight) * found[kept].weight;
    ++kept;
    at = end;
  }
  found.resize(kept);
  double total = 0;
  for (std::size_t group = 0; group < kFeatureGroups; ++group) {
    if (squares[group] > 0) total += kGroupWeights[group] * kGroupWeights[group];
  }
  for (auto& feature : found) {
    const auto group = place(entries_[feature.id].group);
    feature.weight *= static_cast<float>(kGroupWeights[group] / std::sqrt(squares[group] * total));
  }
  return found;
}

double FeatureWeights::known_share(std::span<const Feature> features) const {
  std::size_t words = 0;
  std::size_t known = 0;
  for (const auto& feature : features) {
    if (feature.group != FeatureGroup::word) continue;
    words += 1;
    if (id_of(feature.hash) != kNone) known += 1;
  }
  return words == 0 ? 0 : static_cast<double>(known) / static_cast<double>(words);
}

}  // namespace offhook::brain
