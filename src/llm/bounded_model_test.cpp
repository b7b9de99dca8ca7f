#include "llm/bounded_model.hpp"

#include <gtest/gtest.h>

#include "async/loop.hpp"
#include "llm/testing/scripted_model.hpp"

namespace offhook::llm {
namespace {

using namespace testing;

struct Heard {
  std::string text;
  std::optional<Finished> end;
  int calls = 0;
};

Task<Heard> listen(ChatModel& model, ChatRequest request) {
  Heard heard;
  auto stream = co_await model.open_stream(std::move(request));
  if (!stream) co_return fail(stream);
  while (!heard.end) {
    auto event = co_await (*stream)->next();
    if (!event) co_return fail(event);
    if (auto* delta = std::get_if<TextDelta>(&*event)) heard.text += delta->text;
    if (std::holds_alternative<ToolCallReady>(*event)) ++heard.calls;
    if (auto* end = std::get_if<Finished>(&*event)) heard.end = std::move(*end);
  }
  co_return heard;
}

Heard hear(ScriptedAnswer answer, std::vector<std::string> stop, int max_tokens) {
  VirtualClock clock{UtcTime{}};
  Loop loop(clock, 1);
  ScriptedModel inner({std::move(answer)});
  const auto bounded = make_bounded_model(inner);
  ChatRequest request;
  request.stop = std::move(stop);
  request.max_tokens = max_tokens;
  return loop.block_on(listen(*bounded, std::move(request))).value();
}

TEST(BoundedModel, LetsPassWhatKeepsTheBounds) {
  const auto heard = hear({say("Hello "), say("there."), call_tool("t", "end_call", "{}"), finished()}, {"STOP"}, 100);
  EXPECT_EQ(heard.text, "Hello there.");
  EXPECT_EQ(heard.calls, 1);
  EXPECT_EQ(heard.end->reason, FinishReason::stop);
  EXPECT_FALSE(heard.end->usage.estimated) << "the model's own count";
}

TEST(BoundedModel, EndsBeforeAStopTextHoweverItIsSplit) {
  const std::string whole = "One. Two. Ende, drei.";
  for (std::size_t first = 0; first <= whole.size(); ++first) {
    for (std::size_t second = first; second <= whole.size(); ++second) {
      ScriptedAnswer answer;
      for (const auto& piece : {whole.substr(0, first), whole.substr(first, second - first), whole.substr(second)}) {
        if (!piece.empty()) answer.push_back(say(piece));
      }
      answer.push_back(finished());
      const auto heard = hear(std::move(answer), {"nothing", "Ende", "drei"}, 100);
      ASSERT_EQ(heard.text, "One. Two. ") << first << ' ' << second;
      ASSERT_EQ(heard.end->reason, FinishReason::stop);
    }
  }
}

TEST(BoundedModel, AHalfStopTextAtTheEndIsText) {
  EXPECT_EQ(hear({say("The En"), finished()}, {"End"}, 100).text, "The En");
}

TEST(BoundedModel, EndsAtTheLengthWithWholeCharacters) {
  const auto heard = hear({say("aé"), say("éééééééé"), finished()}, {}, 2);
  EXPECT_EQ(heard.text, "aééé") << "eight bytes would cut a character";
  EXPECT_EQ(heard.end->reason, FinishReason::length);
}

}  // namespace
}  // namespace offhook::llm
