#pragma once

#include <memory>
#include <string>

#include "async/task.hpp"
#include "base/clock.hpp"

namespace offhook::llm {

/// A number of places, and a queue for them that is fair among keys: each key's requests are served in their order, and
/// the keys take turns, so that one with a hundred requests delays another's first by one place, not by a hundred.
///
/// When the queue is full, the key with the most waiting gives way: its last comer is refused. That is whoever asks
/// now, when they have no fewer waiting than anybody else.
///
/// Serves every loop. Its lock is held for a few steps, never while anybody waits.
class FairQueue {
  struct State;

 public:
  struct Options {
    std::size_t places = 256;
    std::size_t most_waiting = 1024;
  };

  /// A place. Destroying it gives it to the next in line, on any thread.
  class Place {
   public:
    Place() = default;
    Place(Place&& other) noexcept = default;
    Place& operator=(Place&& other) noexcept;
    ~Place() { leave(); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

   private:
    friend struct State;
    friend class FairQueue;
    explicit Place(std::shared_ptr<State> state) : state_(std::move(state)) {}
    void leave();
    std::shared_ptr<State> state_;
  };

  explicit FairQueue(Options options);
  ~FairQueue();
  FairQueue(const FairQueue&) = delete;
  FairQueue& operator=(const FairQueue&) = delete;

  /// A place for `key`, at once or in its turn. Errors: unavailable with Retry-After (the queue is full), timeout (none
  /// became free before the deadline), cancelled. Whoever does not wait any longer is out of the queue at once.
  Task<Place> enter(std::string key, Deadline deadline);

  [[nodiscard]] std::size_t waiting() const;
  [[nodiscard]] std::size_t taken() const;

 private:
  std::shared_ptr<State> state_;
};

}  // namespace offhook::llm
