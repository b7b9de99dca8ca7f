#include "store/sqlite_store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "async/task_group.hpp"
#include "store/jobs.hpp"
#include "store/testing/database.hpp"
#include "store/testing/dropping_vfs.hpp"
#include "store/testing/store_works.hpp"
#include "store/testing/temporary_folder.hpp"

namespace offhook::store {
namespace {

using namespace testing;

class SqliteStore : public ::testing::Test {
 protected:
  void open(StoreOptions options = {}) {
    options.opened_at = kNow;
    options.path = path_;
    auto opened = open_sqlite_store(options);
    ASSERT_TRUE(opened) << opened.error().log_text();
    store_ = std::move(*opened);
  }
  template <class T>
  Result<T> run(Task<T> task) {
    return loop_.block_on(std::move(task));
  }

  TemporaryFolder folder_;
  std::filesystem::path path_ = folder_.path() / "offhook.db";
  RealClock clock_;
  Loop loop_{clock_, 1};
  std::unique_ptr<Store> store_;
};

TEST_F(SqliteStore, EmptiesTheLogWhenItCloses) {
  open();
  ASSERT_TRUE(run(store_->write(enqueue("a"))));
  store_.reset();
  const auto log = path_.string() + "-wal";
  EXPECT_TRUE(!std::filesystem::exists(log) || std::filesystem::file_size(log) == 0) << "the log is emptied";
}

TEST_F(SqliteStore, SaysUnavailableWhileTheDiskRefusesAndRecovers) {
  DroppingVfs vfs;
  open({.vfs = vfs.name()});
  ASSERT_TRUE(run(store_->write(enqueue("a"))));
  vfs.set_syncs_fail(true);
  EXPECT_EQ(run(store_->write(enqueue("b"))).error().kind, ErrorKind::unavailable);
  vfs.set_syncs_fail(false);
  EXPECT_TRUE(run(store_->write(enqueue("c"))));
  EXPECT_EQ(run(store_->read(count_jobs)), 2) << "what was refused is not there";
  store_.reset();
}

TEST_F(SqliteStore, KeepsTheLogShort) {
  open({.checkpoint_pages = 10});
  for (int i = 0; i < 200; ++i) ASSERT_TRUE(run(store_->write(enqueue(std::to_string(i)))));
  EXPECT_GT(store_->stats().checkpoints, 0U);
  EXPECT_LT(std::filesystem::file_size(path_.string() + "-wal"), 200U * 4096U) << "200 commits of at least two pages";
}

TEST_F(SqliteStore, SaysThatItCannotBeOpened) {
  EXPECT_EQ(open_sqlite_store({.path = "/nowhere/at/all.db"}).error().kind, ErrorKind::unavailable);
  EXPECT_EQ(open_sqlite_store({}).error().kind, ErrorKind::invalid_argument);
}

/// What happens in a virtual world with an inline store, in order.
std::vector<std::string> play_inline() {
  VirtualClock clock(kNow);
  Loop loop(clock, 7);
  auto store = open_sqlite_store({.opened_at = kNow, .inline_on_caller = true}).value();
  std::vector<std::string> events;
  const auto here = std::this_thread::get_id();
  auto writer = [](Loop& its_loop, Store& db, std::vector<std::string>& log, std::thread::id thread,
                   int number) -> Task<void> {
    for (int i = 0; i < 3; ++i) {
      const std::string id = make_id(its_loop.random(), "job");
      auto work = [id, thread](sql::Connection& connection) -> Result<bool> {
        EXPECT_EQ(std::this_thread::get_id(), thread);
        return Jobs(connection, Owner::local()).enqueue({.id = id, .kind = "test"});
      };
      EXPECT_TRUE(co_await db.write(work));
      auto count = co_await db.read(count_jobs);
      log.push_back(std::to_string(number) + " " + id + " " + std::to_string(count.value_or(-1)));
      static_cast<void>(co_await sleep_for(std::chrono::milliseconds(its_loop.random().below(100))));
    }
    co_return Result<void>{};
  };
  TaskGroup group(loop);
  for (int number = 0; number < 4; ++number) group.spawn("writer", writer(loop, *store, events, here, number));
  EXPECT_TRUE(loop.block_on(group.join()));
  EXPECT_EQ(loop.block_on(store->read(count_jobs)), 12);
  EXPECT_EQ(store->stats().writes, 12U);
  EXPECT_EQ(store->stats().largest_batch, 1U);
  return events;
}

TEST(InlineStore, IsTheSameEveryTimeInVirtualTime) {
  const auto first = play_inline();
  EXPECT_EQ(first.size(), 12U);
  EXPECT_EQ(first, play_inline());
}

TEST(InlineStore, RefusesToWriteInARead) {
  VirtualClock clock(kNow);
  Loop loop(clock, 7);
  auto store = open_sqlite_store({.opened_at = kNow, .inline_on_caller = true}).value();
  EXPECT_FALSE(loop.block_on(store->read(enqueue("a"))));
  EXPECT_EQ(loop.block_on(store->read(count_jobs)), 0);
  EXPECT_TRUE(loop.block_on(store->write(enqueue("a"))));
}

}  // namespace
}  // namespace offhook::store
