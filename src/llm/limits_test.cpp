#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "async/cancel.hpp"
#include "async/task_group.hpp"
#include "llm/limits/answer_cache.hpp"
#include "llm/limits/concurrency.hpp"
#include "llm/limits/fair_queue.hpp"
#include "llm/limits/request_key.hpp"
#include "llm/limits/single_flight.hpp"
#include "llm/limits/token_budget.hpp"
#include "llm/testing/scripted_model.hpp"

namespace offhook::llm {
namespace {

using namespace testing;
using namespace std::chrono_literals;

struct Heard {
  std::string text;
  std::optional<Finished> end;
  std::optional<Error> error;
};

Task<void> listen(ChatModel& model, ChatRequest request, std::shared_ptr<Heard> heard) {
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

ChatRequest question(std::string text, std::string asker = "key-a") {
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

ScriptedAnswer slow_answer(std::string text, Duration takes = 1s) { return {say(std::move(text), takes), finished()}; }

// The fair queue

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

// Token budgets

TEST(TokenBudgets, ManyThreadsNeverOverspend) {
  VirtualClock clock{UtcTime{}};
  constexpr std::int64_t kBudget = 50'000;
  TokenBudgets budgets(clock, {.per_day = kBudget});
  std::atomic<bool> is_done = false;
  std::atomic<int> overspent = 0;
  std::atomic<std::int64_t> settled = 0;
  std::atomic<int> refused = 0;
  {
    std::jthread watcher([&] {
      while (!is_done) {
        const auto account = budgets.account_of("key");
        if (account.spent + account.reserved > kBudget || account.reserved < 0) ++overspent;
      }
    });
    {
      std::vector<std::jthread> threads;
      for (int t = 0; t < 8; ++t) {
        threads.emplace_back([&, t] {
          std::minstd_rand random(static_cast<unsigned>(t));
          for (int i = 0; i < 2000; ++i) {
            const auto most = static_cast<std::int64_t>(1 + random() % 400);
            auto reservation = budgets.reserve("key", most);
            if (!reservation) {
              ++refused;
              continue;
            }
            if (random() % 8 == 0) continue;  // failed before it began
            const auto cost = static_cast<std::int64_t>(random() % static_cast<unsigned>(most + 1));
            reservation->settle(cost);
            settled += cost;
          }
        });
      }
    }
    is_done = true;
  }
  EXPECT_EQ(overspent, 0);
  EXPECT_GT(refused, 0);
  EXPECT_LE(settled, kBudget);
  const auto account = budgets.account_of("key");
  EXPECT_EQ(account.spent, settled);
  EXPECT_EQ(account.reserved, 0);
  // What is left is less than the largest request.
  EXPECT_GT(account.spent, kBudget - 400);
}

TEST(TokenBudgets, ASpentBudgetIsInsufficientQuotaUntilMidnight) {
  VirtualClock clock{UtcTime{22h}};
  TokenBudgets budgets(clock, {.per_day = 100});
  budgets.reserve("a", 60).value().settle(60);
  const auto refused = budgets.reserve("a", 41);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::rate_limited);
  EXPECT_EQ(refused.error().code, "insufficient_quota");
  EXPECT_EQ(refused.error().retry_after, 2h);
  EXPECT_TRUE(budgets.reserve("a", 40));
  EXPECT_TRUE(budgets.reserve("b", 100));
  auto overnight = budgets.reserve("a", 40);
  clock.advance_to(clock.now() + 2h);
  EXPECT_TRUE(budgets.reserve("a", 100));
  auto today = budgets.reserve("a", 10);
  overnight->settle(40);  // yesterday's
  EXPECT_EQ(budgets.account_of("a").spent, 0);
  EXPECT_EQ(budgets.account_of("a").reserved, 10);
}

TEST(TokenBudgets, MoreAskersThanAreRememberedShareOneBudget) {
  VirtualClock clock{UtcTime{}};
  TokenBudgets budgets(clock, {.per_day = 100, .most_askers = 2});
  for (const auto* asker : {"a", "b", "c"}) budgets.reserve(asker, 100).value().settle(100);
  EXPECT_FALSE(budgets.reserve("d", 1));
  clock.advance_to(clock.now() + 24h);
  EXPECT_TRUE(budgets.reserve("d", 100));
}

TEST(TokenBudgets, AnAnswerCostsWhatItsProviderCounted) {
  Desk desk;
  TokenBudgets budgets(desk.clock, {.per_day = 1000});
  ScriptedModel inner({slow_answer("x"), {fails(ErrorKind::unavailable)}, slow_answer("y")});
  const auto model = make_budgeted_model(inner, budgets);
  const auto heard = desk.ask(*model, question("hello"));
  desk.run_for(500ms);
  EXPECT_EQ(budgets.account_of("key-a").reserved, most_tokens(question("hello")));
  desk.run();
  EXPECT_EQ(heard->text, "x");
  EXPECT_EQ(budgets.account_of("key-a").spent, 15);  // ScriptedModel counts 10 and 5
  EXPECT_EQ(budgets.account_of("key-a").reserved, 0);
  auto dear = question("hello");
  dear.max_tokens = 4096;
  const auto refused = desk.ask(*model, std::move(dear));
  desk.run();
  ASSERT_TRUE(refused->error);
  EXPECT_EQ(refused->error->code, "insufficient_quota");
  EXPECT_EQ(inner.requests.size(), 1u);
}

TEST(TokenBudgets, AnAnswerLeftInTheMiddleCostsTheMostThatItCanHaveBeen) {
  struct Case {
    int max_tokens;
    std::int64_t costs;
  };
  const std::int64_t prompt = most_tokens(question("1234")) - 100;
  for (const auto& c : {Case{1000, prompt + 8 + kWrittenAhead}, Case{100, prompt + 100}}) {
    Desk desk;
    TokenBudgets budgets(desk.clock, {.per_day = 5000});
    ScriptedModel inner({{say("12345678"), say("later", 60s), finished()}});
    const auto model = make_budgeted_model(inner, budgets);
    auto request = question("1234");
    request.max_tokens = c.max_tokens;
    TaskGroup leaving(desk.loop);
    leaving.spawn("leave", listen(*model, std::move(request), std::make_shared<Heard>()));
    desk.run_for(1s);
    leaving.cancel();
    (void)desk.loop.block_on(leaving.join());
    EXPECT_EQ(budgets.account_of("key-a").spent, c.costs);
    EXPECT_EQ(budgets.account_of("key-a").reserved, 0);
  }
}

TEST(TokenBudgets, WhatNobodyCountedCostsItsBytes) {
  Desk desk;
  TokenBudgets budgets(desk.clock, {.per_day = 1000});
  auto uncounted = finished();
  std::get<Finished>(*uncounted.event).usage = {.prompt_tokens = 1, .completion_tokens = 2, .estimated = true};
  ScriptedModel inner({{say("12345678"), uncounted}});
  const auto model = make_budgeted_model(inner, budgets);
  (void)desk.ask(*model, question("1234"));
  desk.run();
  EXPECT_EQ(budgets.account_of("key-a").spent, most_tokens(question("1234")) - 100 + 8);
}

/// A ledger that survives its process, and can fail.
class TestLedger final : public BudgetLedger {
 public:
  Task<void> keep(BudgetMark mark) override {
    ++asked;
    if (takes > Duration::zero()) {
      if (auto slept = co_await sleep_for(takes); !slept) co_return slept;
    }
    if (is_broken) co_return fail(ErrorKind::unavailable);
    auto& kept = marks[mark.asker];
    if (kept.tokens < mark.tokens) kept = std::move(mark);
    co_return Result<void>{};
  }
  std::map<std::string, BudgetMark> marks;
  int asked = 0;
  bool is_broken = false;
  Duration takes{};
};

TEST(TokenBudgets, NothingIsAskedBeforeItsMarkIsKept) {
  Desk desk;
  TestLedger ledger;
  ledger.takes = 1s;
  TokenBudgets budgets(desk.clock, {.per_day = 1000});
  ScriptedModel inner({slow_answer("x")});
  const auto model = make_budgeted_model(inner, budgets, &ledger);
  (void)desk.ask(*model, question("1234"));
  desk.run_for(900ms);
  EXPECT_TRUE(inner.requests.empty());
  desk.run_for(200ms);
  EXPECT_EQ(inner.requests.size(), 1u);
  EXPECT_EQ(ledger.marks["key-a"].tokens, most_tokens(question("1234")));
  desk.run();
}

TEST(TokenBudgets, ALedgerThatFailsStopsNobodyAndIsAskedAgain) {
  Desk desk;
  TestLedger ledger;
  ledger.is_broken = true;
  TokenBudgets budgets(desk.clock, {.per_day = 1000});
  ScriptedModel inner({slow_answer("x"), slow_answer("y")});
  const auto model = make_budgeted_model(inner, budgets, &ledger);
  const auto first = desk.ask(*model, question("1"));
  desk.run();
  EXPECT_EQ(first->text, "x");
  ledger.is_broken = false;
  (void)desk.ask(*model, question("2"));
  desk.run();
  EXPECT_EQ(ledger.marks["key-a"].tokens, 15 + most_tokens(question("2")));
}

TEST(TokenBudgets, AKilledProcessLeavesNoLessThanItSpent) {
  // Processes one after the other on one ledger, each killed in the middle of whatever it does.
  VirtualClock clock{UtcTime{}};
  constexpr std::int64_t kBudget = 20'000;
  TestLedger ledger;
  std::minstd_rand random(7);
  std::int64_t really_spent = 0;
  int refused = 0;
  int marked = 0;
  int asked = 0;
  for (int process = 0; process < 20; ++process) {
    TokenBudgets budgets(clock, {.per_day = kBudget, .ahead = kBudget / 100});
    for (const auto& [asker, mark] : ledger.marks) budgets.restore(mark);
    std::vector<TokenBudgets::Reservation> in_flight;
    for (int i = 0; i < 30; ++i) {
      const auto most = static_cast<std::int64_t>(1 + random() % 100);
      auto reservation = budgets.reserve("key", most);
      if (!reservation) {
        ++refused;
        continue;
      }
      ++asked;
      if (auto mark = budgets.due_mark("key")) {
        ++marked;
        ledger.marks["key"] = *mark;
        budgets.note_marked(*mark);
      }
      const auto cost = static_cast<std::int64_t>(random() % static_cast<unsigned>(most + 1));
      really_spent += cost;
      if (random() % 4 == 0) {
        in_flight.push_back(std::move(*reservation));  // never settled: the kill comes first
      } else {
        reservation->settle(cost);
      }
      ASSERT_LE(really_spent, ledger.marks["key"].tokens);
      ASSERT_LE(ledger.marks["key"].tokens, kBudget);
    }
  }
  EXPECT_GT(refused, 0);
  EXPECT_LE(really_spent, kBudget);
  EXPECT_LT(marked, asked / 2);  // most requests need no write
}

TEST(TokenBudgets, YesterdaysMarksAreNotTodays) {
  VirtualClock clock{UtcTime{25h}};
  TokenBudgets budgets(clock, {.per_day = 100});
  budgets.restore({.asker = "a", .day = 0, .tokens = 100});
  budgets.restore({.asker = "b", .day = 1, .tokens = 90});
  EXPECT_TRUE(budgets.reserve("a", 100));
  EXPECT_FALSE(budgets.reserve("b", 11));
  auto held = budgets.reserve("b", 10);
  ASSERT_TRUE(held);
  std::map<std::string, std::int64_t> kept;
  for (const auto& mark : budgets.marks()) kept[mark.asker] = mark.tokens;
  EXPECT_EQ(kept["b"], 100);  // what is still reserved counts
}

/// A provider of several loops that counts what it wrote: a token a byte, also for those who leave.
class MeteredModel final : public ChatModel {
 public:
  std::string_view name() const override { return "metered"; }
  Task<std::unique_ptr<ChatStream>> open_stream(ChatRequest request) override {
    const auto prompt = static_cast<int>(request.messages[0].content.size());
    billed += prompt;
    co_return std::unique_ptr<ChatStream>(std::make_unique<Stream>(*this, prompt, request.max_tokens));
  }
  std::atomic<std::int64_t> billed = 0;

 private:
  class Stream final : public ChatStream {
   public:
    Stream(MeteredModel& owner, int prompt, int most) : owner_(owner), prompt_(prompt), most_(most) {}
    std::string_view model() const override { return "metered"; }
    Task<ChatEvent> next(Deadline) override {
      co_await asio::post(use_task);
      if (written_ + 8 > most_) co_return Finished{.usage = {prompt_, written_, false}, .model = "metered"};
      written_ += 8;
      owner_.billed += 8;
      co_return TextDelta{"12345678"};
    }

   private:
    MeteredModel& owner_;
    int prompt_;
    int most_;
    int written_ = 0;
  };
};

Task<void> ask_and_often_leave(ChatModel& model, std::atomic<int>& refused, int seed) {
  std::minstd_rand random(static_cast<unsigned>(seed));
  for (int i = 0; i < 60; ++i) {
    auto request = question(std::string(1 + random() % 200, 'q'), "key");
    request.max_tokens = static_cast<int>(8 + random() % 120);
    auto stream = co_await model.open_stream(std::move(request));
    if (!stream) {
      ++refused;
      co_await asio::post(use_task);
      continue;
    }
    const auto leaves_after = random() % 12;
    for (std::size_t heard = 0; heard < leaves_after; ++heard) {
      auto event = co_await (*stream)->next({});
      if (!event) co_return fail(event);
      if (std::holds_alternative<Finished>(*event)) break;
    }
  }
  co_return Result<void>{};
}

TEST(TokenBudgets, StreamsThatAreCutInTheMiddleOnManyThreadsNeverOverspend) {
  const RealClock clock;
  constexpr std::int64_t kBudget = 30'000;
  TokenBudgets budgets(clock, {.per_day = kBudget});
  MeteredModel provider;
  const auto model = make_budgeted_model(provider, budgets);
  std::atomic<int> refused = 0;
  std::atomic<int> failed = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 6; ++t) {
      threads.emplace_back([&, t] {
        Loop loop(clock, static_cast<std::uint64_t>(t));
        TaskGroup group(loop, [&](std::string_view, const Error&) { ++failed; });
        for (int i = 0; i < 4; ++i) group.spawn("ask", ask_and_often_leave(*model, refused, t * 10 + i));
        (void)loop.block_on(group.join());
      });
    }
  }
  EXPECT_EQ(failed, 0);
  EXPECT_GT(refused, 0);
  EXPECT_LE(provider.billed, kBudget);
  EXPECT_LE(budgets.account_of("key").spent, kBudget);
  EXPECT_GE(budgets.account_of("key").spent, provider.billed);
  EXPECT_EQ(budgets.account_of("key").reserved, 0);
}

// Sharing

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

// The cache

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
