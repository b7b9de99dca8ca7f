#include "async/task_group.hpp"

#include <boost/asio/dispatch.hpp>

#include <vector>

#include "async/cancel.hpp"

namespace offhook {

struct TaskGroup::State {
  struct Child {
    std::string name;
    asio::cancellation_signal signal;
    bool has_begun = false;
    bool is_cancelled = false;  // before it began, when there is nobody yet to hear the signal
  };
  std::list<std::shared_ptr<Child>> children;
  Event idle;
  OnError on_error;
};

TaskGroup::TaskGroup(Loop& loop, OnError on_error) : loop_(loop), state_(std::make_shared<State>()) {
  state_->on_error = std::move(on_error);
  state_->idle.set();
}

TaskGroup::~TaskGroup() { cancel(); }

void TaskGroup::spawn(std::string name, Task<void> task) {
  auto child = std::make_shared<State::Child>();
  child->name = std::move(name);
  const auto position = state_->children.insert(state_->children.end(), child);
  state_->idle.reset();
  asio::post(loop_.executor(), [state = state_, child, position, executor = loop_.executor(),
                                work = std::move(task)]() mutable {
    // The child is kept by its own completion handler: its signal may be in mid-emission when it ends.
    auto finished = [state, child, position](std::exception_ptr thrown, Result<void> result) {
      if (thrown) result = fail(error_from(thrown));
      if (!result && result.error().kind != ErrorKind::cancelled && state->on_error) {
        state->on_error(child->name, result.error());
      }
      state->children.erase(position);
      if (state->children.empty()) state->idle.set();
    };
    if (child->is_cancelled) return finished({}, fail(ErrorKind::cancelled));
    child->has_begun = true;
    asio::co_spawn(executor, std::move(work), asio::bind_cancellation_slot(child->signal.slot(), std::move(finished)));
  });
}

void TaskGroup::cancel() {
  // A signal must be emitted on the loop: elsewhere Asio defers it, past the end of the signal's life.
  std::vector<std::shared_ptr<State::Child>> children(state_->children.begin(), state_->children.end());
  asio::dispatch(loop_.executor(), [doomed = std::move(children)] {
    for (const auto& child : doomed) {
      child->is_cancelled = true;
      if (child->has_begun) child->signal.emit(asio::cancellation_type::terminal);
    }
  });
}

Task<void> TaskGroup::join() { return state_->idle.wait(); }

std::size_t TaskGroup::size() const { return state_->children.size(); }

}  // namespace offhook
