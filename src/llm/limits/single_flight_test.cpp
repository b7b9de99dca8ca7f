#include "llm/limits/single_flight.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <thread>

#include "llm/limits/fair_queue.hpp"
#include "llm/limits/concurrency.hpp"
#include "llm/testing/desk.hpp"

namespace offhook::llm {
namespace {

using namespace testing;
using namespace std::chrono_literals;

TEST(SharedAnswers, TheSameQuestionAtTheSameTimeIsAskedOnce) {
  Desk desk;
  ScriptedModel inner({{say("Nine "), say("to five.", 1s), finished()}, slow_answer("again")});
  SharedAnswers shared(inner);
  std::vector<std::shared_ptr<Heard>> heard;
  for (int i = 0; i < 20; ++i) {
    auto request = question("When are you open?");
    request.tools.push_back({.name = "schedule_tour"});
    request.seed = static_cast<std::uint64_t>(i);
    request.trace.request_id = std::to_string(i);
    heard.push_back(desk.ask(shared.model(), std::move(request)));
  }
  desk.run_for(500ms);
  auto late = question("When are you open?");  // misses nothing
  late.tools.push_back({.name = "schedule_tour"});
  heard.push_back(desk.ask(shared.model(), std::move(late)));
  desk.run();
  for (const auto& one : heard) {
    EXPECT_EQ(one->text, "Nine to five.");
    ASSERT_TRUE(one->end);
    EXPECT_EQ(one->end->usage.completion_tokens, 5);
  }
  EXPECT_EQ(inner.requests.size(), 1u);
  (void)desk.ask(shared.model(), question("When are you open?"));  // no longer at the same time
  desk.run();
  EXPECT_EQ(inner.requests.size(), 2u);
  EXPECT_TRUE(desk.loop.block_on(shared.join()));
  EXPECT_EQ(shared.in_flight(), 0u);
}

TEST(SharedAnswers, EachAskerCallerAndCallHasItsOwn) {
  const auto changed = [](auto change) {
    auto request = question("Hi");
    change(request);
    return request;
  };
  const std::vector<ChatRequest> others = {changed([](ChatRequest& r) { r.asker = "key-b"; }),
                                           changed([](ChatRequest& r) { r.caller_phone = "+15550100"; }),
                                           changed([](ChatRequest& r) { r.caller_phone = "+15550101"; }),
                                           changed([](ChatRequest& r) { r.trace.call_id = "call-1"; }),
                                           changed([](ChatRequest& r) { r.trace.call_id = "call-2"; })};
  Desk desk;
  ScriptedModel inner(std::vector<ScriptedAnswer>(20, slow_answer("x")));
  SharedAnswers shared(inner);
  for (int time = 0; time < 2; ++time) {
    (void)desk.ask(shared.model(), question("Hi"));
    for (const auto& request : others) (void)desk.ask(shared.model(), request);
  }
  desk.run();
  EXPECT_EQ(inner.requests.size(), others.size() + 1);
}

TEST(SharedAnswers, KeepEveryEventInItsOrder) {
  const ScriptedAnswer script = {
      say("Let me"), call_tool("a", "look", "{}"),          say(" see", 1s),
      say("."),      call_tool("b", "book", R"({"at":1})"), finished(FinishReason::tool_calls)};
  Desk desk;
  ScriptedModel inner({script});
  SharedAnswers shared(inner);
  const auto tell = [](ChatModel& model, std::shared_ptr<std::string> told) -> Task<void> {
    auto stream = co_await model.open_stream(question("?"));
    if (!stream) co_return fail(stream);
    for (;;) {
      auto event = co_await (*stream)->next({});
      if (!event) co_return fail(event);
      if (const auto* delta = std::get_if<TextDelta>(&*event)) told->append("<" + delta->text + ">");
      if (const auto* called = std::get_if<ToolCallReady>(&*event)) told->append("<" + called->call.id + ">");
      if (std::holds_alternative<Finished>(*event)) co_return Result<void>{};
    }
  };
  std::vector<std::shared_ptr<std::string>> told;
  for (int i = 0; i < 3; ++i) {
    told.push_back(std::make_shared<std::string>());
    desk.group.spawn("tell", tell(shared.model(), told.back()));
    desk.run_for(400ms);
  }
  desk.run();
  EXPECT_EQ(inner.requests.size(), 1u);
  for (const auto& text : told) EXPECT_EQ(*text, "<Let me><a>< see><.><b>");
}

TEST(SharedAnswers, TheFirstMayLeaveAndTheLastEndsIt) {
  Desk desk;
  FairQueue queue({.places = 1});
  ScriptedModel inner({{say("One"), say(" two", 10s), say(" three", 10s), finished()}, slow_answer("new")});
  const auto queued = make_queued_model(inner, queue, 1h);
  SharedAnswers shared(*queued);
  TaskGroup first(desk.loop);
  TaskGroup second(desk.loop);
  const auto heard = std::make_shared<Heard>();
  first.spawn("first", listen(shared.model(), question("?"), std::make_shared<Heard>()));
  second.spawn("second", listen(shared.model(), question("?"), heard));
  desk.run_for(1s);
  first.cancel();
  desk.run_for(10s);
  EXPECT_EQ(heard->text, "One two");
  EXPECT_EQ(queue.taken(), 1u);
  second.cancel();
  desk.run_for(1ms);
  EXPECT_EQ(queue.taken(), 0u);  // the upstream is cancelled at once
  EXPECT_EQ(shared.in_flight(), 0u);
  const auto third = desk.ask(shared.model(), question("?"));
  desk.run();
  EXPECT_EQ(third->text, "new");
}

TEST(SharedAnswers, AFailureIsEverybodys) {
  Desk desk;
  ScriptedModel inner({{fails(ErrorKind::rate_limited, 1s)}});
  SharedAnswers shared(inner);
  const auto a = desk.ask(shared.model(), question("?"));
  const auto b = desk.ask(shared.model(), question("?"));
  desk.run();
  for (const auto& heard : {a, b}) {
    ASSERT_TRUE(heard->error);
    EXPECT_EQ(heard->error->kind, ErrorKind::rate_limited);
  }
  EXPECT_EQ(shared.in_flight(), 0u);
}

Task<void> fall_behind(ChatModel& model, std::shared_ptr<Heard> heard) {
  auto stream = co_await model.open_stream(question("?"));
  if (!stream) co_return fail(stream);
  if (auto slept = co_await sleep_for(5s); !slept) co_return fail(slept);
  auto event = co_await (*stream)->next({});
  if (!event) heard->error = event.error();
  co_return Result<void>{};
}

TEST(SharedAnswers, WhoFallsTooFarBehindIsCutOffAndTheOthersAreNot) {
  Desk desk;
  ScriptedAnswer longwinded;
  for (int i = 0; i < 100; ++i) longwinded.push_back(say(std::string(100, 'x'), 10ms));
  longwinded.push_back(finished());
  ScriptedModel inner({longwinded});
  SharedAnswers shared(inner, 2000);
  const auto slow = std::make_shared<Heard>();
  desk.group.spawn("slow", fall_behind(shared.model(), slow));
  const auto quick = desk.ask(shared.model(), question("?"));
  desk.run();
  EXPECT_EQ(quick->text.size(), 10'000u);
  EXPECT_TRUE(quick->end);
  ASSERT_TRUE(slow->error);
  EXPECT_EQ(slow->error->kind, ErrorKind::unavailable);
}

/// Answers on whatever loop it is asked, after a turn of that loop.
class LoopModel final : public ChatModel {
 public:
  std::string_view name() const override { return "loop"; }
  Task<std::unique_ptr<ChatStream>> open_stream(ChatRequest) override {
    ++asked;
    co_return std::unique_ptr<ChatStream>(std::make_unique<Stream>());
  }
  std::atomic<int> asked = 0;

 private:
  class Stream final : public ChatStream {
   public:
    std::string_view model() const override { return "loop"; }
    Task<ChatEvent> next(Deadline) override {
      co_await asio::post(use_task);
      if (++count_ <= 50) co_return TextDelta{"x"};
      co_return Finished{.model = "loop"};
    }

   private:
    int count_ = 0;
  };
};

Task<void> ask_often(ChatModel& model, std::atomic<int>& wrong, int seed) {
  std::minstd_rand random(static_cast<unsigned>(seed));
  for (int i = 0; i < 40; ++i) {
    auto stream = co_await model.open_stream(question(std::to_string(random() % 3)));
    if (!stream) co_return fail(stream);
    const auto stop_after = random() % 80;  // often in mid-answer
    std::size_t heard = 0;
    for (;;) {
      if (heard == stop_after) break;
      auto event = co_await (*stream)->next({});
      if (!event) {
        ++wrong;
        break;
      }
      if (std::holds_alternative<Finished>(*event)) {
        if (heard != 50 || (*stream)->model() != "loop") ++wrong;
        break;
      }
      ++heard;
    }
  }
  co_return Result<void>{};
}

TEST(SharedAnswers, ListenersOfSeveralLoopsComeAndGo) {
  const RealClock clock;
  LoopModel inner;
  std::atomic<int> wrong = 0;
  std::atomic<int> left = 4;
  std::vector<std::unique_ptr<Loop>> loops;
  for (int t = 0; t < 4; ++t) loops.push_back(std::make_unique<Loop>(clock, static_cast<std::uint64_t>(t)));
  SharedAnswers shared(inner);
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&, t] {
        Loop& loop = *loops[static_cast<std::size_t>(t)];
        TaskGroup group(loop, [&](std::string_view, const Error&) { ++wrong; });
        for (int i = 0; i < 4; ++i) group.spawn("ask", ask_often(shared.model(), wrong, t * 10 + i));
        (void)loop.block_on(group.join());
        // An answer of this loop may have listeners on the others: it runs until all are done.
        --left;
        auto idle = [](SharedAnswers& answers, std::atomic<int>& busy) -> Task<void> {
          while (busy > 0 || answers.in_flight() > 0) co_await asio::post(use_task);
          co_return Result<void>{};
        };
        (void)loop.block_on(idle(shared, left));
      });
    }
  }
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(shared.in_flight(), 0u);
  EXPECT_LT(inner.asked, 640);
}

}  // namespace
}  // namespace offhook::llm
