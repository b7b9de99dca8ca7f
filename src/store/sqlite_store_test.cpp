#include "store/sqlite_store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <semaphore>
#include <thread>

#include "async/cancel.hpp"
#include "async/task_group.hpp"
#include "store/jobs.hpp"
#include "store/testing/database.hpp"
#include "store/testing/dropping_vfs.hpp"
#include "store/testing/temporary_folder.hpp"

namespace offhook::store {
namespace {

using testing::kNow;

auto enqueue(std::string id) {
  return [id = std::move(id)](sql::Connection& db) {
    return Jobs(db, Owner::local()).enqueue({.id = id, .kind = "test"});
  };
}

Result<std::int64_t> count_jobs(sql::Connection& db) {
  std::int64_t count = 0;
  auto done = db.query("SELECT COUNT(*) FROM jobs", {}, [&](const sql::Row& row) -> Result<void> {
    count = row.integer(0);
    return {};
  });
  if (!done) return fail(done);
  return count;
}

/// Lets whatever was spawned run until it waits.
Task<void> let_others_run() { co_return co_await sleep_for(Duration::zero()); }

/// Keeps a thread of the store busy until it is opened.
struct Gate {
  std::binary_semaphore reached{0};
  std::binary_semaphore opened{0};
  void pass() {
    reached.release();
    opened.acquire();
  }
};

Task<void> write_through(Store& store, Gate& gate) {
  auto work = [&gate](sql::Connection&) -> Result<void> {
    gate.pass();
    return {};
  };
  co_return co_await store.write(work);
}

Task<void> write_job(Store& store, std::string id, std::vector<std::string>& outcomes) {
  auto added = co_await store.write(enqueue(id));
  outcomes.push_back(id + ": " + (added ? "ok" : std::string(to_string(added.error().kind))));
  co_return Result<void>{};
}

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

  testing::TemporaryFolder folder_;
  std::filesystem::path path_ = folder_.path() / "offhook.db";
  RealClock clock_;
  Loop loop_{clock_, 1};
  std::unique_ptr<Store> store_;
};

TEST_F(SqliteStore, ReadsWhatWasWritten) {
  open();
  EXPECT_EQ(run(store_->write(enqueue("a"))), true);
  EXPECT_EQ(run(store_->write(enqueue("a"))), false) << "the work's own result comes back";
  EXPECT_EQ(run(store_->read(count_jobs)), 1);
}

TEST_F(SqliteStore, KeepsItsRowsAfterAReopening) {
  open();
  ASSERT_TRUE(run(store_->write(enqueue("a"))));
  store_.reset();
  const auto log = path_.string() + "-wal";
  EXPECT_TRUE(!std::filesystem::exists(log) || std::filesystem::file_size(log) == 0) << "the log is emptied";
  open();
  EXPECT_EQ(run(store_->read(count_jobs)), 1);
}

TEST_F(SqliteStore, GivesAWorkItsOwnErrorAndKeepsNothingOfIt) {
  open();
  auto work = [](sql::Connection& db) -> Result<int> {
    auto added = Jobs(db, Owner::local()).enqueue({.id = "a", .kind = "test"});
    if (!added) return fail(added);
    return fail(ErrorKind::conflict, "that time is already taken");
  };
  auto result = run(store_->write(work));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message(), "that time is already taken");
  EXPECT_EQ(run(store_->read(count_jobs)), 0);
}

TEST_F(SqliteStore, MakesAnInternalErrorOfAnException) {
  open();
  auto work = [](sql::Connection& db) -> Result<int> {
    static_cast<void>(Jobs(db, Owner::local()).enqueue({.id = "a", .kind = "test"}));
    throw std::runtime_error("a broken invariant");
  };
  auto result = run(store_->write(work));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::internal);
  EXPECT_EQ(result.error().log, "a broken invariant");
  EXPECT_EQ(run(store_->read(count_jobs)), 0);
  EXPECT_TRUE(run(store_->write(enqueue("b")))) << "the writer goes on";
}

TEST_F(SqliteStore, CommitsWhatWaitsTogether) {
  open();
  Gate gate;
  std::vector<std::string> outcomes;
  TaskGroup group(loop_);
  group.spawn("gate", write_through(*store_, gate));
  ASSERT_TRUE(run(let_others_run()));
  gate.reached.acquire();
  for (const char* id : {"a", "b", "c", "d", "e"}) group.spawn(id, write_job(*store_, id, outcomes));
  ASSERT_TRUE(run(let_others_run()));
  EXPECT_EQ(store_->stats().queued_writes, 5U);
  EXPECT_TRUE(outcomes.empty());
  gate.opened.release();
  ASSERT_TRUE(run(group.join()));
  EXPECT_THAT(outcomes, ::testing::ElementsAre("a: ok", "b: ok", "c: ok", "d: ok", "e: ok"));
  const StoreStats stats = store_->stats();
  EXPECT_EQ(stats.write_batches, 2U);
  EXPECT_EQ(stats.writes, 6U);
  EXPECT_EQ(stats.largest_batch, 5U);
  EXPECT_EQ(stats.batch_retries, 0U);
}

TEST_F(SqliteStore, NeverPutsMoreIntoABatchThanItMay) {
  open({.max_batch = 2});
  Gate gate;
  std::vector<std::string> outcomes;
  TaskGroup group(loop_);
  group.spawn("gate", write_through(*store_, gate));
  ASSERT_TRUE(run(let_others_run()));
  gate.reached.acquire();
  for (const char* id : {"a", "b", "c", "d", "e"}) group.spawn(id, write_job(*store_, id, outcomes));
  ASSERT_TRUE(run(let_others_run()));
  gate.opened.release();
  ASSERT_TRUE(run(group.join()));
  EXPECT_THAT(outcomes, ::testing::ElementsAre("a: ok", "b: ok", "c: ok", "d: ok", "e: ok"));
  EXPECT_EQ(store_->stats().write_batches, 4U);
  EXPECT_EQ(store_->stats().largest_batch, 2U);
}

TEST_F(SqliteStore, RefusesWhatDoesNotFitIntoTheQueue) {
  open({.max_queued_writes = 2});
  Gate gate;
  std::vector<std::string> outcomes;
  TaskGroup group(loop_);
  group.spawn("gate", write_through(*store_, gate));
  ASSERT_TRUE(run(let_others_run()));
  gate.reached.acquire();
  for (const char* id : {"a", "b", "c"}) group.spawn(id, write_job(*store_, id, outcomes));
  ASSERT_TRUE(run(let_others_run()));
  EXPECT_THAT(outcomes, ::testing::ElementsAre("c: unavailable")) << "at once, while the others wait";
  EXPECT_EQ(store_->stats().refused, 1U);
  gate.opened.release();
  ASSERT_TRUE(run(group.join()));
  EXPECT_EQ(run(store_->read(count_jobs)), 2);
}

TEST_F(SqliteStore, LetsACallerGoAtItsDeadlineAndStillCarriesOutTheWrite) {
  open();
  Gate gate;
  TaskGroup group(loop_);
  group.spawn("gate", write_through(*store_, gate));
  ASSERT_TRUE(run(let_others_run()));
  gate.reached.acquire();
  auto late = run(with_deadline(Deadline::after(clock_, std::chrono::milliseconds(1)), store_->write(enqueue("a"))));
  EXPECT_EQ(late.error().kind, ErrorKind::timeout);
  gate.opened.release();
  ASSERT_TRUE(run(group.join()));
  ASSERT_TRUE(run(store_->write(enqueue("b")))) << "behind the late one";
  EXPECT_EQ(run(store_->read(count_jobs)), 2);
}

TEST_F(SqliteStore, CarriesOutAcceptedWritesWhenItCloses) {
  open();
  Gate gate;
  std::vector<std::string> outcomes;
  TaskGroup group(loop_);
  group.spawn("gate", write_through(*store_, gate));
  ASSERT_TRUE(run(let_others_run()));
  gate.reached.acquire();
  for (const char* id : {"a", "b"}) group.spawn(id, write_job(*store_, id, outcomes));
  ASSERT_TRUE(run(let_others_run()));
  std::jthread opener([&] { gate.opened.release(); });
  store_.reset();
  ASSERT_TRUE(run(group.join()));
  EXPECT_THAT(outcomes, ::testing::ElementsAre("a: ok", "b: ok"));
  open();
  EXPECT_EQ(run(store_->read(count_jobs)), 2);
}

TEST_F(SqliteStore, ShowsAReaderOneSnapshot) {
  open();
  ASSERT_TRUE(run(store_->write(enqueue("a"))));
  Gate gate;
  std::pair<std::int64_t, std::int64_t> seen{-1, -1};
  auto work = [&](sql::Connection& db) -> Result<void> {
    seen.first = count_jobs(db).value_or(-1);
    gate.pass();
    seen.second = count_jobs(db).value_or(-1);
    return {};
  };
  TaskGroup group(loop_);
  group.spawn("reader", store_->read(work));
  ASSERT_TRUE(run(let_others_run()));
  gate.reached.acquire();
  ASSERT_TRUE(run(store_->write(enqueue("b")))) << "a reader stops no writer";
  EXPECT_EQ(run(store_->read(count_jobs)), 2) << "and no other reader";
  gate.opened.release();
  ASSERT_TRUE(run(group.join()));
  EXPECT_EQ(seen, std::pair(std::int64_t{1}, std::int64_t{1}));
}

TEST_F(SqliteStore, RefusesToWriteInARead) {
  open();
  EXPECT_EQ(run(store_->read(enqueue("a"))).error().kind, ErrorKind::unavailable);
}

TEST_F(SqliteStore, SaysUnavailableWhileTheDiskRefusesAndRecovers) {
  testing::DroppingVfs vfs;
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
