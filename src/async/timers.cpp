#include "async/timers.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/wait_traits.hpp>

namespace offhook {

struct Timers::Wakeup {
  using SystemTimer =
      asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Executor>;
  explicit Wakeup(asio::io_context& context) : timer(context.get_executor()) {}
  SystemTimer timer;
  Instant set_for = Instant::max();
};

Timers::Timers(asio::io_context& context, const Clock& clock, bool is_virtual)
    : clock_(clock), wakeup_(is_virtual ? nullptr : std::make_unique<Wakeup>(context)) {}

Timers::~Timers() {
  for (auto& [due, timer] : queue_) timer->armed_ = false;
}

std::size_t Timers::fire_due() {
  const Instant now = clock_.now();
  std::size_t fired = 0;
  while (!queue_.empty() && queue_.begin()->first <= now) {
    Timer& timer = *queue_.begin()->second;
    queue_.erase(queue_.begin());
    timer.armed_ = false;
    // Moved out first: the callback may arm the timer again, or destroy it.
    const auto callback = std::move(timer.callback_);
    callback();
    ++fired;
  }
  return fired;
}

Timers::Queue::iterator Timers::add(Instant due, Timer& timer) {
  const auto position = queue_.emplace(due, &timer);
  if (position == queue_.begin()) ensure_wakeup();
  return position;
}

void Timers::ensure_wakeup() {
  if (!wakeup_ || queue_.empty() || wakeup_->set_for <= earliest()) return;
  wakeup_->set_for = earliest();
  wakeup_->timer.expires_at(wakeup_->set_for);
  wakeup_->timer.async_wait([this](const boost::system::error_code& error) {
    if (error) return;  // moved to an earlier time, or the loop is going away
    wakeup_->set_for = Instant::max();
    fire_due();
    ensure_wakeup();
  });
}

void Timer::arm(Instant due, std::function<void()> callback) {
  disarm();
  callback_ = std::move(callback);
  armed_ = true;
  position_ = timers_.add(due, *this);
}

void Timer::disarm() {
  if (!armed_) return;
  armed_ = false;
  timers_.remove(position_);
  callback_ = nullptr;
}

void Watchdog::arm() {
  armed_for_ = due_;
  timer_.arm(due_, [this] {
    if (due_ == Instant::max()) return;
    if (clock_.now() < due_) {
      arm();
    } else {
      on_expiry_();
    }
  });
}

}  // namespace offhook
