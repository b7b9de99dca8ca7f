#include "brain/linear_training.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace offhook::brain {
namespace {

// Chosen by cross-validation on the training file of banking77.
constexpr int kMachinePasses = 8;
constexpr float kMachineCost = 1;
constexpr int kRegressionPasses = 14;
constexpr float kRegressionRate = 15;
// Where several labels may be meant; chosen on nlupp.
constexpr float kEachRate = 2;
constexpr double kWordsLeftOut = 0.3;
constexpr double kFeaturesLeftOut = 0.5;
constexpr float kRegressionShare = 0.1F;
// A change of a dual variable below this is not worth writing to the rows.
constexpr float kLeastChange = 1e-4F;

// Two copies of the inner loops, one with wider vectors; both do the same additions in the same order, so a model has
// the same bytes on every machine.
#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && \
    !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)
#define OFFHOOK_WIDE __attribute__((target_clones("avx2", "default")))
#else
#define OFFHOOK_WIDE
#endif

OFFHOOK_WIDE void add_rows(const float* rows, std::size_t width, const WeightedFeature* features, std::size_t count,
                           float* out) {
  for (std::size_t at = 0; at < count; ++at) {
    const float* row = rows + (features[at].id * width);
    const float weight = features[at].weight;
    for (std::size_t i = 0; i < width; ++i) out[i] += weight * row[i];
  }
}

OFFHOOK_WIDE void change_rows(float* rows, std::size_t width, const WeightedFeature* features, std::size_t count,
                              const float* change) {
  for (std::size_t at = 0; at < count; ++at) {
    float* row = rows + (features[at].id * width);
    const float weight = features[at].weight;
    for (std::size_t i = 0; i < width; ++i) row[i] += weight * change[i];
  }
}

// xorshift64 (Marsaglia, "Xorshift RNGs", 2003): the same numbers on every machine.
class Dice {
 public:
  std::uint32_t next() {
    state_ ^= state_ << 13U;
    state_ ^= state_ >> 7U;
    state_ ^= state_ << 17U;
    return static_cast<std::uint32_t>(state_ >> 32U);
  }
  bool falls(double share) { return next() < share * 4294967296.0; }
  void shuffle(std::vector<std::uint32_t>& order) {
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[next() % i]);
  }

 private:
  std::uint64_t state_ = 88172645463325252ULL;
};

std::vector<std::uint32_t> numbers_up_to(std::size_t count) {
  std::vector<std::uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0U);
  return order;
}

// Squared hinge loss; all classes of an example are looked at together, each with its own dual variable.
LinearWeights train_machines(std::span<const LinearExample> examples, std::size_t classes, std::size_t features) {
  LinearWeights weights(classes, features);
  const std::size_t width = weights.width();
  std::vector<float> duals(examples.size() * width, 0);
  std::vector<float> scores(width);
  std::vector<float> change(width);
  std::vector<float> side(width);
  const float diagonal = 0.5F / kMachineCost;
  constexpr float kSquare = 2;  // of a sentence's weights and of its constant
  auto order = numbers_up_to(examples.size());
  Dice dice;
  for (int pass = 0; pass < kMachinePasses; ++pass) {
    dice.shuffle(order);
    for (const auto index : order) {
      const auto& example = examples[index];
      weights.score(example.features, scores);
      std::ranges::fill(side, -1.0F);
      for (const auto label : example.labels) side[label] = 1;
      float* dual = &duals[index * width];
      float most = 0;
      for (std::size_t i = 0; i < classes; ++i) {
        const float gradient = side[i] * scores[i] - 1 + diagonal * dual[i];
        const float next = std::max(dual[i] - gradient / (kSquare + diagonal), 0.0F);
        change[i] = (next - dual[i]) * side[i];
        most = std::max(most, std::abs(change[i]));
        dual[i] = next;
      }
      if (most < kLeastChange) continue;
      change_rows(weights.rows.data(), width, example.features.data(), example.features.size(), change.data());
      const WeightedFeature constant{static_cast<std::uint32_t>(features), 1};
      change_rows(weights.rows.data(), width, &constant, 1, change.data());
    }
  }
  return weights;
}

class Regression {
 public:
  Regression(std::span<const LinearExample> examples, std::size_t classes, std::size_t features)
      : examples_(examples), weights_(classes, features), scores_(weights_.width()) {
    is_exclusive_ = std::ranges::all_of(examples, [](const LinearExample& each) { return each.labels.size() == 1; });
  }

  LinearWeights train() && {
    auto order = numbers_up_to(examples_.size());
    for (int pass = 0; pass < kRegressionPasses; ++pass) {
      const float rate =
          (is_exclusive_ ? kRegressionRate : kEachRate) * (1 - static_cast<float>(pass) / kRegressionPasses);
      dice_.shuffle(order);
      for (const auto index : order) learn(examples_[index], rate);
    }
    return std::move(weights_);
  }

 private:
  void learn(const LinearExample& example, float rate) {
    leave_out(example.features);
    if (kept_.empty()) return;
    std::ranges::fill(scores_, 0.0F);
    add_rows(weights_.rows.data(), weights_.width(), kept_.data(), kept_.size(), scores_.data());
    const std::size_t classes = weights_.classes;
    if (is_exclusive_) {
      const float top = *std::max_element(scores_.begin(), scores_.begin() + static_cast<std::ptrdiff_t>(classes));
      float sum = 0;
      for (std::size_t i = 0; i < classes; ++i) sum += scores_[i] = std::exp(scores_[i] - top);
      for (std::size_t i = 0; i < classes; ++i) scores_[i] *= -rate / sum;
    } else {
      for (std::size_t i = 0; i < classes; ++i) scores_[i] = -rate / (1 + std::exp(-scores_[i]));
    }
    for (const auto label : example.labels) scores_[label] += rate;
    std::fill(scores_.begin() + static_cast<std::ptrdiff_t>(classes), scores_.end(), 0.0F);
    change_rows(weights_.rows.data(), weights_.width(), kept_.data(), kept_.size(), scores_.data());
  }

  void leave_out(std::span<const WeightedFeature> features) {
    std::array<bool, 256> is_out{};
    for (std::size_t word = 0; word < Feature::kNoWord; ++word) is_out[word] = dice_.falls(kWordsLeftOut);
    kept_.clear();
    float square = 0;
    for (const auto& feature : features) {
      if (is_out[feature.word] || is_out[feature.other_word] || dice_.falls(kFeaturesLeftOut)) continue;
      kept_.push_back(feature);
      square += feature.weight * feature.weight;
    }
    const float scale = 1 / std::sqrt(std::max(square, 1e-9F));
    for (auto& feature : kept_) feature.weight *= scale;
  }

  std::span<const LinearExample> examples_;
  LinearWeights weights_;
  std::vector<float> scores_;
  std::vector<WeightedFeature> kept_;
  bool is_exclusive_ = true;
  Dice dice_;
};

}  // namespace

void LinearWeights::score(std::span<const WeightedFeature> sentence, std::span<float> out) const {
  const auto constant = rows.end() - static_cast<std::ptrdiff_t>(width());
  std::copy(constant, rows.end(), out.begin());
  add_rows(rows.data(), width(), sentence.data(), sentence.size(), out.data());
}

LinearWeights train_linear(std::span<const LinearExample> examples, std::size_t classes, std::size_t features) {
  LinearWeights weights = train_machines(examples, classes, features);
  const LinearWeights regression = Regression(examples, classes, features).train();
  for (std::size_t i = 0; i < weights.rows.size(); ++i) {
    weights.rows[i] = (1 - kRegressionShare) * weights.rows[i] + kRegressionShare * regression.rows[i];
  }
  return weights;
}

}  // namespace offhook::brain
