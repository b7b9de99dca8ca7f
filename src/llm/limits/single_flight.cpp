#include "llm/limits/single_flight.hpp"

#include <cstdint>
#include <map>
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

/// What an event that is no text takes.
std::size_t bytes_of(const ChatEvent& event) {
  std::size_t bytes = sizeof(ChatEvent);
  if (const auto* called = std::get_if<ToolCallReady>(&event)) bytes += called->call.arguments.size();
  return bytes;
}

/// How far somebody has listened.
struct Position {
  std::size_t number = 0;      ///< of the next event
  std::size_t text_bytes = 0;  ///< of all before it
};

void wake(Promises promises) {
  for (const auto& promise : promises) promise.set({});
}

/// One answer: what has been read of it, and who waits for more. Text is kept in one piece, with the length of each
/// delta beside it: some bytes a token, since every answer is kept until it ends.
class Flight {
 public:
  Flight(Loop& home, std::string key, std::size_t most_bytes)
      : home_(home), key_(std::move(key)), most_bytes_(most_bytes) {}

  void publish(ChatEvent event, std::string_view model) {
    Promises woken;
    {
      const std::scoped_lock lock(mutex_);
      if (model_.empty()) model_ = model;  // once: listeners view it
      if (const auto* delta = std::get_if<TextDelta>(&event)) {
        text_.append(delta->text);
        lengths_.push_back(static_cast<std::uint32_t>(delta->text.size()));
      } else {
        other_bytes_ += bytes_of(event);
        others_.emplace(first_.number + lengths_.size(), std::move(event));
        lengths_.push_back(0);
      }
      if (text_.size() + other_bytes_ > most_bytes_) forget_the_older_half();
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

  /// The event at `at`, an error, or nothing yet.
  std::optional<Result<ChatEvent>> event(Position at) const {
    const std::scoped_lock lock(mutex_);
    if (at.number < first_.number) return fail(ErrorKind::unavailable, {}, "fell too far behind a shared answer");
    if (at.number == first_.number + lengths_.size()) {
      if (error_) return fail(*error_);
      return std::nullopt;
    }
    const std::uint32_t length = lengths_[at.number - first_.number];
    if (length == 0) return others_.at(at.number);
    return ChatEvent(TextDelta{text_.substr(at.text_bytes - first_.text_bytes, length)});
  }

  /// An answer will come.
  static Task<void> note_certain(std::shared_ptr<Flight> self) {
    Promises woken;
    {
      const std::scoped_lock lock(self->mutex_);
      self->is_certain_ = true;
      woken.swap(self->waiting_);
    }
    wake(std::move(woken));
    co_return Result<void>{};
  }
  [[nodiscard]] bool is_certain() const {
    const std::scoped_lock lock(mutex_);
    return is_certain_;
  }

  /// Ends when there is something at this number; `or_certainty`: or when it is certain that there will be.
  static Task<void> wait_for(std::shared_ptr<Flight> self, std::size_t number, bool or_certainty = false) {
    auto start = [self, number, or_certainty](const Promise<void>& promise) {
      bool is_there = false;
      {
        const std::scoped_lock lock(self->mutex_);
        is_there =
            number < self->first_.number + self->lengths_.size() || self->error_ || (or_certainty && self->is_certain_);
        if (!is_there) self->waiting_.push_back(promise);
      }
      if (is_there) promise.set({});
    };
    co_return co_await suspend<void>(std::move(start));
  }

  [[nodiscard]] bool has_its_beginning() const {
    const std::scoped_lock lock(mutex_);
    return first_.number == 0 && !error_;
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
  /// Of the text; what is no text and came before goes with it. The newest event always stays.
  void forget_the_older_half() {
    std::size_t count = 0;
    std::size_t bytes = 0;
    while (count + 1 < lengths_.size() && bytes <= text_.size() / 2) bytes += lengths_[count++];
    lengths_.erase(lengths_.begin(), lengths_.begin() + static_cast<std::ptrdiff_t>(count));
    text_.erase(0, bytes);
    first_ = {.number = first_.number + count, .text_bytes = first_.text_bytes + bytes};
    while (!others_.empty() && others_.begin()->first < first_.number) {
      other_bytes_ -= bytes_of(others_.begin()->second);
      others_.erase(others_.begin());
    }
  }

  Loop& home_;
  const std::string key_;
  const std::size_t most_bytes_;
  CancelSource source_;  // home loop only
  mutable std::mutex mutex_;
  std::string text_;                         // of the events since first_
  std::vector<std::uint32_t> lengths_;       // bytes of text of each of them; 0: it is among others_
  std::map<std::size_t, ChatEvent> others_;  // by their numbers
  std::size_t other_bytes_ = 0;
  Position first_;
  bool is_certain_ = false;
  std::string model_;
  std::optional<Error> error_;
  Promises waiting_;
};

/// One asker's, one caller's and one call's requests: nobody pays for another, is refused for another's sake, or hears
/// what another said.
std::string share_key(const ChatRequest& request) {
  std::string key = request_key(request);
  for (const auto* whose : {&request.asker, &request.caller_phone, &request.trace.call_id})
    key.append("\n").append(*whose);
  return key;
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
    request.on_certain = [flight = self->flight_] { return Flight::note_certain(flight); };
    auto stream = co_await self->state_->inner.open_stream(std::move(request));
    if (!stream) co_return self->stop(std::move(stream.error()));
    for (;;) {
      auto event = co_await (*stream)->next({});
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
  /// `pays`: the answer is written for this one; what the others have is a copy.
  Listener(std::shared_ptr<State> state, std::shared_ptr<Flight> flight, bool pays)
      : state_(std::move(state)), flight_(std::move(flight)), pays_(pays) {}
  ~Listener() override { state_->leave(flight_); }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  std::string_view model() const override { return flight_->model(); }

  bool is_ready() const override { return flight_->event(position_).has_value(); }

  Task<ChatEvent> next(Deadline by) override {
    for (;;) {
      if (auto event = flight_->event(position_)) {
        ++position_.number;
        if (*event) {
          if (const auto* delta = std::get_if<TextDelta>(&**event)) position_.text_bytes += delta->text.size();
          if (auto* end = std::get_if<Finished>(&**event)) end->is_copy = end->is_copy || !pays_;
        }
        co_return std::move(*event);
      }
      auto waited = co_await with_deadline(by, Flight::wait_for(flight_, position_.number));
      if (!waited) co_return fail(waited);
    }
  }

  /// Ends when the answer has begun; its errors are those of opening a stream. `on_certain`: as ChatRequest has it.
  Task<void> begin(std::function<Task<void>()> on_certain) {
    for (;;) {
      if (auto event = flight_->event({})) {
        if (!*event) co_return fail(*event);
        co_return Result<void>{};
      }
      const bool wants_certainty = on_certain != nullptr;
      if (auto waited = co_await Flight::wait_for(flight_, 0, wants_certainty); !waited) co_return waited;
      if (!wants_certainty || !flight_->is_certain()) continue;
      const auto tell = std::exchange(on_certain, {});
      if (auto told = co_await tell(); !told) co_return told;
    }
  }

 private:
  std::shared_ptr<State> state_;
  std::shared_ptr<Flight> flight_;
  Position position_;
  bool pays_;
};

}  // namespace

class SharedAnswers::Model final : public ChatModel {
 public:
  explicit Model(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::string_view name() const override { return state_->inner.name(); }

  Task<std::unique_ptr<ChatStream>> open_stream(ChatRequest request) override {
    Loop& loop = co_await this_loop();
    auto [flight, is_new] = state_->board(loop, share_key(request));
    auto listener = std::make_unique<Listener<State>>(state_, flight, is_new);
    auto on_certain = std::exchange(request.on_certain, {});  // the asker's, whom the reader may outlive
    if (is_new) {
      auto reader = std::make_unique<Reader<State>>(state_, flight);
      TaskGroup& group = groups_.get(loop, [&loop] { return std::make_unique<TaskGroup>(loop); });
      group.spawn("shared answer", Reader<State>::run_cancellably(std::move(reader), std::move(request)));
    }
    if (auto begun = co_await listener->begin(std::move(on_certain)); !begun) co_return fail(begun);
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
