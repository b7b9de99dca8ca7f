#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "store/store.hpp"

namespace offhook::store {

/// A bounded queue of jobs between the loops and the threads that run them. Thread-safe.
class JobQueue {
 public:
  explicit JobQueue(std::size_t capacity) : capacity_(capacity) {}

  /// Takes the job; when the queue is full or closed, leaves it with the caller and returns false.
  [[nodiscard]] bool push(std::unique_ptr<Store::Job>& job);
  /// Waits for jobs and moves at most `most` of them, the oldest first, into `taken` (emptied before).
  /// Returns false when the queue is closed and empty.
  [[nodiscard]] bool pop(std::vector<std::unique_ptr<Store::Job>>& taken, std::size_t most);
  /// Takes no more; what was accepted can still be popped.
  void close();
  [[nodiscard]] std::size_t size() const;

 private:
  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::unique_ptr<Store::Job>> jobs_;  // from first_ on
  std::size_t first_ = 0;
  std::size_t waiting_ = 0;  // threads inside pop() with nothing to do: only they need a wake-up
  bool closed_ = false;
};

}  // namespace offhook::store
