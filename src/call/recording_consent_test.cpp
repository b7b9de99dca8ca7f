#include "call/recording_consent.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

#include "call/recording_files.hpp"
#include "call/testing/call_world.hpp"
#include "store/call_recordings.hpp"
#include "store/testing/temporary_folder.hpp"

namespace offhook::call {
namespace {

using namespace std::chrono_literals;
using agent::RecordingPolicy;

TEST(RecordingConsent, PolicyAndAnswerDecide) {
  struct Case {
    RecordingPolicy policy;
    std::string_view consent;
    bool may_show;
  };
  for (const auto& [policy, consent, may_show] :
       {Case{RecordingPolicy::none, "", true}, Case{RecordingPolicy::none, "declined", true},
        Case{RecordingPolicy::announced, "", true}, Case{RecordingPolicy::announced, "granted", true},
        Case{RecordingPolicy::announced, "declined", false}, Case{RecordingPolicy::required, "", false},
        Case{RecordingPolicy::required, "granted", true}, Case{RecordingPolicy::required, "declined", false}}) {
    EXPECT_EQ(may_show_recording(policy, consent), may_show) << agent::to_string(policy) << " " << consent;
  }
}

struct World : testing::CallWorld {
  explicit World(RecordingPolicy policy) { agent.recording = policy; }
  Recorded record(std::string_view body, bool knows_agent = true) {
    return CallWorld::record(body, knows_agent ? &agent : nullptr);
  }
  std::optional<store::CallRecording> recording() {
    return in_database(
        [id = call().id](sql::Connection& db) { return store::CallRecordings(db, store::Owner::local()).find(id); });
  }
  agent::AgentDefinition agent{.name = "desk"};
};

constexpr std::string_view kStarted =
    R"({"message":{"type":"status-update","status":"in-progress","timestamp":1763650000000,"call":{"id":"c-1"}}})";
constexpr std::string_view kReport =
    R"({"message":{"type":"end-of-call-report","timestamp":1763650010000,"call":{"id":"c-1"},"recordingUrl":"https://x/1.wav"}})";
constexpr std::string_view kGranted =
    R"({"message":{"type":"end-of-call-report","timestamp":1763650020000,"call":{"id":"c-1"},"recordingUrl":"https://x/1.wav",
        "compliance":{"recordingConsent":{"type":"verbal","grantedAt":"2025-11-20T14:46:44.000Z"}}}})";
constexpr std::string_view kDeclined =
    R"({"message":{"type":"end-of-call-report","timestamp":1763650030000,"call":{"id":"c-1"},
        "compliance":{"recordingConsent":{"type":"verbal"}}}})";

TEST(RecordingConsent, WithoutAPolicyNothingIsHeldBack) {
  World world(RecordingPolicy::none);
  EXPECT_EQ(world.record(kReport).recording_status, "");
  EXPECT_EQ(world.call().recording_url, "https://x/1.wav");
  EXPECT_FALSE(world.recording());
}

TEST(RecordingConsent, ARequiredOneThatIsMissingQuarantines) {
  World world(RecordingPolicy::required);
  EXPECT_EQ(world.record(kReport).recording_status, "quarantined");
  EXPECT_EQ(world.call().recording_url, "");
  EXPECT_EQ(world.recording()->url, "https://x/1.wav");
}

TEST(RecordingConsent, OneThatComesLaterReleases) {
  World world(RecordingPolicy::required);
  world.record(kReport);
  EXPECT_EQ(world.record(kGranted).recording_status, "available");
  EXPECT_EQ(world.call().recording_url, "https://x/1.wav");
  EXPECT_EQ(world.recording()->consent, "granted");
  EXPECT_EQ(world.recording()->consent_type, "verbal");
  EXPECT_TRUE(world.recording()->granted_at);
}

TEST(RecordingConsent, OneThatIsDeclinedLaterWithdraws) {
  World world(RecordingPolicy::announced);
  EXPECT_EQ(world.record(kReport).recording_status, "available");
  EXPECT_EQ(world.record(kDeclined).recording_status, "quarantined");
  EXPECT_EQ(world.call().recording_url, "");
}

TEST(RecordingConsent, OfThreeReportsTheLastIsBelievedWhateverTheirOrder) {
  const auto report = [](int second, bool is_granted) {
    return R"({"message":{"type":"end-of-call-report","timestamp":17636500)" + std::to_string(second) +
           R"(000,"call":{"id":"c-1"},"recordingUrl":"https://x/1.wav","compliance":{"recordingConsent":{"type":"verbal")" +
           (is_granted ? R"(,"grantedAt":"2025-11-20T14:46:44.000Z"}}}})" : "}}}}");
  };
  std::vector<std::string> reports{report(10, true), report(20, false), report(30, true)};
  std::ranges::sort(reports);
  do {
    World world(RecordingPolicy::required);
    for (const auto& body : reports) world.record(body);
    EXPECT_EQ(world.recording()->consent, "granted");
    EXPECT_EQ(world.recording()->status, "available");
  } while (std::ranges::next_permutation(reports).found);
}

TEST(RecordingConsent, AMessageThatDoesNotNameTheAgentReleasesNothing) {
  World world(RecordingPolicy::required);
  world.record(kStarted);
  EXPECT_EQ(world.record(kReport, false).recording_status, "quarantined");
  EXPECT_EQ(world.call().recording_url, "");
}

TEST(RecordingFiles, FollowTheStatus) {
  const store::testing::TemporaryFolder folder;
  const RecordingFiles files(folder.path());
  std::ofstream(folder.path() / "c-1.wav") << "sound";
  ASSERT_TRUE(files.follow("quarantined", "c-1"));
  EXPECT_EQ(files.find("c-1"), std::vector{files.quarantine() / "c-1.wav"});
  const auto rights = std::filesystem::status(files.quarantine()).permissions();
  EXPECT_EQ(rights & std::filesystem::perms::all, std::filesystem::perms::owner_all);
  ASSERT_TRUE(files.follow("quarantined", "c-1"));
  ASSERT_TRUE(files.follow("available", "c-1"));
  EXPECT_EQ(files.find("c-1"), std::vector{folder.path() / "c-1.wav"});
  EXPECT_TRUE(files.follow("available", "no-such-call"));
}

TEST(RecordingFiles, AreWhereTheDatabaseWantsThemAfterACrash) {
  const store::testing::TemporaryFolder folder;
  const RecordingFiles files(folder.path());
  const auto workers = make_inline_workers();
  World world(RecordingPolicy::required);
  world.record(kReport);
  // The commit was made, the rename was not.
  std::ofstream(folder.path() / "c-1.wav") << "sound";
  std::ofstream(folder.path() / "c-2.wav") << "of a call that nobody knows";
  EXPECT_EQ(world.loop.block_on(reconcile_recordings(*world.store, files, *workers)).value(), 2U);
  EXPECT_EQ(files.find("c-1"), std::vector{files.quarantine() / "c-1.wav"});
  EXPECT_EQ(files.find("c-2"), std::vector{folder.path() / "c-2.wav"});
  // Of two messages the later one's status counts, whoever is late with the file.
  world.record(kGranted);
  ASSERT_TRUE(world.loop.block_on(follow_recording(*world.store, files, "c-1")));
  EXPECT_EQ(files.find("c-1"), std::vector{folder.path() / "c-1.wav"});
}

TEST(RecordingFiles, AnIdThatIsNoPlainNameHasNoFile) {
  const store::testing::TemporaryFolder folder;
  std::filesystem::create_directories(folder.path() / "recordings");
  std::ofstream(folder.path() / "x.wav") << "sound";
  const RecordingFiles files(folder.path() / "recordings");
  for (const char* id : {"../x", "..", "", "a/b", ".x"}) {
    EXPECT_TRUE(files.find(id).empty()) << id;
    EXPECT_TRUE(files.follow("quarantined", id)) << id;
  }
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "x.wav"));
}

TEST(RecordingFiles, ExpireByTheirAge) {
  const store::testing::TemporaryFolder folder;
  const RecordingFiles files(folder.path());
  std::ofstream(folder.path() / "old.wav") << "sound";
  std::ofstream(folder.path() / "new.wav") << "sound";
  const UtcTime cutoff = UtcTime(std::chrono::sys_days(std::chrono::year(2026) / 3 / 2));
  std::filesystem::last_write_time(folder.path() / "old.wav", std::chrono::file_clock::from_sys(cutoff - 24h));
  std::filesystem::last_write_time(folder.path() / "new.wav", std::chrono::file_clock::from_sys(cutoff + 24h));
  EXPECT_EQ(files.expired(cutoff, false).value(), std::vector{folder.path() / "old.wav"});
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "old.wav"));
  EXPECT_EQ(files.expired(cutoff, true).value().size(), 1U);
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "old.wav"));
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "new.wav"));
}

}  // namespace
}  // namespace offhook::call
