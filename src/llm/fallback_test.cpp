#include "llm/fallback.hpp"

#include <gtest/gtest.h>

#include "async/cancel.hpp"
#include "llm/closing_text.hpp"
#include "llm/testing/scripted_model.hpp"

namespace offhook::llm {
namespace {

using namespace testing;
using namespace std::chrono_literals;

struct Answer {
  std::string text;
  std::vector<ToolCall> calls;
  std::optional<Finished> end;
  std::optional<ErrorKind> error;
  Duration first_words{};
};

Task<Answer> ask(ChatModel& model, ChatRequest request) {
  Loop& loop = co_await this_loop();
  const Instant began = loop.clock().now();
  auto stream = co_await model.open_stream(std::move(request));
  Answer answer;
  if (!stream) {
    answer.error = stream.error().kind;
    co_return answer;
  }
  for (;;) {
    auto event = co_await (*stream)->next({});
    if (!event) {
      answer.error = event.error().kind;
      co_return answer;
    }
    if (answer.first_words == Duration::zero()) answer.first_words = loop.clock().now() - began;
    if (const auto* delta = std::get_if<TextDelta>(&*event)) answer.text.append(delta->text);
    if (const auto* call = std::get_if<ToolCallReady>(&*event)) answer.calls.push_back(call->call);
    if (std::holds_alternative<Working>(*event)) ADD_FAILURE() << "Working is not for the caller";
    if (const auto* end = std::get_if<Finished>(&*event)) {
      answer.end = *end;
      co_return answer;
    }
  }
}

ScriptedStep working(Duration wait) { return {wait, ChatEvent(Working{})}; }

/// A chain of scripted models, each with a breaker, and the log of its steps.
struct Chain {
  explicit Chain(std::vector<std::vector<ScriptedAnswer>> scripts, ChainLimits limits = {}) {
    ChainParts parts{.limits = limits, .budget = &budget};
    for (auto& script : scripts) {
      models.push_back(std::make_unique<ScriptedModel>(std::move(script)));
      breakers.push_back(std::make_unique<CircuitBreaker>(clock, CircuitBreaker::Options{}));
      parts.links.push_back({.model = models.back().get(), .breaker = breakers.back().get()});
    }
    parts.on_step = [this](ChainStep step, const ChatModel& model, const Trace&, const Error& error) {
      const auto at = std::find_if(models.begin(), models.end(), [&](const auto& m) { return m.get() == &model; });
      steps.push_back(std::to_string(at - models.begin()) + " " + std::string(to_string(step)) + " " +
                      std::string(to_string(error.kind)));
    };
    chain = make_fallback_model(std::move(parts));
  }
  Answer ask_once(ChatRequest request = {}) { return loop.block_on(ask(*chain, std::move(request))).value(); }

  VirtualClock clock{UtcTime{}};
  Loop loop{clock, 1};
  RetryBudget budget;
  std::vector<std::unique_ptr<ScriptedModel>> models;
  std::vector<std::unique_ptr<CircuitBreaker>> breakers;
  std::vector<std::string> steps;
  std::unique_ptr<ChatModel> chain;
};

using Steps = std::vector<std::string>;

Task<void> note(const Clock& clock, std::vector<Instant>& times) {
  times.push_back(clock.now());
  co_return Result<void>{};
}

TEST(Fallback, GoesOnInvisiblyBeforeTheFirstWords) {
  Chain chain({{{fails(ErrorKind::unavailable)}},
               {{say(" \n"), fails(ErrorKind::bad_gateway)}},
               {{finished()}},
               {{say("\n"), say("four"), say("!"), finished()}}});
  const auto answer = chain.ask_once();
  EXPECT_EQ(answer.text, "\nfour!");
  EXPECT_FALSE(answer.error);
  EXPECT_EQ(chain.steps, (Steps{"0 failed unavailable", "1 failed bad_gateway", "2 failed bad_gateway"}));
}

TEST(Fallback, ClosesAnAnswerThatBreaksOffAfterItsFirstWords) {
  Chain chain({{{say("Your card is"), fails(ErrorKind::unavailable)}}, {{say("two"), finished()}}});
  const auto answer = chain.ask_once();
  EXPECT_EQ(answer.text, "Your card is... I'm sorry, I lost my train of thought. Could you say that again?");
  ASSERT_TRUE(answer.end);
  EXPECT_EQ(answer.end->reason, FinishReason::stop);
  EXPECT_TRUE(answer.end->usage.estimated);
  EXPECT_EQ(chain.steps, (Steps{"0 closed unavailable"}));
}

TEST(Fallback, ClosesAStalledAnswerInTheCallersLanguage) {
  Chain chain({{{say("Ihre Karte ist gesperrt."), say("zu spät", 3s), finished()}}});
  ChatRequest request;
  request.language = "de-AT";
  const auto answer = chain.ask_once(std::move(request));
  EXPECT_EQ(answer.text, "Ihre Karte ist gesperrt. Entschuldigung, wo waren wir stehen geblieben?");
  EXPECT_EQ(chain.steps, (Steps{"0 closed timeout"}));
}

TEST(Fallback, AnAnswerWithNothingInItIsGoodOnlyWhenTheAgentHasSpoken) {
  ChatRequest request;
  request.messages = {{.role = Role::user, .content = "bye"},
                      {.role = Role::assistant, .content = "Goodbye!", .tool_calls = {{"c", "end_call", "{}"}}},
                      {.role = Role::tool, .content = "{}", .tool_call_id = "c"}};
  Chain spoken({{{finished()}}, {{say("two"), finished()}}});
  const auto silent = spoken.ask_once(request);
  EXPECT_EQ(silent.text, "");
  EXPECT_TRUE(silent.end);
  request.messages[1].content.clear();
  Chain unspoken({{{finished()}}, {{say("two"), finished()}}});
  EXPECT_EQ(unspoken.ask_once(request).text, "two");
}

TEST(Fallback, KeepsTheWholeChainWithinTheTimeToFirstWords) {
  const ScriptedAnswer silent{say("late", 1h), finished()};
  Chain chain({{silent}, {silent}, {silent}, {{say("four"), finished()}}},
              {.first_words = 4s, .first_token = 2500ms, .reserve = 500ms});
  const auto answer = chain.ask_once();
  EXPECT_EQ(answer.text, "four");
  EXPECT_EQ(answer.first_words, 3500ms);  // 2.5 s for the first, the reserve of those below for the others
  EXPECT_EQ(chain.steps, (Steps{"0 failed timeout", "1 failed timeout", "2 failed timeout"}));
}

TEST(Fallback, AModelThatWorksHasUntilTheOthersNeedTheirTime) {
  Chain thinks({{{working(2s), working(1s), call_tool("c", "look", "{}"), finished(FinishReason::tool_calls)}},
                {{say("two"), finished()}}});
  const auto answer = thinks.ask_once();
  EXPECT_EQ(answer.calls.size(), 1);
  EXPECT_EQ(answer.first_words, 3s);
  Chain broods({{{working(2s), working(1s), working(2s), say("late")}}, {{say("two"), finished()}}});
  const auto second = broods.ask_once();
  EXPECT_EQ(second.text, "two");
  EXPECT_EQ(second.first_words, 3500ms);
}

TEST(Fallback, WorkInMidAnswerIsNoSilence) {
  Chain chain({{{say("One moment."), working(2s), working(2s), call_tool("c", "look", "{}"),
                 finished(FinishReason::tool_calls)}}});
  const auto answer = chain.ask_once();
  EXPECT_EQ(answer.text, "One moment.");
  EXPECT_EQ(answer.calls.size(), 1);
  EXPECT_TRUE(chain.steps.empty());
}

TEST(Fallback, ALoneModelIsAskedOnceMoreWhenThatMayHelp) {
  Chain flaky({{{fails(ErrorKind::unavailable)}, {say("one"), finished()}}});
  EXPECT_EQ(flaky.ask_once().text, "one");
  Chain limited({{{fails(ErrorKind::rate_limited)}, {say("one"), finished()}}});
  EXPECT_EQ(limited.ask_once().error, ErrorKind::unavailable);
  EXPECT_EQ(limited.models[0]->requests.size(), 1);
  Chain late({{{fails(ErrorKind::timeout, 5s)}, {say("one"), finished()}}}, {.first_token = 10s});
  EXPECT_EQ(late.ask_once().error, ErrorKind::unavailable);
  EXPECT_EQ(late.models[0]->requests.size(), 1) << "no time is left";
}

TEST(Fallback, SecondRoundsEndWithTheirBudget) {
  Chain chain({std::vector<ScriptedAnswer>(200, ScriptedAnswer{fails(ErrorKind::unavailable)})});
  for (int i = 0; i < 40; ++i) {
    chain.clock.advance_to(chain.clock.now() + 2min);  // past its breaker's rest
    EXPECT_EQ(chain.ask_once().error, ErrorKind::unavailable);
  }
  // 40 requests, the 10 that were saved up, and a fifth of 40.
  EXPECT_LE(chain.models[0]->requests.size(), 40 + 10 + 8);
}

TEST(Fallback, LeavesAModelAloneWhileItsBreakerIsOpen) {
  Chain chain({{{fails(ErrorKind::unauthorized)}, {say("one"), finished()}},
               {{say("two"), finished()}, {say("two"), finished()}, {say("two"), finished()}}});
  EXPECT_EQ(chain.ask_once().text, "two");
  EXPECT_EQ(chain.breakers[0]->state(), CircuitBreaker::State::open);
  EXPECT_EQ(chain.ask_once().text, "two");
  EXPECT_EQ(chain.steps.back(), "0 skipped unavailable");
  EXPECT_EQ(chain.models[0]->requests.size(), 1);
  chain.clock.advance_to(chain.clock.now() + 5s);
  EXPECT_EQ(chain.ask_once().text, "one") << "the probe";
  EXPECT_EQ(chain.breakers[0]->state(), CircuitBreaker::State::closed);
}

TEST(Fallback, ABadRequestSaysNothingAboutAModel) {
  const ScriptedAnswer bad{fails(ErrorKind::invalid_argument)};
  Chain chain(
      {{bad, bad, bad, bad},
       {{say("two"), finished()}, {say("two"), finished()}, {say("two"), finished()}, {say("two"), finished()}}});
  for (int i = 0; i < 4; ++i) EXPECT_EQ(chain.ask_once().text, "two");
  EXPECT_EQ(chain.breakers[0]->state(), CircuitBreaker::State::closed);
}

TEST(Fallback, SaysSoWhenEveryModelRests) {
  Chain chain({{{fails(ErrorKind::not_found)}}});
  EXPECT_EQ(chain.ask_once().error, ErrorKind::unavailable);
  EXPECT_EQ(chain.steps, (Steps{"0 failed not_found"}));
  EXPECT_EQ(chain.ask_once().error, ErrorKind::unavailable);
}

ChainLimits hedging() { return {.hedge_after = 300ms}; }

TEST(Fallback, AsksTheNextAsWellWhenTheFirstIsSlow) {
  Chain chain({{{say("slow", 2s), finished()}}, {{say("two", 100ms), finished()}}}, hedging());
  const auto answer = chain.ask_once();
  EXPECT_EQ(answer.text, "two");
  EXPECT_EQ(answer.first_words, 400ms);
  EXPECT_EQ(chain.steps, (Steps{"0 hedged timeout"}));
}

TEST(Fallback, TheFirstMayStillWinTheRace) {
  Chain chain({{{say("one", 500ms), finished()}}, {{say("two", 2s), finished()}}}, hedging());
  const auto answer = chain.ask_once();
  EXPECT_EQ(answer.text, "one");
  EXPECT_EQ(answer.first_words, 500ms);
}

TEST(Fallback, ARaceThatBothLoseGoesOnToTheThird) {
  Chain chain({{{fails(ErrorKind::unavailable, 500ms)}},
               {{fails(ErrorKind::bad_gateway, 100ms)}},
               {{say("three"), finished()}}},
              hedging());
  EXPECT_EQ(chain.ask_once().text, "three");
  EXPECT_EQ(chain.steps, (Steps{"0 hedged timeout", "1 failed bad_gateway", "0 failed unavailable"}));
}

TEST(Fallback, TheLastResortRunsNoRace) {
  VirtualClock clock{UtcTime{}};
  Loop loop(clock, 1);
  RetryBudget budget;
  CircuitBreaker breaker(clock, {});
  ScriptedModel slow({{say("slow", 2s), finished()}});
  ScriptedModel brain({{say("brain"), finished()}});
  const auto chain = make_fallback_model(
      {.links = {{.model = &slow, .breaker = &breaker}, {.model = &brain}}, .limits = hedging(), .budget = &budget});
  EXPECT_EQ(loop.block_on(ask(*chain, {})).value().text, "slow");
}

TEST(Fallback, AQuickFailureNeedsNoRace) {
  Chain chain({{{fails(ErrorKind::unavailable)}}, {{say("two"), finished()}}}, hedging());
  const auto answer = chain.ask_once();
  EXPECT_EQ(answer.text, "two");
  EXPECT_EQ(answer.first_words, Duration::zero());
}

TEST(Fallback, ACallerWhoLeavesCancelsWhatIsUnderWayAndBlamesNobody) {
  for (const Duration hedge_after : {Duration{0}, Duration{300ms}}) {
    Chain chain({{{say("one", 1h)}}, {{say("two", 1h)}}}, {.hedge_after = hedge_after});
    auto left = chain.loop.block_on(with_deadline(Deadline::after(chain.clock, 1s), ask(*chain.chain, ChatRequest{})));
    ASSERT_TRUE(left);
    EXPECT_EQ(left->error, ErrorKind::cancelled);
    for (const auto& breaker : chain.breakers) EXPECT_EQ(breaker->state(), CircuitBreaker::State::closed);
    for (const auto& step : chain.steps) EXPECT_EQ(step.find("failed"), std::string::npos) << step;
  }
}

TEST(Fallback, AnAnswerThatTakesTooLongComesToAnEndInTime) {
  Chain chain({{{say("Well, "), say("and so on", 50s), say(" and on", 50s), say(" and on", 50s), finished()}}},
              {.between_tokens = 1h});
  const auto listen = [](Chain& world) -> Task<Answer> {
    auto stream = co_await world.chain->open_stream({});
    if (!stream) co_return fail(stream);
    const Deadline by = Deadline::after(world.clock, 119s);
    Answer answer;
    while (!answer.end) {
      auto event = co_await (*stream)->next(by);
      if (!event) co_return fail(event);
      if (const auto* delta = std::get_if<TextDelta>(&*event)) answer.text.append(delta->text);
      if (const auto* end = std::get_if<Finished>(&*event)) answer.end = *end;
    }
    co_return answer;
  };
  const Instant began = chain.clock.now();
  const auto answer = chain.loop.block_on(listen(chain)).value();
  EXPECT_EQ(chain.clock.now() - began, 119s);
  EXPECT_TRUE(answer.text.starts_with("Well, and so on and on"));
  EXPECT_TRUE(answer.text.ends_with("?")) << answer.text;
  EXPECT_EQ(answer.end->reason, FinishReason::length);
  EXPECT_EQ(chain.breakers[0]->state(), CircuitBreaker::State::closed);
}

TEST(Fallback, PatienceThatIsUsedUpInAQueueIsGone) {
  Chain chain({{{say("late", 1h)}}, {{say("Here."), finished()}}},
              {.first_words = 4s, .first_token = 1h, .reserve = 500ms});
  ChatRequest request;
  request.words_by = Deadline::after(chain.clock, 2s);
  const Instant began = chain.clock.now();
  EXPECT_EQ(chain.ask_once(std::move(request)).text, "Here.");
  EXPECT_EQ(chain.clock.now() - began, 1500ms);
}

TEST(Fallback, AnAnswerIsCertainOnlyWhereTheLastModelAlwaysAnswers) {
  for (const bool has_last_resort : {false, true}) {
    Chain parts({{{fails(ErrorKind::unavailable, 1s)}}, {{say("Here."), finished()}}});
    ChainParts links{.budget = &parts.budget};
    links.links.push_back({.model = parts.models[0].get(), .breaker = parts.breakers[0].get()});
    links.links.push_back(
        {.model = parts.models[1].get(), .breaker = has_last_resort ? nullptr : parts.breakers[1].get()});
    const auto chain = make_fallback_model(std::move(links));
    std::vector<Instant> certain_at;
    ChatRequest request;
    request.on_certain = [&]() -> Task<void> { return note(parts.clock, certain_at); };
    const Instant began = parts.clock.now();
    EXPECT_EQ(parts.loop.block_on(ask(*chain, std::move(request))).value().text, "Here.");
    EXPECT_EQ(certain_at, has_last_resort ? std::vector{began} : std::vector<Instant>{});
  }
}

TEST(Fallback, EachAgentMayHaveAChainOfItsOwn) {
  Chain common({{{say("common"), finished()}}});
  Chain own({{{say("own"), finished()}}});
  const auto model = make_model_by_agent(*common.chain, {{"banking", own.chain.get()}});
  EXPECT_EQ(common.loop.block_on(ask(*model, {.agent = "banking"})).value().text, "own");
  EXPECT_EQ(common.loop.block_on(ask(*model, {.agent = "leasing"})).value().text, "common");
}

TEST(ClosingText, IsAWholeSentenceInEveryLanguage) {
  for (const char* language : {"en", "de", "es", "fr", "it", "ja", "nl", "pl", "pt-BR", "zh", "xx", ""}) {
    for (const char* said : {"Your card", "Your card is blocked.", "Really?\" "}) {
      const std::string text = closing_text(said, language);
      EXPECT_TRUE(text.ends_with("?") || text.ends_with("。") || text.ends_with("？")) << language << ": " << text;
    }
  }
  EXPECT_EQ(closing_text("Done.", "en"), " I'm sorry, where were we?");
}

}  // namespace
}  // namespace offhook::llm
