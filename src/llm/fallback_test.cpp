#include "llm/fallback.hpp"

#include <gtest/gtest.h>

#include "llm/testing/scripted_model.hpp"

namespace offhook::llm {
namespace {

using namespace testing;

struct Answer {
  std::string text;
  std::optional<ErrorKind> error;
};

Task<Answer> ask(ChatModel& model) {
  ChatRequest request;
  auto stream = co_await model.open_stream(std::move(request));
  Answer answer;
  if (!stream) {
    answer.error = stream.error().kind;
    co_return answer;
  }
  for (;;) {
    auto event = co_await (*stream)->next();
    if (!event) {
      answer.error = event.error().kind;
      co_return answer;
    }
    if (const auto* delta = std::get_if<TextDelta>(&*event)) answer.text.append(delta->text);
    if (std::holds_alternative<Finished>(*event)) co_return answer;
  }
}

struct Case {
  const char* name;
  ScriptedAnswer first;
  ScriptedAnswer second;
  std::string text;
  std::optional<ErrorKind> error;
  int fallbacks;
};

TEST(Fallback, IsInvisibleBeforeTheFirstEventAndHonestAfterIt) {
  const std::vector<Case> cases = {
      {"first answers", {say("one"), finished()}, {say("two"), finished()}, "one", {}, 0},
      {"first fails", {fails(ErrorKind::unavailable)}, {say("two"), finished()}, "two", {}, 1},
      {"first fails in mid-answer",
       {say("o"), fails(ErrorKind::unavailable)},
       {say("two"), finished()},
       "o",
       ErrorKind::unavailable,
       0},
      {"both fail", {fails(ErrorKind::unavailable)}, {fails(ErrorKind::timeout)}, "", ErrorKind::timeout, 2},
  };
  for (const auto& c : cases) {
    VirtualClock clock{UtcTime{}};
    Loop loop(clock, 1);
    ScriptedModel first({c.first});
    ScriptedModel second({c.second});
    int fallbacks = 0;
    const auto model =
        make_fallback_model({&first, &second}, [&](const ChatModel&, const Trace&, const Error&) { ++fallbacks; });
    const auto answer = loop.block_on(ask(*model)).value();
    EXPECT_EQ(answer.text, c.text) << c.name;
    EXPECT_EQ(answer.error, c.error) << c.name;
    EXPECT_EQ(fallbacks, c.fallbacks) << c.name;
  }
}

}  // namespace
}  // namespace offhook::llm
