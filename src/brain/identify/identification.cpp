#include "brain/identify/identification.hpp"

#include <algorithm>
#include <cmath>

namespace offhook::brain::identify {
namespace {

// What a stranger's answer costs, each item said clearly: strangers' postcodes, names and birthdays are not on record
// by chance, and what is heard of them is far from all that are. Below the true likelihoods: a name is shared by many.
constexpr std::array<double, kItems> kStranger{9.0, 7.5, 8.0};
constexpr double kStrangerShare = 0.05;
constexpr double kEnough = 0.95;  // probability at which a caller is taken for who they say
constexpr double kAgain = 0.5;    // weight of a second answer to the same question: its noise is like the first's

}  // namespace

Identification::Identification(const Directory& directory) : directory_(directory) {
  for (auto& costs : costs_) costs.assign(directory.size(), 0.0F);
}

void Identification::hear(Item item, std::span<const std::string> hypotheses) {
  const auto i = static_cast<std::size_t>(item);
  if (attempts_[i] >= kMostAttempts) return;
  ++attempts_[i];
  if (hypotheses.empty()) return;
  const auto costs = directory_.costs(item, hypotheses);
  // The best answer counts in full, each other one by half.
  for (std::size_t person = 0; person < costs.size(); ++person) {
    float& total = costs_[i][person];
    if (heard_[i] == 0) {
      total = costs[person];
    } else {
      total = std::min(total, costs[person]) +
              static_cast<float>(kAgain) * (std::max(total, costs[person]) - std::min(total, costs[person])) * 0.5F;
    }
  }
  ++heard_[i];
}

Identification::Decision Identification::decide() const {
  Decision decision;
  const int answered = static_cast<int>(std::ranges::count_if(heard_, [](int times) { return times > 0; }));
  const bool is_over = std::ranges::all_of(attempts_, [](int times) { return times >= kMostAttempts; });
  if (answered >= 2 && directory_.size() > 0) {
    // Probabilities over all people and the stranger.
    const double prior = std::log((1 - kStrangerShare) / static_cast<double>(directory_.size()));
    double stranger = std::log(kStrangerShare);
    for (std::size_t i = 0; i < kItems; ++i) {
      if (heard_[i] > 0) stranger -= kStranger[i];
    }
    std::vector<double> scores(directory_.size());
    for (std::size_t person = 0; person < scores.size(); ++person) {
      scores[person] = prior;
      for (std::size_t i = 0; i < kItems; ++i) scores[person] -= heard_[i] > 0 ? costs_[i][person] : 0;
    }
    const auto best = std::ranges::max_element(scores);
    const double top = std::max(*best, stranger);
    double sum = std::exp(stranger - top);
    for (const double score : scores) sum += std::exp(score - top);
    decision.probability = std::exp(*best - top) / sum;
    decision.person = static_cast<std::size_t>(best - scores.begin());
    if (decision.probability >= kEnough) {
      decision.outcome = Outcome::identified;
      return decision;
    }
  }
  if (is_over) {
    decision.outcome = Outcome::unknown;
    return decision;
  }
  // What has been asked least; of those, what fits the likeliest person worst.
  std::size_t ask = 0;
  for (std::size_t i = 1; i < kItems; ++i) {
    if (attempts_[i] != attempts_[ask]) {
      if (attempts_[i] < attempts_[ask]) ask = i;
      continue;
    }
    if (attempts_[i] > 0 && answered >= 2 && directory_.size() > 0 &&
        costs_[i][decision.person] > costs_[ask][decision.person])
      ask = i;
  }
  decision.item = static_cast<Item>(ask);
  return decision;
}

}  // namespace offhook::brain::identify
