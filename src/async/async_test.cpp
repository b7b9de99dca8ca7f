#include <gtest/gtest.h>

#include <thread>

#include "async/cancel.hpp"
#include "async/event.hpp"
#include "async/task_group.hpp"
#include "async/workers.hpp"

namespace offhook {
namespace {

using namespace std::chrono_literals;

struct VirtualWorld {
  VirtualClock clock{UtcTime{}};
  Loop loop{clock, 1};
  Instant begin = clock.now();
  [[nodiscard]] Duration elapsed() const { return clock.now() - begin; }
};

Task<int> answer_after(Duration wait, int value) {
  const auto slept = co_await sleep_for(wait);
  if (!slept) co_return fail(slept.error());
  co_return value;
}

TEST(VirtualTime, JumpsToTheNextDueTimer) {
  VirtualWorld world;
  const auto result = world.loop.block_on(answer_after(24h, 7));
  EXPECT_EQ(result.value(), 7);
  EXPECT_EQ(world.elapsed(), 24h);
}

TEST(VirtualTime, SaysSoWhenNothingCanEverHappen) {
  VirtualWorld world;
  Event never;
  EXPECT_THROW((void)world.loop.block_on(never.wait()), std::logic_error);
}

Task<void> append_after(std::string& log, Duration wait, char mark) {
  (void)co_await sleep_for(wait);
  log.push_back(mark);
  co_return Result<void>{};
}

TEST(VirtualTime, TimersDueTogetherFireInTheOrderOfArming) {
  VirtualWorld world;
  std::string log;
  TaskGroup group(world.loop);
  for (const char mark : {'a', 'b', 'c'}) group.spawn("append", append_after(log, 1s, mark));
  group.spawn("append", append_after(log, 500ms, '0'));
  ASSERT_TRUE(world.loop.block_on(group.join()));
  EXPECT_EQ(log, "0abc");
}

TEST(VirtualTime, StandsStillWhileAHelperIsBusy) {
  VirtualWorld world;
  std::thread helper;
  auto work = [&]() -> Task<Duration> {
    const Loop::Busy busy(world.loop);
    Timer alarm(world.loop.timers());
    bool rang = false;
    alarm.arm(world.clock.now() + 1ms, [&] { rang = true; });
    auto done =
        co_await suspend<void>([&](Promise<void> promise) { helper = std::thread([promise] { promise.set({}); }); });
    EXPECT_FALSE(rang);
    co_return world.elapsed();
  };
  EXPECT_EQ(world.loop.block_on(work()).value(), 0ms);
  helper.join();
}

TEST(WithDeadline, GivesTheResultOfWorkThatIsInTime) {
  VirtualWorld world;
  const auto result = world.loop.block_on(with_deadline(Deadline::after(world.clock, 2s), answer_after(1s, 42)));
  EXPECT_EQ(result.value(), 42);
}

TEST(WithDeadline, CancelsLateWorkAndSaysTimeout) {
  VirtualWorld world;
  const auto result = world.loop.block_on(with_deadline(Deadline::after(world.clock, 2s), answer_after(1h, 42)));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::timeout);
  EXPECT_EQ(world.elapsed(), 2s);
}

TEST(WithDeadline, TheInnerOfTwoDeadlinesWins) {
  VirtualWorld world;
  auto inner = with_deadline(Deadline::after(world.clock, 1s), answer_after(1h, 42));
  const auto result = world.loop.block_on(with_deadline(Deadline::after(world.clock, 5s), std::move(inner)));
  ASSERT_FALSE(result);
  EXPECT_EQ(world.elapsed(), 1s);
}

struct NoteDestruction {
  bool& destroyed;
  ~NoteDestruction() { destroyed = true; }
};

Task<void> work_twice(bool& destroyed, bool& reached_second) {
  const NoteDestruction note{destroyed};
  (void)co_await sleep_for(1h);
  (void)co_await sleep_for(1h);
  reached_second = true;
  co_return Result<void>{};
}

TEST(TaskGroup, CancelUnwindsItsTasksAndJoinWaitsForThem) {
  VirtualWorld world;
  bool destroyed = false;
  bool reached_second = false;
  TaskGroup group(world.loop);
  group.spawn("work", work_twice(destroyed, reached_second));
  auto scenario = [&]() -> Task<void> {
    (void)co_await sleep_for(1s);
    group.cancel();
    co_return co_await group.join();
  };
  ASSERT_TRUE(world.loop.block_on(scenario()));
  EXPECT_TRUE(destroyed);
  EXPECT_FALSE(reached_second);
  EXPECT_EQ(group.size(), 0u);
  EXPECT_EQ(world.elapsed(), 1s);
}

TEST(TaskGroup, CancelReachesATaskThatHasNotBegun) {
  VirtualWorld world;
  bool destroyed = false;
  bool reached_second = false;
  TaskGroup group(world.loop);
  group.spawn("work", work_twice(destroyed, reached_second));
  group.cancel();
  ASSERT_TRUE(world.loop.block_on(group.join()));
  EXPECT_FALSE(reached_second);
  EXPECT_EQ(world.elapsed(), 0s);
}

Task<void> throws_something() {
  (void)co_await sleep_for(1s);
  throw std::runtime_error("broken invariant");
}

TEST(TaskGroup, ReportsErrorsAndExceptionsByName) {
  VirtualWorld world;
  std::string heard;
  TaskGroup group(world.loop, [&](std::string_view name, const Error& error) {
    heard.append(name).append(": ").append(error.log_text());
  });
  group.spawn("fragile", throws_something());
  ASSERT_TRUE(world.loop.block_on(group.join()));
  EXPECT_EQ(heard, "fragile: broken invariant");
}

TEST(Offload, RunsElsewhereAndComesBack) {
  const RealClock clock;
  Loop loop(clock, 1);
  const auto pool = make_thread_pool("test", 2, 16);
  auto work = [&]() -> Task<bool> {
    const auto home = std::this_thread::get_id();
    const auto other = co_await offload(*pool, [] { return Result<std::thread::id>(std::this_thread::get_id()); });
    co_return other.value() != home&& std::this_thread::get_id() == home;
  };
  EXPECT_TRUE(loop.block_on(work()).value());
}

TEST(Offload, AFullQueueIsUnavailable) {
  const RealClock clock;
  Loop loop(clock, 1);
  const auto pool = make_thread_pool("test", 1, 0);
  const auto result = loop.block_on(offload(*pool, [] { return Result<int>(1); }));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::unavailable);
}

TEST(Offload, AnExceptionBecomesAnInternalError) {
  VirtualWorld world;
  const auto workers = make_inline_workers();
  const auto result = world.loop.block_on(offload(*workers, []() -> Result<int> { throw std::runtime_error("bug"); }));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::internal);
  EXPECT_EQ(result.error().log, "bug");
}

TEST(Watchdog, RingsOnlyWhenItsLastDeadlinePasses) {
  VirtualWorld world;
  int rings = 0;
  Watchdog watchdog(world.loop.timers(), world.clock, [&] { ++rings; });
  auto scenario = [&]() -> Task<void> {
    for (int i = 0; i < 5; ++i) {
      watchdog.expect_before(world.clock.now() + 2s);
      (void)co_await sleep_for(1s);
    }
    watchdog.rest();
    (void)co_await sleep_for(10s);
    EXPECT_EQ(rings, 0);
    watchdog.expect_before(world.clock.now() + 1s);
    (void)co_await sleep_for(3s);
    co_return Result<void>{};
  };
  ASSERT_TRUE(world.loop.block_on(scenario()));
  EXPECT_EQ(rings, 1);
}

TEST(RealTime, SleepsForReal) {
  const RealClock clock;
  Loop loop(clock, 1);
  const auto begin = clock.now();
  ASSERT_TRUE(loop.block_on(answer_after(5ms, 1)));
  EXPECT_GE(clock.now() - begin, 5ms);
}

}  // namespace
}  // namespace offhook
