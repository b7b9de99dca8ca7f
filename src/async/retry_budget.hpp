#pragma once

#include <algorithm>
#include <atomic>

namespace offhook {

/// Keeps retries a small part of all requests, so that a server in trouble is not pushed over: each request
/// earns a tenth of a retry, up to ten saved ones. Thread-safe.
class RetryBudget {
 public:
  void earn() {
    int now = tenths_.load();
    while (now < kMaxTenths && !tenths_.compare_exchange_weak(now, std::min(now + 1, kMaxTenths))) {
    }
  }
  /// False when nothing is left.
  [[nodiscard]] bool spend() {
    int now = tenths_.load();
    while (now >= 10) {
      if (tenths_.compare_exchange_weak(now, now - 10)) return true;
    }
    return false;
  }

 private:
  static constexpr int kMaxTenths = 100;
  std::atomic<int> tenths_{kMaxTenths};
};

}  // namespace offhook
