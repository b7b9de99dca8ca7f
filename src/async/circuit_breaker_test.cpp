#include "async/circuit_breaker.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "async/retry_budget.hpp"

namespace offhook {
namespace {

using namespace std::chrono_literals;
using State = CircuitBreaker::State;

struct Fixture {
  VirtualClock clock{UtcTime{}};
  CircuitBreaker breaker{clock, {.failures_to_open = 3, .rest = 5s, .longest_rest = 20s}};

  void pass(Duration time) { clock.advance_to(clock.now() + time); }
  void fail_once() { breaker.ask().value().fail(); }
};

TEST(CircuitBreaker, OpensAfterFailuresInARowOnly) {
  Fixture f;
  f.fail_once();
  f.fail_once();
  f.breaker.ask().value().succeed();
  f.fail_once();
  f.fail_once();
  EXPECT_EQ(f.breaker.state(), State::closed);
  f.fail_once();
  EXPECT_EQ(f.breaker.state(), State::open);
  EXPECT_FALSE(f.breaker.ask());
}

TEST(CircuitBreaker, LetsOneProbeThroughAndClosesWhenItSucceeds) {
  Fixture f;
  for (int i = 0; i < 3; ++i) f.fail_once();
  f.pass(4999ms);
  EXPECT_FALSE(f.breaker.ask());
  f.pass(1ms);
  EXPECT_EQ(f.breaker.state(), State::half_open);
  auto probe = f.breaker.ask();
  ASSERT_TRUE(probe);
  EXPECT_FALSE(f.breaker.ask()) << "one at a time";
  probe->succeed();
  EXPECT_EQ(f.breaker.state(), State::closed);
  EXPECT_TRUE(f.breaker.ask());
}

TEST(CircuitBreaker, RestsTwiceAsLongAfterEveryFailedProbe) {
  Fixture f;
  for (int i = 0; i < 3; ++i) f.fail_once();
  for (const auto rest : {5s, 10s, 20s, 20s}) {
    f.pass(rest - 1ms);
    EXPECT_FALSE(f.breaker.ask());
    f.pass(1ms);
    auto probe = f.breaker.ask();
    ASSERT_TRUE(probe);
    probe->fail();
  }
}

TEST(CircuitBreaker, AProbeThatNobodyWaitedForLeavesThePlaceToTheNext) {
  Fixture f;
  f.breaker.ask().value().fail(true);
  f.pass(5s);
  {
    const auto dropped = f.breaker.ask();
  }
  EXPECT_EQ(f.breaker.state(), State::half_open);
  EXPECT_TRUE(f.breaker.ask());
}

TEST(CircuitBreaker, OpensAtOnceForAsLongAsTheOtherSideAsksWithinReason) {
  Fixture f;
  f.breaker.ask().value().fail(true, 12s);
  f.pass(11s);
  EXPECT_FALSE(f.breaker.ask());
  f.pass(1s);
  EXPECT_TRUE(f.breaker.ask());

  Fixture greedy;
  greedy.breaker.ask().value().fail(true, 24h);
  greedy.pass(20s);
  EXPECT_TRUE(greedy.breaker.ask());
}

TEST(CircuitBreaker, WhatWasAskedBeforeItOpenedDecidesNothingAfterwards) {
  Fixture f;
  auto early = f.breaker.ask();
  auto earlier = f.breaker.ask();
  f.breaker.ask().value().fail(true);
  early->succeed();
  EXPECT_EQ(f.breaker.state(), State::open);
  earlier->fail();
  f.pass(5s);
  EXPECT_EQ(f.breaker.state(), State::half_open);
}

TEST(CircuitBreaker, ServesManyThreads) {
  const RealClock clock;
  CircuitBreaker breaker(clock, {.failures_to_open = 2, .rest = Duration(1), .longest_rest = Duration(2)});
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&breaker, t] {
      for (int i = 0; i < 5000; ++i) {
        if (auto permit = breaker.ask()) {
          if ((i + t) % 3 == 0) permit->fail();
          if ((i + t) % 3 == 1) permit->succeed();
        }
      }
    });
  }
  threads.clear();
  std::optional<CircuitBreaker::Permit> last;
  while (!last) last = breaker.ask();
  last->succeed();
  EXPECT_EQ(breaker.state(), State::closed);
}

TEST(RetryBudget, AllowsABurstAndThenAShare) {
  RetryBudget budget(20, 2);
  EXPECT_TRUE(budget.take_out());
  EXPECT_TRUE(budget.take_out());
  EXPECT_FALSE(budget.take_out());
  int extra = 0;
  for (int i = 0; i < 100; ++i) {
    budget.pay_in();
    if (budget.take_out()) ++extra;
  }
  EXPECT_EQ(extra, 20);
  for (int i = 0; i < 1000; ++i) budget.pay_in();
  extra = 0;
  while (budget.take_out()) ++extra;
  EXPECT_EQ(extra, 2) << "no more is saved up than the burst";
}

}  // namespace
}  // namespace offhook
