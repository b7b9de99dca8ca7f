#pragma once

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/post.hpp>

#include <atomic>
#include <functional>
#include <memory>

#include "async/task.hpp"

namespace offhook {

/// The other end of a task that is suspended in suspend(): whoever holds it wakes the task with a
/// result. Cheap to copy, usable from any thread; the first result wins, later ones are dropped.
template <class T>
class Promise {
 public:
  struct State {
    virtual ~State() = default;
    virtual void complete(Result<T> result) = 0;
  };
  Promise() = default;
  explicit Promise(std::shared_ptr<State> state) : state_(std::move(state)) {}
  void set(Result<T> result) const { state_->complete(std::move(result)); }

 private:
  std::shared_ptr<State> state_;
};

namespace detail {

template <class T, class Handler>
struct SuspendState final : Promise<T>::State, std::enable_shared_from_this<SuspendState<T, Handler>> {
  explicit SuspendState(Handler h) : handler(std::move(h)), executor(asio::get_associated_executor(handler)) {}
  void complete(Result<T> result) override {
    if (done.exchange(true)) return;
    asio::post(executor, [self = this->shared_from_this(), value = std::move(result)]() mutable {
      // The slot must not keep what the finished wait refers to.
      if (auto slot = asio::get_associated_cancellation_slot(self->handler); slot.is_connected()) slot.clear();
      Handler ready = std::move(self->handler);
      self.reset();
      std::move(ready)(std::move(value));
    });
  }
  Handler handler;
  Executor executor;
  std::atomic<bool> done{false};
};

}  // namespace detail

/// Suspends the calling task until somebody sets the promise that `start` receives. The task resumes on
/// its own loop. When the task is cancelled: without `on_cancel` it resumes at once with
/// ErrorKind::cancelled; with it, `on_cancel` is called (on the loop) and the promise is still awaited.
template <class T, class Start>
Task<T> suspend(Start start, std::function<void()> on_cancel = {}) {
  auto initiate = [](auto handler, Start begin, std::function<void()> cancel) {
    using Handler = std::decay_t<decltype(handler)>;
    auto state = std::make_shared<detail::SuspendState<T, Handler>>(std::move(handler));
    auto slot = asio::get_associated_cancellation_slot(state->handler);
    if (slot.is_connected()) {
      slot.assign([weak = std::weak_ptr(state), cancel = std::move(cancel)](asio::cancellation_type) {
        if (cancel) {
          cancel();
        } else if (auto waiting = weak.lock()) {
          waiting->complete(fail(ErrorKind::cancelled));
        }
      });
    }
    begin(Promise<T>(std::move(state)));
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<Executor>, void(Result<T>)>(
      std::move(initiate), use_task, std::move(start), std::move(on_cancel));
}

}  // namespace offhook
