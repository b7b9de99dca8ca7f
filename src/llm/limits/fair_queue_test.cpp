#include "llm/limits/fair_queue.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <thread>

#include "llm/limits/concurrency.hpp"
#include "llm/testing/desk.hpp"

namespace offhook::llm {
namespace {

using namespace testing;
using namespace std::chrono_literals;

TEST(FairQueue, KeysTakeTurnsAndEachKeepsItsOrder) {
  Desk desk;
  std::vector<ScriptedAnswer> answers(8, slow_answer("x"));
  ScriptedModel inner(std::move(answers));
  FairQueue queue({.places = 1});
  const auto model = make_queued_model(inner, queue, 1h);
  for (const auto* text : {"a1", "a2", "a3", "a4", "a5"}) (void)desk.ask(*model, question(text, "key-a"));
  for (const auto* text : {"b1", "b2"}) (void)desk.ask(*model, question(text, "key-b"));
  (void)desk.ask(*model, question("c1", "key-c"));
  desk.run();
  std::string order;
  for (const auto& request : inner.requests) order.append(request.messages[0].content).append(" ");
  EXPECT_EQ(order, "a1 a2 b1 c1 a3 b2 a4 a5 ");
  EXPECT_EQ(queue.taken(), 0u);
  EXPECT_EQ(queue.waiting(), 0u);
}

TEST(FairQueue, WhenItIsFullTheKeyWithTheMostWaitingGivesWay) {
  Desk desk;
  ScriptedModel inner(std::vector<ScriptedAnswer>(4, slow_answer("x")));
  FairQueue queue({.places = 1, .most_waiting = 3});
  const auto model = make_queued_model(inner, queue, 1h);
  std::vector<std::shared_ptr<Heard>> greedy;
  for (int i = 0; i < 5; ++i) greedy.push_back(desk.ask(*model, question("a", "key-a")));
  const auto modest = desk.ask(*model, question("b", "key-b"));
  desk.run();
  EXPECT_EQ(modest->text, "x");
  EXPECT_EQ(greedy[2]->text, "x");
  for (const int refused : {3, 4}) {  // the last in line made room for b; the one after found it full
    ASSERT_TRUE(greedy[refused]->error) << refused;
    EXPECT_EQ(greedy[refused]->error->kind, ErrorKind::unavailable);
    EXPECT_EQ(greedy[refused]->error->retry_after, 1s);
  }
  EXPECT_EQ(queue.taken(), 0u);
}

TEST(FairQueue, NobodyWaitsBeyondTheirDeadlineOrThePatience) {
  Desk desk;
  ScriptedModel inner({slow_answer("long", 60s), slow_answer("next")});
  FairQueue queue({.places = 1});
  const auto model = make_queued_model(inner, queue, 4s);
  const auto first = desk.ask(*model, question("1"));
  const auto patient = desk.ask(*model, question("2"));
  auto hurried_question = question("3");
  hurried_question.deadline = Deadline::after(desk.clock, 1s);
  const auto hurried = desk.ask(*model, std::move(hurried_question));
  desk.run_for(2s);
  ASSERT_TRUE(hurried->error);
  EXPECT_EQ(hurried->error->kind, ErrorKind::unavailable);
  EXPECT_FALSE(patient->error);
  EXPECT_EQ(queue.waiting(), 1u);
  desk.run_for(3s);
  ASSERT_TRUE(patient->error);
  EXPECT_EQ(patient->error->retry_after, 1s);
  EXPECT_EQ(queue.waiting(), 0u);
  desk.run();
  EXPECT_EQ(first->text, "long");
}

TEST(FairQueue, AWaiterOrAListenerThatLeavesFreesItsPlace) {
  Desk desk;
  ScriptedModel inner({slow_answer("never heard", 60s), slow_answer("third")});
  FairQueue queue({.places = 1});
  const auto model = make_queued_model(inner, queue, 1h);
  TaskGroup leaving(desk.loop);
  leaving.spawn("first", listen(*model, question("1"), std::make_shared<Heard>()));
  leaving.spawn("second", listen(*model, question("2"), std::make_shared<Heard>()));
  desk.run_for(1s);
  const auto third = desk.ask(*model, question("3"));
  desk.run_for(1s);
  EXPECT_EQ(queue.waiting(), 2u);
  const Instant left = desk.clock.now();
  leaving.cancel();
  desk.run();
  EXPECT_EQ(third->text, "third");
  EXPECT_EQ(inner.requests.back().messages[0].content, "3");
  EXPECT_LT(desk.clock.now() - left, 10s);  // nobody waited for the answer that was left
  EXPECT_EQ(queue.taken(), 0u);
}

TEST(FairQueue, AModelThatFailsFreesItsPlace) {
  Desk desk;
  ScriptedModel inner({{fails(ErrorKind::unavailable)}, slow_answer("second")});
  FairQueue queue({.places = 1});
  const auto model = make_queued_model(inner, queue, 1h);
  const auto first = desk.ask(*model, question("1"));
  const auto second = desk.ask(*model, question("2"));
  desk.run();
  EXPECT_TRUE(first->error);
  EXPECT_EQ(second->text, "second");
}

Task<void> enter_often(FairQueue& queue, std::string key, std::atomic<int>& inside, std::atomic<int>& most, int seed) {
  std::minstd_rand random(static_cast<unsigned>(seed));
  for (int i = 0; i < 200; ++i) {
    auto place = co_await queue.enter(key, {});
    if (!place) co_return fail(place);
    const int now = ++inside;
    for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) continue;
    // Let others run, sometimes.
    if (random() % 2 == 0) co_await asio::post(use_task);
    --inside;
  }
  co_return Result<void>{};
}

TEST(FairQueue, OverSeveralLoopsNeverMoreThanThePlacesAreTaken) {
  const RealClock clock;
  FairQueue queue({.places = 3, .most_waiting = 1000});
  std::atomic<int> inside = 0;
  std::atomic<int> most = 0;
  std::atomic<int> failed = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&, t] {
        Loop loop(clock, static_cast<std::uint64_t>(t));
        TaskGroup group(loop, [&](std::string_view, const Error&) { ++failed; });
        for (int i = 0; i < 5; ++i)
          group.spawn("enter", enter_often(queue, std::to_string(i), inside, most, t * 10 + i));
        (void)loop.block_on(group.join());
      });
    }
  }
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(inside, 0);
  EXPECT_LE(most, 3);
  EXPECT_EQ(queue.taken(), 0u);
  EXPECT_EQ(queue.waiting(), 0u);
}

}  // namespace
}  // namespace offhook::llm
