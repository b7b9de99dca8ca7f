#include "audio/timeline.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

namespace offhook::audio {
namespace {

TEST(StereoTimeline, PutsTheCallerLeftAndTheAssistantRight) {
  StereoTimeline timeline(8000);
  timeline.place(Channel::caller, 1, Samples{1, 2});
  timeline.place(Channel::assistant, 2, Samples{7, 8});
  EXPECT_EQ(timeline.length(), 4U);
  EXPECT_EQ(timeline.read(0, 100), (Samples{0, 0, 1, 0, 2, 7, 0, 8}));
}

TEST(StereoTimeline, AddsWhatOverlapsWithoutWrappingAround) {
  StereoTimeline timeline(8000);
  timeline.place(Channel::caller, 0, Samples{100, 30000, -30000});
  timeline.place(Channel::caller, 0, Samples{11, 30000, -30000});
  EXPECT_EQ(timeline.read(0, 3), (Samples{111, 0, 32767, 0, -32768, 0}));
}

TEST(StereoTimeline, AppendsBehindTheChannelButNotBeforeItsTime) {
  StereoTimeline timeline(8000);
  EXPECT_EQ(timeline.append(Channel::assistant, Samples(10, 1), 5), 5U);
  EXPECT_EQ(timeline.append(Channel::assistant, Samples(10, 1), 7), 15U) << "the first piece is still being heard";
  EXPECT_EQ(timeline.append(Channel::caller, Samples(1, 1)), 0U);
  EXPECT_EQ(timeline.append(Channel::assistant, Samples(1, 1), 100), 100U);
}

TEST(StereoTimeline, ReachesAcrossPiecesAndLeavesGapsSilent) {
  StereoTimeline timeline(16000);
  Samples ramp(100000);
  for (std::size_t i = 0; i < ramp.size(); ++i) ramp[i] = static_cast<std::int16_t>(i % 1000 + 1);
  timeline.place(Channel::caller, 200000, ramp);
  const auto all = timeline.read(0, 400000);
  ASSERT_EQ(all.size(), 600000U);
  for (std::size_t i = 0; i < 300000; ++i) {
    ASSERT_EQ(all[i * 2], i < 200000 ? 0 : ramp[i - 200000]) << i;
    ASSERT_EQ(all[i * 2 + 1], 0) << i;
  }
}

TEST(StereoTimeline, CutTakesBackOnlyOneChannel) {
  StereoTimeline timeline(8000);
  timeline.place(Channel::caller, 0, Samples(40000, 3));
  timeline.place(Channel::assistant, 0, Samples(40000, 5));
  timeline.cut(Channel::assistant, 20000);
  EXPECT_EQ(timeline.end(Channel::assistant), 20000U);
  EXPECT_EQ(timeline.read(19999, 2), (Samples{3, 5, 3, 0}));
  EXPECT_EQ(timeline.read(39999, 1), (Samples{3, 0}));
  EXPECT_EQ(timeline.append(Channel::assistant, Samples{9}), 20000U);
}

TEST(StereoTimeline, DropsWhatLiesBehindItsLimit) {
  StereoTimeline timeline(8000, 10);
  EXPECT_EQ(timeline.place(Channel::caller, 8, Samples(5, 1)), 2U);
  EXPECT_TRUE(timeline.is_cut_short());
  EXPECT_EQ(timeline.place(Channel::caller, 1ULL << 60, Samples(5, 1)), 0U);
  EXPECT_EQ(timeline.length(), 10U);
}

TEST(StereoTimeline, WritesAStereoFile) {
  StereoTimeline timeline(8000);
  timeline.place(Channel::caller, 0, Samples(20000, 3));
  timeline.place(Channel::assistant, 30000, Samples{5});
  const auto path =
      std::filesystem::path(testing::TempDir()) / ("offhook_timeline_" + std::to_string(::getpid()) + ".wav");
  ASSERT_TRUE(timeline.write_wav(path));
  const auto file = read_wav(path);
  std::filesystem::remove(path);
  ASSERT_TRUE(file);
  EXPECT_EQ(file->format.channels, 2);
  EXPECT_EQ(file->format.rate_hz, 8000);
  EXPECT_EQ(file->samples, timeline.read(0, timeline.length()));
}

}  // namespace
}  // namespace offhook::audio
