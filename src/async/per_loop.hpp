#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "async/loop.hpp"

namespace offhook {

/// One T for each loop, made on first use there. `get` is thread-safe; the T itself belongs to its loop.
/// Destroy it when the loops no longer run.
template <class T>
class PerLoop {
 public:
  template <class Make>
  T& get(Loop& loop, Make make) {
    const std::scoped_lock lock(mutex_);
    auto& slot = items_[&loop];
    if (!slot) slot = make();
    return *slot;
  }

 private:
  std::mutex mutex_;
  std::map<Loop*, std::unique_ptr<T>> items_;
};

}  // namespace offhook
