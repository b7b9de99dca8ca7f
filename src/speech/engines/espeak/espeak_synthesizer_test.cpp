// The helper processes: that they die well, come back, queue and go away. The real helper, the real
// espeak-ng; what every engine must do is in synthesizer_contract_test.cpp.

#include "speech/engines/espeak/espeak_synthesizer.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <fstream>
#include <sstream>
#include <thread>

#include "async/cancel.hpp"
#include "async/task_group.hpp"
#include "speech/testing/children.hpp"
#include "speech/testing/speak.hpp"

namespace offhook::speech {
namespace {

using namespace std::chrono_literals;
using testing::children;
using testing::loudness;
using testing::signal_children;
using testing::speak;
using testing::SpokenPieces;

EspeakOptions options() { return {.helper_path = OFFHOOK_ESPEAK_HELPER}; }

struct RealWorld {
  RealClock clock;
  Loop loop{clock, 1};
};

Task<int> speak_repeatedly(Synthesizer& synthesizer, int count, void (*before_each)()) {
  for (int i = 0; i < count; ++i) {
    before_each();
    SynthesisRequest request{.text = "Number " + std::to_string(i), .sample_rate_hz = 8000};
    auto spoken = co_await speak(synthesizer, std::move(request));
    if (!spoken) co_return fail(spoken);
    if (loudness(spoken->samples) < 500) co_return i;
  }
  co_return count;
}

TEST(EspeakSynthesizer, SpeaksFiftyUtterancesWithOneProcess) {
  RealWorld world;
  const auto synthesizer = make_espeak_synthesizer(options());
  EXPECT_TRUE(children().empty()) << "helpers start when they are needed";
  EXPECT_EQ(world.loop.block_on(speak_repeatedly(*synthesizer, 50, [] {})).value(), 50);
  EXPECT_EQ(children().size(), 1U);
}

TEST(EspeakSynthesizer, SpeaksAtTheRateThatWasSet) {
  RealWorld world;
  std::vector<std::size_t> lengths;
  for (const int words_per_minute : {300, 0, 100}) {
    auto settings = options();
    settings.words_per_minute = words_per_minute;
    const auto synthesizer = make_espeak_synthesizer(std::move(settings));
    const auto spoken = world.loop.block_on(speak(*synthesizer, {.text = "The tour is on Saturday at noon."}));
    ASSERT_TRUE(spoken);
    lengths.push_back(spoken->samples.size());
  }
  EXPECT_LT(lengths[0] * 4, lengths[1] * 3);
  EXPECT_LT(lengths[1] * 4, lengths[2] * 3);
}

TEST(EspeakSynthesizer, ComesBackWhenHelpersAreKilledBetweenUtterances) {
  RealWorld world;
  const auto synthesizer = make_espeak_synthesizer(options());
  const auto spoken = world.loop.block_on(speak_repeatedly(*synthesizer, 10, [] { signal_children(SIGKILL); }));
  EXPECT_EQ(spoken.value(), 10);
  EXPECT_EQ(children().size(), 1U) << "the dead ones were reaped";
}

Task<SpokenPieces> speak_and_kill(Synthesizer& synthesizer) {
  auto stream = co_await synthesizer.open({.text = testing::long_text(), .sample_rate_hz = 8000});
  if (!stream) co_return fail(stream);
  signal_children(SIGKILL);
  co_return co_await testing::read_all(**stream);
}

TEST(EspeakSynthesizer, AStreamWhoseHelperDiesInTheMiddleEndsWithUnavailable) {
  RealWorld world;
  auto settings = options();
  settings.read_ahead_bytes = 100'000;  // two minutes of speech cannot all be here already
  std::string trouble;
  settings.on_trouble = [&](std::string_view text) { trouble = text; };
  const auto synthesizer = make_espeak_synthesizer(std::move(settings));
  const auto spoken = world.loop.block_on(speak_and_kill(*synthesizer));
  ASSERT_FALSE(spoken);
  EXPECT_EQ(spoken.error().kind, ErrorKind::unavailable);
  EXPECT_NE(trouble.find("signal 9"), std::string::npos) << trouble;
  EXPECT_EQ(world.loop.block_on(speak_repeatedly(*synthesizer, 3, [] {})).value(), 3);
}

TEST(EspeakSynthesizer, AHelperThatDiesBeforeAnySoundIsReplacedUnnoticed) {
  RealWorld world;
  const auto synthesizer = make_espeak_synthesizer(options());
  ASSERT_TRUE(world.loop.block_on(speak_repeatedly(*synthesizer, 1, [] {})));
  signal_children(SIGSTOP);  // alive to every question, but says nothing
  const auto stopped = children().at(0).pid;
  Timer shot(world.loop.timers());
  shot.arm(world.clock.now() + 20ms, [stopped] { ::kill(stopped, SIGKILL); });
  EXPECT_EQ(world.loop.block_on(speak_repeatedly(*synthesizer, 1, [] {})).value(), 1);
  ASSERT_EQ(children().size(), 1U);
  EXPECT_NE(children()[0].pid, stopped);
}

TEST(EspeakSynthesizer, AHelperThatHangsIsKilledAtTheDeadline) {
  RealWorld world;
  auto settings = options();
  settings.helper_path = "/bin/sleep";  // takes the data path as seconds, and says nothing
  settings.data_path = "1000";
  settings.utterance_limit = 20ms;
  settings.workers = 1;
  const auto synthesizer = make_espeak_synthesizer(std::move(settings));
  for (int i = 0; i < 2; ++i) {
    const auto spoken = world.loop.block_on(speak(*synthesizer, {.text = "Hello"}));
    ASSERT_FALSE(spoken);
    EXPECT_EQ(spoken.error().kind, ErrorKind::unavailable);
    EXPECT_NE(spoken.error().log.find("too long"), std::string::npos) << spoken.error().log;
    EXPECT_TRUE(children().empty());
  }
}

TEST(EspeakSynthesizer, SaysUnavailableWhenTheHelperCannotWork) {
  for (const char* program : {"/nonexistent/offhook-espeak", "/bin/true"}) {
    RealWorld world;
    auto settings = options();
    settings.helper_path = program;
    const auto synthesizer = make_espeak_synthesizer(std::move(settings));
    for (int i = 0; i < 3; ++i) {
      const auto spoken = world.loop.block_on(speak(*synthesizer, {.text = "Hello"}));
      ASSERT_FALSE(spoken) << program;
      EXPECT_EQ(spoken.error().kind, ErrorKind::unavailable) << program;
      EXPECT_EQ(spoken.error().client, "") << "nothing internal for outsiders";
    }
    EXPECT_TRUE(children().empty());
  }
}

TEST(EspeakSynthesizer, SaysWhatTheHelperSaidWhenThereIsNoVoiceData) {
  RealWorld world;
  auto settings = options();
  settings.data_path = "/nonexistent";
  const auto synthesizer = make_espeak_synthesizer(std::move(settings));
  const auto spoken = world.loop.block_on(speak(*synthesizer, {.text = "Hello"}));
  ASSERT_FALSE(spoken);
  EXPECT_NE(spoken.error().log.find("espeak-ng-data"), std::string::npos) << spoken.error().log;
}

Task<void> speak_into(Synthesizer& synthesizer, SynthesisRequest request, std::vector<Result<SpokenPieces>>& results) {
  results.push_back(co_await speak(synthesizer, std::move(request)));
  co_return Result<void>{};
}

TEST(EspeakSynthesizer, WaitingUtterancesAreServedInTurnAndOneTooManyIsRefused) {
  RealWorld world;
  auto settings = options();
  settings.workers = 1;
  settings.max_waiting = 5;
  const auto synthesizer = make_espeak_synthesizer(std::move(settings));
  std::vector<Result<SpokenPieces>> results;
  TaskGroup group(world.loop);
  for (int i = 0; i < 8; ++i) {
    group.spawn("speak", speak_into(*synthesizer, {.text = "Hello there.", .sample_rate_hz = 8000}, results));
  }
  ASSERT_TRUE(world.loop.block_on(group.join()));
  ASSERT_EQ(results.size(), 8U);
  const auto refused = std::ranges::count_if(results, [](const auto& result) { return !result; });
  EXPECT_EQ(refused, 2) << "one speaks, five wait";
  for (const auto& result : results) {
    if (result) EXPECT_GT(loudness(result->samples), 500);
    if (!result) EXPECT_EQ(result.error().kind, ErrorKind::unavailable);
  }
  EXPECT_EQ(children().size(), 1U);
}

Task<SpokenPieces> speak_while_held(Synthesizer& synthesizer) {
  auto held = co_await synthesizer.open({.text = testing::long_text(), .sample_rate_hz = 8000});
  if (!held) co_return fail(held);
  co_return co_await speak(synthesizer, {.text = "Hello", .sample_rate_hz = 8000});
}

TEST(EspeakSynthesizer, NobodyWaitsForeverForAHelperThatASlowReaderHolds) {
  VirtualClock clock{UtcTime{}};
  Loop loop(clock, 1);
  auto settings = options();
  settings.workers = 1;
  settings.read_ahead_bytes = 100'000;
  settings.waiting_limit = 3s;
  const auto synthesizer = make_espeak_synthesizer(std::move(settings));
  const auto begin = clock.now();
  const auto spoken = loop.block_on(speak_while_held(*synthesizer));
  ASSERT_FALSE(spoken);
  EXPECT_EQ(spoken.error().kind, ErrorKind::unavailable);
  EXPECT_EQ(clock.now() - begin, 3s);
}

Task<std::size_t> read_slowly(Synthesizer& synthesizer) {
  auto stream = co_await synthesizer.open({.text = testing::long_text(), .sample_rate_hz = 8000});
  if (!stream) co_return fail(stream);
  std::size_t samples = 0;
  while (true) {
    auto piece = co_await (*stream)->next();
    if (!piece) co_return fail(piece);
    if (piece->empty()) co_return samples;
    samples += piece->size();
    (void)co_await sleep_for(40ms);
  }
}

TEST(EspeakSynthesizer, ASlowReaderGetsEverythingAndIsNotTimedOut) {
  VirtualClock clock{UtcTime{}};
  Loop loop(clock, 1);
  auto settings = options();
  settings.read_ahead_bytes = 50'000;  // a second
  settings.utterance_limit = 1s;
  const auto synthesizer = make_espeak_synthesizer(std::move(settings));
  const auto begin = clock.now();
  const auto samples = loop.block_on(read_slowly(*synthesizer));
  ASSERT_TRUE(samples) << samples.error().log_text();
  EXPECT_GT(*samples, 8000U * 60);
  EXPECT_GT(clock.now() - begin, 60s);
}

TEST(EspeakSynthesizer, ACancelledOpenGivesTheHelperBack) {
  RealWorld world;
  auto settings = options();
  settings.workers = 1;
  const auto synthesizer = make_espeak_synthesizer(std::move(settings));
  for (int i = 0; i < 20; ++i) {
    std::vector<Result<SpokenPieces>> results;
    TaskGroup group(world.loop);
    for (int k = 0; k < 3; ++k) {
      group.spawn("speak", speak_into(*synthesizer, {.text = testing::long_text(), .sample_rate_hz = 8000}, results));
    }
    Timer hang_up(world.loop.timers());
    hang_up.arm(world.clock.now() + i * 200us, [&] { group.cancel(); });
    ASSERT_TRUE(world.loop.block_on(group.join()));
  }
  EXPECT_EQ(world.loop.block_on(speak_repeatedly(*synthesizer, 2, [] {})).value(), 2);
  EXPECT_EQ(children().size(), 1U);
}

TEST(EspeakSynthesizer, ServesTwoLoopsOnTwoThreadsAtOnce) {
  RealClock clock;
  Loop first(clock, 1);
  Loop second(clock, 2);
  const auto synthesizer = make_espeak_synthesizer(options());
  std::atomic<int> spoken = 0;
  auto run = [&](Loop& loop) { spoken += loop.block_on(speak_repeatedly(*synthesizer, 30, [] {})).value_or(0); };
  std::thread other([&] { run(second); });
  run(first);
  other.join();
  EXPECT_EQ(spoken, 60);
}

TEST(EspeakSynthesizer, LeavesNoProcessBehindWhicheverGoesFirst) {
  auto synthesizer = make_espeak_synthesizer(options());
  {
    RealWorld world;
    ASSERT_TRUE(world.loop.block_on(speak_repeatedly(*synthesizer, 1, [] {})));
    EXPECT_EQ(children().size(), 1U);
  }
  EXPECT_TRUE(children().empty()) << "the loop went first";
  RealWorld world;
  ASSERT_TRUE(world.loop.block_on(speak_repeatedly(*synthesizer, 1, [] {})));
  synthesizer.reset();
  EXPECT_TRUE(children().empty()) << "the engine went first";
}

TEST(EspeakSynthesizer, AStreamThatOutlivesTheEngineEndsWithUnavailable) {
  RealWorld world;
  auto settings = options();
  settings.read_ahead_bytes = 100'000;
  auto synthesizer = make_espeak_synthesizer(std::move(settings));
  SynthesisRequest request{.text = testing::long_text(), .sample_rate_hz = 8000};
  auto stream = world.loop.block_on(synthesizer->open(std::move(request)));
  ASSERT_TRUE(stream);
  synthesizer.reset();
  const auto rest = world.loop.block_on(testing::read_all(**stream));
  ASSERT_FALSE(rest);
  EXPECT_EQ(rest.error().kind, ErrorKind::unavailable);
}

Task<void> speak_forever(Synthesizer& synthesizer) {
  while (true) {
    auto spoken = co_await speak(synthesizer, {.text = testing::long_text()});
    if (!spoken) co_return fail(spoken);
  }
}

TEST(EspeakSynthesizer, TasksThatStillSpeakAreDroppedWithTheirLoop) {
  const auto synthesizer = make_espeak_synthesizer(options());
  {
    RealWorld world;
    TaskGroup group(world.loop);
    for (int i = 0; i < 5; ++i) group.spawn("speak", speak_forever(*synthesizer));
    ASSERT_TRUE(world.loop.block_on(sleep_for(20ms)));
  }
  EXPECT_TRUE(children().empty());
}

TEST(EspeakSynthesizer, TheHelperInheritsNothingOfOurs) {
  RealWorld world;
  const auto synthesizer = make_espeak_synthesizer(options());
  const int leak = ::dup(2);  // without close-on-exec
  ASSERT_TRUE(world.loop.block_on(speak_repeatedly(*synthesizer, 1, [] {})));
  const auto process = "/proc/" + std::to_string(children().at(0).pid);
  std::vector<std::string> descriptors;
  for (const auto& entry : std::filesystem::directory_iterator(process + "/fd")) {
    descriptors.push_back(entry.path().filename());
  }
  ::close(leak);
  std::ranges::sort(descriptors);
  EXPECT_EQ(descriptors, (std::vector<std::string>{"0", "1", "2"}));
  std::ifstream environment(process + "/environ");
  std::stringstream content;
  content << environment.rdbuf();
  EXPECT_EQ(content.str(), "");
}

}  // namespace
}  // namespace offhook::speech
