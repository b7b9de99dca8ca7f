#include "async/circuit_breaker.hpp"

#include <algorithm>

namespace offhook {

CircuitBreaker::Permit& CircuitBreaker::Permit::operator=(Permit&& other) noexcept {
  if (this == &other) return *this;
  give_back();
  breaker_ = std::exchange(other.breaker_, nullptr);
  probes_ = other.probes_;
  return *this;
}

void CircuitBreaker::Permit::give_back() {
  CircuitBreaker* breaker = std::exchange(breaker_, nullptr);
  if (breaker == nullptr || !probes_) return;
  const std::scoped_lock lock(breaker->mutex_);
  breaker->is_probing_ = false;
}

void CircuitBreaker::Permit::succeed() {
  CircuitBreaker* breaker = std::exchange(breaker_, nullptr);
  if (breaker == nullptr) return;
  const std::scoped_lock lock(breaker->mutex_);
  if (probes_) breaker->is_probing_ = false;
  // A request from before it opened proves nothing about now.
  if (breaker->is_tripped_ && !probes_) return;
  breaker->is_tripped_ = false;
  breaker->failures_ = 0;
  breaker->rest_ = {};
}

void CircuitBreaker::Permit::fail(bool opens_at_once, Duration stay_away) {
  CircuitBreaker* breaker = std::exchange(breaker_, nullptr);
  if (breaker == nullptr) return;
  const std::scoped_lock lock(breaker->mutex_);
  const Options& options = breaker->options_;
  if (probes_) breaker->is_probing_ = false;
  if (breaker->is_tripped_ && !probes_) return;
  ++breaker->failures_;
  if (!opens_at_once && !probes_ && breaker->failures_ < options.failures_to_open) return;
  breaker->rest_ =
      breaker->rest_ == Duration::zero() ? options.rest : std::min(breaker->rest_ * 2, options.longest_rest);
  breaker->is_tripped_ = true;
  breaker->failures_ = 0;
  breaker->rests_until_ =
      breaker->clock_.now() + std::clamp(stay_away, breaker->rest_, std::max(breaker->rest_, options.longest_rest));
}

std::optional<CircuitBreaker::Permit> CircuitBreaker::ask() {
  const std::scoped_lock lock(mutex_);
  if (!is_tripped_) return Permit(*this, false);
  if (is_probing_ || clock_.now() < rests_until_) return std::nullopt;
  is_probing_ = true;
  return Permit(*this, true);
}

CircuitBreaker::State CircuitBreaker::state() const {
  const std::scoped_lock lock(mutex_);
  if (!is_tripped_) return State::closed;
  return clock_.now() < rests_until_ ? State::open : State::half_open;
}

std::string_view to_string(CircuitBreaker::State state) {
  switch (state) {
    case CircuitBreaker::State::closed: return "closed";
    case CircuitBreaker::State::open: return "open";
    case CircuitBreaker::State::half_open: break;
  }
  return "half_open";
}

}  // namespace offhook
