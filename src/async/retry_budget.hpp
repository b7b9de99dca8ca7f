#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>

namespace offhook {

/// Bounds requests that nobody asked for (retries, hedges) to a share of those that somebody did, so that trouble at
/// the other side is not answered with more load. Every ordinary request pays a little in, every extra one takes a
/// whole one out. Thread-safe, lock-free.
class RetryBudget {
 public:
  /// percent: extra requests for a hundred ordinary ones. burst: the most that can be saved up, and what it begins
  /// with.
  explicit RetryBudget(int percent = 20, int burst = 10)
      : percent_(percent), most_(std::int64_t{100} * burst), saved_(most_) {}

  void pay_in() {
    std::int64_t saved = saved_.load(std::memory_order_relaxed);
    while (!saved_.compare_exchange_weak(saved, std::min(most_, saved + percent_), std::memory_order_relaxed)) {
    }
  }
  /// False when there is nothing left for an extra request.
  [[nodiscard]] bool take_out() {
    std::int64_t saved = saved_.load(std::memory_order_relaxed);
    while (saved >= 100) {
      if (saved_.compare_exchange_weak(saved, saved - 100, std::memory_order_relaxed)) return true;
    }
    return false;
  }

 private:
  std::int64_t percent_;
  std::int64_t most_;  // hundredths of a request
  std::atomic<std::int64_t> saved_;
};

}  // namespace offhook
