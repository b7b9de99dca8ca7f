#pragma once

#include <memory>
#include <optional>
#include <string>

#include "async/cancel.hpp"
#include "async/task_group.hpp"
#include "llm/testing/scripted_model.hpp"

namespace offhook::llm::testing {

/// What came of a request.
struct Heard {
  std::string text;
  std::optional<Finished> end;
  std::optional<Error> error;
};

/// Asks `model` and keeps what it says in `heard`.
inline Task<void> listen(ChatModel& model, ChatRequest request, std::shared_ptr<Heard> heard) {
  auto stream = co_await model.open_stream(std::move(request));
  if (!stream) {
    heard->error = stream.error();
    co_return Result<void>{};
  }
  for (;;) {
    auto event = co_await (*stream)->next({});
    if (!event) {
      heard->error = event.error();
      co_return Result<void>{};
    }
    if (const auto* delta = std::get_if<TextDelta>(&*event)) heard->text.append(delta->text);
    if (const auto* end = std::get_if<Finished>(&*event)) {
      heard->end = *end;
      co_return Result<void>{};
    }
  }
}

inline ChatRequest question(std::string text, std::string asker = "key-a") {
  ChatRequest request;
  request.agent = "realty";
  request.asker = std::move(asker);
  request.max_tokens = 100;
  request.messages = {{.role = Role::user, .content = std::move(text)}};
  return request;
}

/// Virtual time, and requests that run beside each other in it.
struct Desk {
  std::shared_ptr<Heard> ask(ChatModel& model, ChatRequest request) {
    auto heard = std::make_shared<Heard>();
    group.spawn("ask", listen(model, std::move(request), heard));
    return heard;
  }
  void run() { (void)loop.block_on(group.join()); }
  void run_for(Duration time) { (void)loop.block_on(sleep_for(time)); }

  VirtualClock clock{UtcTime{}};
  Loop loop{clock, 1};
  TaskGroup group{loop};
};

inline ScriptedAnswer slow_answer(std::string text, Duration takes = std::chrono::seconds(1)) {
  return {say(std::move(text), takes), finished()};
}

}  // namespace offhook::llm::testing
