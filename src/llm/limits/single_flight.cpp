#include "llm/limits/single_flight.hpp"

#include <algorithm>
#include <deque>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "async/cancel.hpp"
#include "async/loop.hpp"
#include "async/per_loop.hpp"
#include "async/suspend.hpp"
#include "async/task_group.hpp"
#include "llm/limits/request_key.hpp"

namespace offhook::llm {
namespace {

using Promises = std::vector<Promise<void>>;

std::size_t bytes_of(const ChatEvent& event) {
  std::size_t bytes = sizeof(ChatEvent);
  if (const auto* delta = std::get_if<TextDelta>(&event)) bytes += delta->text.size();
  if (const auto* called = std::get_if<ToolCallReady>(&event)) bytes += called->call.arguments.size();
  return bytes;
}

void wake(Promises promises) {
  for (const auto& promise : promises) promise.set({});
}

/// One answer: what has been read of it, and who waits for more.
class Flight {
 public:
  Flight(Loop& home, std::string key, std::size_t most_bytes)
      : home_(home), key_(std::move(key)), most_bytes_(most_bytes) {}

  void publish(ChatEvent event, std::string_view model) {
    Promises woken;
    {
      const std::scoped_lock lock(mutex_);
      if (model_.empty()) model_ = model;  // once: listeners view it
      bytes_ += bytes_of(event);
      events_.push_back(std::move(event));
      while (bytes_ > most_bytes_ && events_.size() > 1) {
        bytes_ -= bytes_of(events_.front());
        events_.pop_front();
        ++first_;
      }
      woken.swap(waiting_);
    }
    wake(std::move(woken));
  }

  /// No event comes after this; `error` is what whoever wants one hears.
  void end(Error error) {
    Promises woken;
    {
      const std::scoped_lock lock(mutex_);
      error_ = std::move(error);
      woken.swap(waiting_);
    }
    wake(std::move(woken));
  }

  /// The event with this number, an error, or nothing yet.
  std::optional<Result<ChatEvent>> event(std::size_t number) const {
    const std::scoped_lock lock(mutex_);
    return event_now(number);
  }

  /// Ends when event(number) has something.
  static Task<void> wait_for(std::shared_ptr<Flight> self, std::size_t number) {
    auto start = [self, number](const Promise<void>& promise) {
      bool is_there = false;
      {
        const std::scoped_lock lock(self->mutex_);
        is_there = self->event_now(number).has_value();
        if (!is_there) self->waiting_.push_back(promise);
      }
      if (is_there) promise.set({});
    };
    co_return co_await suspend<void>(std::move(start));
  }

  [[nodiscard]] bool has_its_beginning() const {
    const std::scoped_lock lock(mutex_);
    return first_ == 0 && !error_;
  }
  [[nodiscard]] bool has_ended() const {
    const std::scoped_lock lock(mutex_);
    return error_.has_value();
  }
  /// Known once there has been an event.
  [[nodiscard]] std::string_view model() const {
    const std::scoped_lock lock(mutex_);
    return model_;
  }
  [[nodiscard]] const std::string& key() const { return key_; }

  /// Stops the reading, from any thread.
  static void cancel(const std::shared_ptr<Flight>& self) {
    asio::post(self->home_.executor(), [self] { self->source_.cancel(); });
  }
  CancelSource& source() { return source_; }

  std::size_t listeners = 0;  ///< guarded by the mutex of the flights' State

 private:
  std::optional<Result<ChatEvent>> event_now(std::size_t number) const {
    if (number < first_) return fail(ErrorKind::unavailable, {}, "fell too far behind a shared answer");
    if (number < first_ + events_.size()) return events_[number - first_];
    if (error_) return fail(*error_);
    return std::nullopt;
  }

  Loop& home_;
  const std::string key_;
  const std::size_t most_bytes_;
  CancelSource source_;  // home loop only
  mutable std::mutex mutex_;
  std::deque<ChatEvent> events_;
  std::size_t first_ = 0;  // the number of events_.front()
  std::size_t bytes_ = 0;
  std::string model_;
  std::optional<Error> error_;
  Promises waiting_;
};

bool may_share(const ChatRequest& request) {
  return is_anonymous(request) &&
         std::ranges::none_of(request.tools, [](const ToolSpec& tool) { return tool.has_effects; });
}

}  // namespace

struct SharedAnswers::State {
  State(ChatModel& m, std::size_t b) : inner(m), most_bytes(b) {}

  /// The flight for a key, and whether it is new: then it has to be read.
  std::pair<std::shared_ptr<Flight>, bool> board(Loop& loop, const std::string& key) {
    const std::scoped_lock lock(mutex);
    auto& slot = flights[key];
    const bool is_new = slot == nullptr || !slot->has_its_beginning();
    if (is_new) {
      slot = std::make_shared<Flight>(loop, key, most_bytes);
      ++live;
    }
    ++slot->listeners;
    return {slot, is_new};
  }

  void leave(const std::shared_ptr<Flight>& flight) {
    {
      const std::scoped_lock lock(mutex);
      if (--flight->listeners > 0) return;
      take_off_the_list(*flight);  // nobody joins what is being cancelled
    }
    if (!flight->has_ended()) Flight::cancel(flight);
  }

  void land(const std::shared_ptr<Flight>& flight, Error error) {
    Promises woken;
    {
      const std::scoped_lock lock(mutex);
      take_off_the_list(*flight);
      if (--live == 0) woken.swap(joining);
    }
    flight->end(std::move(error));
    wake(std::move(woken));
  }

  ChatModel& inner;
  const std::size_t most_bytes;
  std::mutex mutex;
  std::unordered_map<std::string, std::shared_ptr<Flight>> flights;  // that may be joined
  std::size_t live = 0;
  Promises joining;

 private:
  void take_off_the_list(const Flight& flight) {
    const auto found = flights.find(flight.key());
    if (found != flights.end() && found->second.get() == &flight) flights.erase(found);
  }
};

namespace {

/// Reads an answer for everybody who listens. Whichever way it ends, the flight lands.
template <class State>
class Reader {
 public:
  Reader(std::shared_ptr<State> state, std::shared_ptr<Flight> flight)
      : state_(std::move(state)), flight_(std::move(flight)) {}
  ~Reader() { state_->land(flight_, std::move(error_)); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  static Task<void> run(std::unique_ptr<Reader> self, ChatRequest request) {
    auto stream = co_await self->state_->inner.open_stream(std::move(request));
    if (!stream) co_return self->stop(std::move(stream.error()));
    for (;;) {
      auto event = co_await (*stream)->next();
      if (!event) co_return self->stop(std::move(event.error()));
      if (std::holds_alternative<Working>(*event)) continue;
      const bool is_last = std::holds_alternative<Finished>(*event);
      self->flight_->publish(std::move(*event), (*stream)->model());
      if (is_last) co_return self->stop({.kind = ErrorKind::internal, .log = "read past the end of an answer"});
    }
  }

  /// As a task of its own: cancelled when the last listener leaves.
  static Task<void> run_cancellably(std::unique_ptr<Reader> self, ChatRequest request) {
    const auto flight = self->flight_;
    co_return co_await cancellable(flight->source(), run(std::move(self), std::move(request)));
  }

 private:
  Result<void> stop(Error error) {
    error_ = std::move(error);
    return {};
  }

  std::shared_ptr<State> state_;
  std::shared_ptr<Flight> flight_;
  Error error_{.kind = ErrorKind::cancelled};
};

template <class State>
class Listener final : public ChatStream {
 public:
  Listener(std::shared_ptr<State> state, std::shared_ptr<Flight> flight)
      : state_(std::move(state)), flight_(std::move(flight)) {}
  ~Listener() override { state_->leave(flight_); }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  std::string_view model() const override { return flight_->model(); }

  Task<ChatEvent> next() override {
    for (;;) {
      if (auto event = flight_->event(number_)) {
        ++number_;
        co_return std::move(*event);
      }
      if (auto waited = co_await Flight::wait_for(flight_, number_); !waited) co_return fail(waited);
    }
  }

  /// Ends when the answer has begun; its errors are those of opening a stream.
  Task<void> begin() {
    for (;;) {
      if (auto event = flight_->event(0)) {
        if (!*event) co_return fail(*event);
        co_return Result<void>{};
      }
      if (auto waited = co_await Flight::wait_for(flight_, 0); !waited) co_return waited;
    }
  }

 private:
  std::shared_ptr<State> state_;
  std::shared_ptr<Flight> flight_;
  std::size_t number_ = 0;
};

}  // namespace

class SharedAnswers::Model final : public ChatModel {
 public:
  explicit Model(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::string_view name() const override { return state_->inner.name(); }

  Task<std::unique_ptr<ChatStream>> open_stream(ChatRequest request) override {
    if (!may_share(request)) co_return co_await state_->inner.open_stream(std::move(request));
    Loop& loop = co_await this_loop();
    auto [flight, is_new] = state_->board(loop, request_key(request));
    auto listener = std::make_unique<Listener<State>>(state_, flight);
    if (is_new) {
      auto reader = std::make_unique<Reader<State>>(state_, flight);
      TaskGroup& group = groups_.get(loop, [&loop] { return std::make_unique<TaskGroup>(loop); });
      group.spawn("shared answer", Reader<State>::run_cancellably(std::move(reader), std::move(request)));
    }
    if (auto begun = co_await listener->begin(); !begun) co_return fail(begun);
    co_return std::unique_ptr<ChatStream>(std::move(listener));
  }

 private:
  std::shared_ptr<State> state_;
  PerLoop<TaskGroup> groups_;  // each reads the flights that began on its loop
};

SharedAnswers::SharedAnswers(ChatModel& inner, std::size_t most_bytes)
    : state_(std::make_shared<State>(inner, most_bytes)), model_(std::make_unique<Model>(state_)) {}
SharedAnswers::~SharedAnswers() = default;

ChatModel& SharedAnswers::model() { return *model_; }

Task<void> SharedAnswers::join() {
  auto start = [state = state_](const Promise<void>& promise) {
    bool is_idle = false;
    {
      const std::scoped_lock lock(state->mutex);
      is_idle = state->live == 0;
      if (!is_idle) state->joining.push_back(promise);
    }
    if (is_idle) promise.set({});
  };
  co_return co_await suspend<void>(std::move(start));
}

std::size_t SharedAnswers::in_flight() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->live;
}

}  // namespace offhook::llm
