#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "async/task_group.hpp"
#include "store/sqlite_store.hpp"
#include "store/testing/database.hpp"
#include "store/testing/dropping_vfs.hpp"
#include "store/testing/temporary_folder.hpp"
#include "store/webhook_events.hpp"

// A burst of webhooks is written while the power fails at random moments: what was answered must be in
// the files as the disk has them then.

namespace offhook::store {
namespace {

using testing::DroppingVfs;
using testing::kNow;
using testing::TemporaryFolder;

constexpr int kWriters = 12;
constexpr int kWritesEach = 25;

/// The files as a power cut left them, and what had been answered before.
struct Cut {
  std::filesystem::path database;
  std::set<std::string> answered;
};

/// One burst: who has been answered, and when the power fails. Lives on the loop's thread; the store's
/// threads go on while a copy is made.
struct Burst {
  Store& store;
  const DroppingVfs& vfs;
  std::filesystem::path path;
  Random random;
  bool is_lucky = false;
  std::set<std::size_t> moments;  ///< numbers of answers after which the power fails
  std::set<std::string> answered;
  std::vector<Cut> cuts;

  void note_answer(std::string id) {
    answered.insert(std::move(id));
    if (!moments.contains(answered.size())) return;
    for (std::uint64_t i = random.below(300); i > 0; --i) std::this_thread::yield();  // somewhere in the next batch
    const auto folder = path.parent_path() / std::to_string(answered.size());
    auto copy = vfs.copy_after_power_cut(path, folder, is_lucky ? &random : nullptr);
    ASSERT_TRUE(copy) << copy.error().log_text();
    cuts.push_back({.database = *copy, .answered = answered});
  }
};

/// Stores one event; one of five fails after its INSERT, and must leave nothing.
Task<void> write_events(Burst& burst, int writer) {
  for (int i = 0; i < kWritesEach; ++i) {
    const std::string id = std::to_string(writer) + "-" + std::to_string(i);
    const bool is_to_fail = i % 5 == 4;
    auto work = [id, is_to_fail](sql::Connection& db) -> Result<void> {
      const std::string payload(200 + id.size() * 37, 'x');
      auto added = WebhookEvents(db, Owner::local())
                       .insert_if_new({.id = id,
                                       .dedupe_key = id,
                                       .type = is_to_fail ? "fails" : "stays",
                                       .verified = "hmac",
                                       .payload = payload,
                                       .received_at = kNow});
      if (!added) return fail(added);
      if (is_to_fail) return fail(ErrorKind::forbidden);
      return {};
    };
    auto written = co_await burst.store.write(std::move(work));
    if (written) burst.note_answer(id);
  }
  co_return Result<void>{};
}

Task<void> write_all(Burst& burst) {
  Loop& loop = co_await this_loop();
  TaskGroup group(loop);
  for (int writer = 0; writer < kWriters; ++writer) {
    group.spawn("writer", write_events(burst, writer));
  }
  co_return co_await group.join();
}

struct Findings {
  int lost = 0;        ///< answered writes that a copy does not have
  int ghosts = 0;      ///< failed writes that a copy has
  int unreadable = 0;  ///< copies that cannot be opened or are damaged
};

/// Opens the copy with the plain file layer, as a restart would.
void examine(const Cut& cut, Findings& findings) {
  auto db = sql::open_sqlite({.path = cut.database});
  std::set<std::string> there;
  bool is_sound = false;
  auto look = [&]() -> Result<void> {
    if (!db) return fail(db);
    auto read = (*db)->query("SELECT id, type FROM webhook_events", {}, [&](const sql::Row& row) -> Result<void> {
      there.insert(row.string(0));
      if (row.text(1) == "fails") ++findings.ghosts;
      return {};
    });
    if (!read) return read;
    return (*db)->query("PRAGMA integrity_check", {}, [&](const sql::Row& row) -> Result<void> {
      is_sound = row.text(0) == "ok";
      return {};
    });
  };
  if (!look() || !is_sound) ++findings.unreadable;
  for (const auto& id : cut.answered) findings.lost += there.contains(id) ? 0 : 1;
}

/// One burst with several power cuts, each looked at on a copy.
void play_round(std::uint64_t seed, sql::Synchronous synchronous, bool is_lucky, Findings& findings) {
  Random random(seed);
  const DroppingVfs vfs;
  const TemporaryFolder folder;
  const auto path = folder.path() / "offhook.db";
  StoreOptions options{.opened_at = kNow, .path = path, .vfs = vfs.name()};
  ASSERT_TRUE(open_sqlite_store(options)) << "tables are there, durably, before the burst";
  options.synchronous = synchronous;
  options.max_batch = 1 + random.below(kWriters);
  if (synchronous == sql::Synchronous::full) {
    options.checkpoint_pages = 4 + random.below(20);  // so that the log begins anew within the burst
  }
  auto store = open_sqlite_store(options).value();

  Burst burst{.store = *store, .vfs = vfs, .path = path, .random = Random(seed), .is_lucky = is_lucky};
  constexpr std::size_t kAnswered = kWriters * kWritesEach * 4 / 5;
  while (burst.moments.size() < 6) burst.moments.insert(1 + random.below(kAnswered));
  const RealClock clock;
  Loop loop(clock, seed);
  ASSERT_TRUE(loop.block_on(write_all(burst)));
  ASSERT_EQ(burst.answered.size(), kAnswered);
  ASSERT_EQ(burst.cuts.size(), 6U);
  for (const Cut& cut : burst.cuts) examine(cut, findings);
}

TEST(PowerCut, LosesNothingThatWasAnswered) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Findings findings;
    play_round(seed, sql::Synchronous::full, false, findings);
    EXPECT_EQ(findings.lost, 0) << "seed " << seed;
    EXPECT_EQ(findings.ghosts, 0) << "seed " << seed;
    EXPECT_EQ(findings.unreadable, 0) << "seed " << seed;
  }
}

TEST(PowerCut, LosesNothingWhenTheDiskWroteSomeOfTheRestInAnyOrder) {
  for (std::uint64_t seed = 101; seed <= 120; ++seed) {
    Findings findings;
    play_round(seed, sql::Synchronous::full, true, findings);
    EXPECT_EQ(findings.lost, 0) << "seed " << seed;
    EXPECT_EQ(findings.ghosts, 0) << "seed " << seed;
    EXPECT_EQ(findings.unreadable, 0) << "seed " << seed;
  }
}

TEST(PowerCut, WouldBeSeenIfTheStoreDidNotSync) {
  for (const auto synchronous : {sql::Synchronous::off, sql::Synchronous::normal}) {
    Findings findings;
    for (std::uint64_t seed = 1; seed <= 3; ++seed) play_round(seed, synchronous, false, findings);
    EXPECT_GT(findings.lost, 0) << (synchronous == sql::Synchronous::off ? "OFF" : "NORMAL");
  }
}

}  // namespace
}  // namespace offhook::store
