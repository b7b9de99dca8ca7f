#pragma once

#include <deque>
#include <vector>

#include "async/cancel.hpp"
#include "llm/chat_model.hpp"

namespace offhook::llm::testing {

/// One step of a scripted answer: wait, then an event or a failure.
struct ScriptedStep {
  Duration wait{0};
  Result<ChatEvent> event;
};
using ScriptedAnswer = std::vector<ScriptedStep>;

/// A model that gives prepared answers, in order, and remembers what it was asked. One loop.
class ScriptedModel final : public ChatModel {
 public:
  explicit ScriptedModel(std::vector<ScriptedAnswer> answers) : answers_(answers.begin(), answers.end()) {}
  std::string_view name() const override { return "scripted"; }

  Task<std::unique_ptr<ChatStream>> open_stream(ChatRequest request) override {
    if (is_certain && request.on_certain) {
      if (auto told = co_await request.on_certain(); !told) co_return fail(told);
    }
    request.on_certain = {};  // the asker does not live as long as what we remember
    requests.push_back(std::move(request));
    if (answers_.empty()) co_return fail(ErrorKind::unavailable, {}, "the script is over");
    auto stream = std::make_unique<Stream>(std::move(answers_.front()));
    answers_.pop_front();
    co_return std::unique_ptr<ChatStream>(std::move(stream));
  }

  std::vector<ChatRequest> requests;
  bool is_certain = false;  ///< says at once that an answer will come

 private:
  class Stream final : public ChatStream {
   public:
    explicit Stream(ScriptedAnswer steps) : steps_(steps.begin(), steps.end()) {}
    std::string_view model() const override { return "scripted"; }
    bool is_ready() const override { return !steps_.empty() && steps_.front().wait == Duration{0}; }
    Task<ChatEvent> next(Deadline by) override {
      if (steps_.empty()) co_return fail(ErrorKind::internal, {}, "the scripted answer has no Finished");
      ScriptedStep step = std::move(steps_.front());
      steps_.pop_front();
      if (step.wait > Duration{0}) {
        if (auto slept = co_await with_deadline(by, sleep_for(step.wait)); !slept) co_return fail(slept);
      }
      co_return std::move(step.event);
    }

   private:
    std::deque<ScriptedStep> steps_;
  };
  std::deque<ScriptedAnswer> answers_;
};

[[nodiscard]] inline ScriptedStep say(std::string text, Duration wait = {}) {
  return {wait, ChatEvent(TextDelta{std::move(text)})};
}
[[nodiscard]] inline ScriptedStep call_tool(std::string id, std::string name, std::string arguments) {
  return {{}, ChatEvent(ToolCallReady{{std::move(id), std::move(name), std::move(arguments)}})};
}
[[nodiscard]] inline ScriptedStep finished(FinishReason reason = FinishReason::stop) {
  return {{}, ChatEvent(Finished{.reason = reason, .usage = {10, 5, false}, .model = "scripted"})};
}
[[nodiscard]] inline ScriptedStep fails(ErrorKind kind, Duration wait = {}) { return {wait, fail(kind)}; }

}  // namespace offhook::llm::testing
