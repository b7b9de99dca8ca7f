#include "speech/engines/espeak/helper_pool.hpp"

#include <algorithm>

#include "async/cancel.hpp"

namespace offhook::speech::espeak {

namespace {

using namespace std::chrono_literals;

/// After so many failures in a row nobody waits for the next start: another engine may be there to ask.
constexpr std::size_t kDownAfter = 4;

/// The pause before the next start: none after the first failure, then 50 ms, doubling up to 3.2 s.
Duration back_off(std::size_t failures) {
  if (failures < 2) return Duration::zero();
  return 50ms * (1U << std::min<std::size_t>(failures - 2, 6));
}

}  // namespace

Task<std::unique_ptr<Utterance>> HelperPool::speak(std::shared_ptr<HelperPool> pool, SpeakCommand command) {
  for (int attempt = 0;; ++attempt) {
    const auto limit = Deadline::after(pool->loop_.clock(), pool->options_->waiting_limit);
    auto reserved = co_await with_deadline(limit, wait_for_turn(pool));
    if (!reserved) {
      if (reserved.error().kind != ErrorKind::timeout) co_return fail(reserved);
      co_return fail(ErrorKind::unavailable, {}, "no speech helper was free in time. " + pool->last_trouble_);
    }
    auto begun = co_await (*reserved)->begin(command);
    if (begun) {
      pool->failures_ = 0;
      pool->next_start_ = Instant::min();
      co_return std::move(*reserved);
    }
    // A hung helper would most likely hang again over the same text; a dead one may have been shot.
    if (begun.error().kind == ErrorKind::unavailable && attempt == 0 && !pool->is_closed_) continue;
    if (begun.error().kind == ErrorKind::timeout) begun.error().kind = ErrorKind::unavailable;
    co_return fail(begun);
  }
}

/// A place in the queue; it lies in the frame of wait_for_turn and is given up however that ends.
struct HelperPool::Place {
  HelperPool& pool;
  Promise<Reserved> promise;
  explicit Place(HelperPool& p) : pool(p) {}
  ~Place() { pool.waiting_.remove(this); }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  void wait(Promise<Reserved> turn) {
    promise = std::move(turn);
    pool.waiting_.push_back(this);
    pool.serve_waiting();
  }
};

Task<HelperPool::Reserved> HelperPool::wait_for_turn(std::shared_ptr<HelperPool> pool) {
  if (pool->is_closed_) co_return fail(ErrorKind::unavailable, {}, "the speech engine was shut down");
  if (pool->waiting_.empty()) {
    if (auto reserved = pool->take_or_start()) co_return std::move(reserved);
  }
  if (pool->is_down()) co_return fail(ErrorKind::unavailable, {}, pool->last_trouble_);
  if (pool->waiting_.size() >= pool->options_->max_waiting) {
    co_return fail(ErrorKind::unavailable, {}, "too many utterances wait for a speech helper");
  }
  // A turn that comes at the moment of a cancellation is dropped with its promise: the helper is free again.
  Place place(*pool);
  co_return co_await suspend<Reserved>([&place](Promise<Reserved> promise) { place.wait(std::move(promise)); });
}

std::unique_ptr<Utterance> HelperPool::take_or_start() {
  for (std::size_t i = 0; i < helpers_.size();) {
    const auto helper = helpers_[i];
    if (!helper->is_idle()) {
      ++i;
    } else if (helper->check_alive()) {
      return helper->reserve();
    }  // else it has left helpers_
  }
  if (helpers_.size() >= options_->workers || loop_.clock().now() < next_start_) return nullptr;
  auto started = Helper::start(loop_, *options_, *this);
  if (!started) {
    note_failure(std::string(started.error().log_text()));
    return nullptr;
  }
  helpers_.push_back(*started);
  return (*started)->reserve();
}

void HelperPool::serve_waiting() {
  if (is_serving_ || is_closed_) return;  // a dropped turn comes back through on_idle
  is_serving_ = true;
  while (!waiting_.empty()) {
    auto reserved = take_or_start();
    if (!reserved) break;
    const auto promise = std::move(waiting_.front()->promise);
    waiting_.pop_front();
    promise.set(std::move(reserved));
  }
  is_serving_ = false;
  if (waiting_.empty()) return;
  if (is_down()) {
    refuse_waiting(last_trouble_);
  } else if (helpers_.size() < options_->workers) {
    retry_.arm(next_start_, [this] { serve_waiting(); });
  }
}

void HelperPool::refuse_waiting(const std::string& why) {
  while (!waiting_.empty()) {
    const auto promise = std::move(waiting_.front()->promise);
    waiting_.pop_front();
    promise.set(fail(ErrorKind::unavailable, {}, why));
  }
}

bool HelperPool::is_down() const {
  return failures_ >= kDownAfter && helpers_.empty() && loop_.clock().now() < next_start_;
}

void HelperPool::note_failure(const std::string& why) {
  next_start_ = loop_.clock().now() + back_off(++failures_);
  last_trouble_ = why;
  if (options_->on_trouble) options_->on_trouble(why);
}

void HelperPool::on_death(Helper& helper, bool worked, const std::string& why) {
  std::erase_if(helpers_, [&](const auto& one) { return one.get() == &helper; });
  if (worked) {
    note_failure(why);
  } else if (options_->on_trouble) {
    options_->on_trouble(why);
  }
  serve_waiting();
}

void HelperPool::close() {
  if (is_closed_) return;
  is_closed_ = true;
  retry_.disarm();
  for (const auto& helper : std::exchange(helpers_, {})) helper->stop();
  refuse_waiting("the speech engine was shut down");
}

}  // namespace offhook::speech::espeak
