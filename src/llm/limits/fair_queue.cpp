#include "llm/limits/fair_queue.hpp"

#include <deque>
#include <list>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "async/cancel.hpp"

namespace offhook::llm {
namespace {

Error full() {
  return {.kind = ErrorKind::unavailable,
          .client = "The server is busy: too many requests are waiting. Please try again shortly.",
          .log = "the queue for models is full",
          .code = "queue_full",
          .retry_after = std::chrono::seconds(1)};
}

}  // namespace

/// Promises are set when the lock is not held: what they carry may come straight back as a free place.
struct FairQueue::State : std::enable_shared_from_this<State> {
  struct Waiter {
    std::uint64_t ticket = 0;
    Promise<Place> promise;
  };
  struct Lane {
    std::string key;
    std::deque<Waiter> waiters;  // never empty
  };

  explicit State(Options o) : options(o) {}

  void ask(std::uint64_t ticket, const std::string& key, const Promise<Place>& promise) {
    std::optional<Promise<Place>> refused;
    bool is_free = false;
    {
      const std::scoped_lock lock(mutex);
      is_free = taken < options.places;  // then nobody waits
      if (is_free) {
        ++taken;
      } else if (waiting < options.most_waiting) {
        join(ticket, key, promise);
      } else {
        refused = make_room_for(ticket, key, promise);
      }
    }
    if (is_free) promise.set(Place(shared_from_this()));
    if (refused) refused->set(fail(full()));
  }

  /// Out of the queue, if still in it; a place that is on its way already is given back by whoever receives it.
  void leave(std::uint64_t ticket, const std::string& key) {
    std::optional<Promise<Place>> leaver;
    {
      const std::scoped_lock lock(mutex);
      const auto lane = lanes_by_key.find(key);
      if (lane == lanes_by_key.end()) return;
      auto& waiters = lane->second->waiters;
      for (auto waiter = waiters.begin(); waiter != waiters.end(); ++waiter) {
        if (waiter->ticket != ticket) continue;
        leaver = std::move(waiter->promise);
        waiters.erase(waiter);
        --waiting;
        if (waiters.empty()) drop(lane->second);
        break;
      }
    }
    if (leaver) leaver->set(fail(ErrorKind::cancelled));
  }

  /// A place became free: the next key's first waiter has it.
  void pass_on() {
    std::optional<Promise<Place>> next;
    {
      const std::scoped_lock lock(mutex);
      if (lanes.empty()) {
        --taken;
        return;
      }
      const auto lane = lanes.begin();
      next = std::move(lane->waiters.front().promise);
      lane->waiters.pop_front();
      --waiting;
      if (lane->waiters.empty()) {
        drop(lane);
      } else {
        lanes.splice(lanes.end(), lanes, lane);
      }
    }
    next->set(Place(shared_from_this()));
  }

  const Options options;
  mutable std::mutex mutex;
  std::uint64_t tickets = 0;
  std::size_t taken = 0;
  std::size_t waiting = 0;
  std::list<Lane> lanes;  // in the order in which they are served
  std::unordered_map<std::string, std::list<Lane>::iterator> lanes_by_key;

 private:
  void join(std::uint64_t ticket, const std::string& key, const Promise<Place>& promise) {
    auto found = lanes_by_key.find(key);
    if (found == lanes_by_key.end()) {
      found = lanes_by_key.emplace(key, lanes.insert(lanes.end(), Lane{.key = key, .waiters = {}})).first;
    }
    found->second->waiters.push_back({ticket, promise});
    ++waiting;
  }

  void drop(std::list<Lane>::iterator lane) {
    lanes_by_key.erase(lane->key);
    lanes.erase(lane);
  }

  /// Who is refused: the newcomer, or the last of a key that has more waiting; then the newcomer is in.
  Promise<Place> make_room_for(std::uint64_t ticket, const std::string& key, const Promise<Place>& promise) {
    auto longest = lanes.begin();
    for (auto lane = lanes.begin(); lane != lanes.end(); ++lane) {
      if (lane->waiters.size() > longest->waiters.size()) longest = lane;
    }
    const auto own = lanes_by_key.find(key);
    const std::size_t own_waiting = own == lanes_by_key.end() ? 0 : own->second->waiters.size();
    if (longest == lanes.end() || own_waiting + 1 >= longest->waiters.size()) return promise;
    Promise<Place> refused = std::move(longest->waiters.back().promise);
    longest->waiters.pop_back();
    --waiting;
    join(ticket, key, promise);
    return refused;
  }
};

FairQueue::Place& FairQueue::Place::operator=(Place&& other) noexcept {
  if (this != &other) {
    leave();
    state_ = std::move(other.state_);
  }
  return *this;
}

void FairQueue::Place::leave() {
  if (const auto state = std::move(state_)) state->pass_on();
}

FairQueue::FairQueue(Options options) : state_(std::make_shared<State>(options)) {}
FairQueue::~FairQueue() = default;

namespace {

template <class Place, class State>
Task<Place> wait_for_place(std::shared_ptr<State> state, std::string key, std::uint64_t ticket) {
  auto start = [state, key, ticket](const Promise<Place>& promise) { state->ask(ticket, key, promise); };
  co_return co_await suspend<Place>(std::move(start), [state, key, ticket] { state->leave(ticket, key); });
}

}  // namespace

Task<FairQueue::Place> FairQueue::enter(std::string key, Deadline deadline) {
  std::uint64_t ticket = 0;
  {
    const std::scoped_lock lock(state_->mutex);
    if (state_->taken < state_->options.places) {
      ++state_->taken;
      co_return Place(state_);
    }
    ticket = ++state_->tickets;
  }
  co_return co_await with_deadline(deadline, wait_for_place<Place>(state_, std::move(key), ticket));
}

std::size_t FairQueue::waiting() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->waiting;
}

std::size_t FairQueue::taken() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->taken;
}

}  // namespace offhook::llm
