#include "async/loop.hpp"

#include <boost/asio/post.hpp>

#include <stdexcept>

namespace offhook {

/// How an executor finds its Loop: a service of the io_context that holds the pointer.
struct Loop::Registration : asio::execution_context::service {
  static inline asio::execution_context::id id;
  explicit Registration(asio::execution_context& context) : service(context) {}
  void shutdown() override {}
  Loop* loop = nullptr;
};

Loop::Loop(const Clock& clock, std::uint64_t seed) : clock_(clock), timers_(context_, clock, false), random_(seed) {
  register_self();
}

Loop::Loop(VirtualClock& clock, std::uint64_t seed)
    : clock_(clock), virtual_clock_(&clock), timers_(context_, clock, true), random_(seed) {
  register_self();
}

Loop::~Loop() = default;

void Loop::register_self() { asio::use_service<Registration>(context_).loop = this; }

Loop& Loop::of(const Executor& executor) {
  return *asio::use_service<Registration>(asio::query(executor, asio::execution::context)).loop;
}

void Loop::run() {
  context_.restart();
  context_.run();
}

void Loop::stop() { context_.stop(); }

void Loop::run_until(const bool& done) {
  context_.restart();
  if (!is_virtual()) {
    context_.run();
    return;
  }
  while (!done) {
    if (context_.poll_one() > 0) continue;
    if (busy_ > 0) {
      context_.run_one();
    } else if (timers_.earliest() != Instant::max()) {
      virtual_clock_->advance_to(timers_.earliest());
      // On the loop, as in real time: what a callback cancels is then cancelled at once.
      asio::post(context_, [this] { timers_.fire_due(); });
    } else {
      throw std::logic_error("virtual time stands still: a task waits for something that cannot happen");
    }
  }
}

}  // namespace offhook
