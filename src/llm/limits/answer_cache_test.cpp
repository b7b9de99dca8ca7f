#include "llm/limits/answer_cache.hpp"

#include <gtest/gtest.h>

#include <set>

#include "llm/limits/request_key.hpp"
#include "llm/testing/desk.hpp"

namespace offhook::llm {
namespace {

using namespace testing;
using namespace std::chrono_literals;

TEST(AnswerCache, TheSameConversationHearsTheSameAnswerUntilItIsOld) {
  Desk desk;
  ScriptedModel inner({slow_answer("Nine to five."), slow_answer("Ten to four.")});
  AnswerCache cache(desk.clock, {.keep = 1h});
  const auto model = make_cached_model(inner, cache);
  const auto first = desk.ask(*model, question("When are you open?"));
  desk.run();
  const auto second = desk.ask(*model, question("  when are  you OPEN?\n", "key-b"));
  desk.run();
  EXPECT_EQ(second->text, "Nine to five.");
  ASSERT_TRUE(second->end);
  EXPECT_EQ(second->end->model, "scripted");
  EXPECT_EQ(second->end->usage.prompt_tokens, 10);
  EXPECT_EQ(inner.requests.size(), 1u);
  desk.clock.advance_to(desk.clock.now() + 1h);
  const auto third = desk.ask(*model, question("When are you open?"));
  desk.run();
  EXPECT_EQ(third->text, "Ten to four.");
}

TEST(AnswerCache, KeepsNoToolsAndNoBrokenAnswers) {
  struct Case {
    const char* name;
    ScriptedAnswer answer;
    std::function<void(ChatRequest&)> change;
  };
  auto cut_off = finished();
  std::get<Finished>(*cut_off.event).is_cut_off = true;
  const auto none = [](ChatRequest&) {};
  const std::vector<Case> cases = {
      {"after a tool", slow_answer("x"),
       [](ChatRequest& r) { r.messages.push_back({.role = Role::tool, .content = "{}", .tool_call_id = "c"}); }},
      {"calls a tool", {say("x"), call_tool("c", "look", "{}"), finished(FinishReason::tool_calls)}, none},
      {"too long", {say("x"), finished(FinishReason::length)}, none},
      {"cut off", {say("x"), cut_off}, none},
      {"empty", {finished()}, none},
      {"failed", {say("x"), fails(ErrorKind::unavailable)}, none},
      {"personal, of nobody known", slow_answer("You are on +1 212 555 0100."), none}};
  for (const auto& c : cases) {
    Desk desk;
    ScriptedModel inner({c.answer, c.answer});
    AnswerCache cache(desk.clock, {});
    const auto model = make_cached_model(inner, cache);
    for (int i = 0; i < 2; ++i) {
      auto request = question("Hi");
      c.change(request);
      (void)desk.ask(*model, std::move(request));
      desk.run();
    }
    EXPECT_EQ(inner.requests.size(), 2u) << c.name;
    EXPECT_EQ(cache.size(), 0u) << c.name;
  }
}

TEST(AnswerCache, AnAnswerWithPersonalDataIsItsCallersAlone) {
  struct Case {
    const char* question;
    const char* answer;
    bool is_personal;
  };
  const std::vector<Case> cases = {{"When are you open?", "Nine to five.", false},
                                   {"How late is it?", "It is half past two.", false},
                                   {"Haben Sie geöffnet?", "Ja, natürlich, schöne Grüße.", false},
                                   {"What is my number?", "It ends in 0100.", true},
                                   {"What is my number?", "It ends in zero one zero zero.", true},
                                   {"Where do you write?", "To anna@example.com.", true},
                                   {"My card is 4111 1111 1111 1111", "Thank you.", true},
                                   {"What was it?", "It was 4111-1111-1111-1111.", true}};
  for (const auto& c : cases) {
    Desk desk;
    ScriptedModel inner(std::vector<ScriptedAnswer>(4, slow_answer(c.answer)));
    AnswerCache cache(desk.clock, {});
    const auto model = make_cached_model(inner, cache);
    for (const auto* phone : {"+12125550100", "+12125550100", "+12125550199", ""}) {
      auto request = question(c.question);
      request.caller_phone = phone;
      request.trace.call_id = std::string("call of ") + phone;
      (void)desk.ask(*model, std::move(request));
      desk.run();
    }
    EXPECT_EQ(inner.requests.size(), c.is_personal ? 3u : 1u) << c.question << " " << c.answer;
  }
}

TEST(AnswerCache, IsBounded) {
  VirtualClock clock{UtcTime{}};
  AnswerCache cache(clock, {.most_answers = 3, .most_bytes = 10'000});
  for (const auto* key : {"a", "b", "c"}) cache.put(key, {.text = key, .end = {}});
  EXPECT_TRUE(cache.find("a"));
  cache.put("d", {.text = "d", .end = {}});
  EXPECT_FALSE(cache.find("b"));  // the longest unused
  EXPECT_TRUE(cache.find("a"));
  cache.put("e", {.text = std::string(20'000, 'x'), .end = {}});
  EXPECT_EQ(cache.size(), 0u);
}

TEST(RequestKey, WhatShapesAnAnswerTellsRequestsApartAndNothingElse) {
  const auto key = request_key(question("Hi"));
  const std::vector<std::function<void(ChatRequest&)>> same = {
      [](ChatRequest& r) { r.asker = "another"; }, [](ChatRequest& r) { r.seed = 9; },
      [](ChatRequest& r) { r.trace.request_id = "r"; }, [](ChatRequest& r) { r.deadline = Deadline{}; }};
  for (const auto& change : same) {
    auto request = question("Hi");
    change(request);
    EXPECT_EQ(request_key(request), key);
  }
  const std::vector<std::function<void(ChatRequest&)>> other = {
      [](ChatRequest& r) { r.agent = "banking"; },
      [](ChatRequest& r) { r.documents_version = "2"; },
      [](ChatRequest& r) { r.model = "m"; },
      [](ChatRequest& r) { r.language = "de"; },
      [](ChatRequest& r) { r.temperature = 0.1; },
      [](ChatRequest& r) { r.max_tokens = 7; },
      [](ChatRequest& r) { r.stop = {"."}; },
      [](ChatRequest& r) { r.tool_choice = ToolChoice::none; },
      [](ChatRequest& r) { r.response_format.kind = ResponseFormat::Kind::json_object; },
      [](ChatRequest& r) { r.tools.push_back({.name = "look"}); },
      [](ChatRequest& r) { r.messages[0].content = "hi"; },
      [](ChatRequest& r) { r.messages[0].role = Role::assistant; },
      [](ChatRequest& r) { r.messages.push_back(r.messages[0]); }};
  std::set<std::string> keys{key};
  for (const auto& change : other) {
    auto request = question("Hi");
    change(request);
    EXPECT_TRUE(keys.insert(request_key(request)).second);
  }
}

TEST(RequestKey, TheTimeOfDayInThePromptMakesNoDifferenceTheDateDoes) {
  const auto asked_at = [](UtcTime now, std::string facts) {
    auto request = question("Hi");
    request.now = now;
    request.time_zone = "Europe/Berlin";
    request.messages.insert(request.messages.begin(), {.role = Role::system, .content = std::move(facts)});
    return request_key(request);
  };
  const UtcTime morning = std::chrono::sys_days(std::chrono::year(2026) / 3 / 2) + 8h + 5min;
  const auto key = asked_at(morning, "It is Monday 2026-03-02, 09:05 in Europe/Berlin. Be kind.");
  EXPECT_EQ(asked_at(morning + 3h, "It is Monday 2026-03-02, 12:05 in Europe/Berlin. Be kind."), key);
  EXPECT_NE(asked_at(morning + 24h, "It is Tuesday 2026-03-03, 09:05 in Europe/Berlin. Be kind."), key);
  EXPECT_NE(asked_at(morning + 3h, "It is Monday 2026-03-02, 12:06 in Europe/Berlin. Be kind."), key);
}

}  // namespace
}  // namespace offhook::llm
