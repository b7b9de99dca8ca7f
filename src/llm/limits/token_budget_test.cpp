#include "llm/limits/token_budget.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <random>
#include <thread>

#include "llm/testing/desk.hpp"

namespace offhook::llm {
namespace {

using namespace testing;
using namespace std::chrono_literals;

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

}  // namespace
}  // namespace offhook::llm
