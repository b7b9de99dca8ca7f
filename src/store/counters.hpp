#pragma once

#include <atomic>

#include "store/store.hpp"

namespace offhook::store {

/// What a store counts, from any thread.
struct Counters {
  std::atomic<std::uint64_t> write_batches{0}, writes{0}, largest_batch{0}, batch_retries{0}, refused{0}, reads{0},
      checkpoints{0};

  /// Counts a batch; called before anybody of it is answered.
  void count_batch(std::size_t size) {
    write_batches.fetch_add(1, std::memory_order_relaxed);
    writes.fetch_add(size, std::memory_order_relaxed);
    std::uint64_t largest = largest_batch.load(std::memory_order_relaxed);
    while (size > largest && !largest_batch.compare_exchange_weak(largest, size, std::memory_order_relaxed)) {
    }
  }
  [[nodiscard]] StoreStats read() const {
    return {.write_batches = write_batches.load(),
            .writes = writes.load(),
            .largest_batch = largest_batch.load(),
            .batch_retries = batch_retries.load(),
            .refused = refused.load(),
            .reads = reads.load(),
            .checkpoints = checkpoints.load()};
  }
};

[[nodiscard]] inline Error queue_full() {
  return Error{.kind = ErrorKind::unavailable, .client = {}, .log = "the database queue is full"};
}

}  // namespace offhook::store
