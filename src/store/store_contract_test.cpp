#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "async/task_group.hpp"
#include "store/postgres_store.hpp"
#include "store/sqlite_store.hpp"
#include "store/testing/database.hpp"
#include "store/testing/private_postgres.hpp"
#include "store/testing/store_works.hpp"
#include "store/testing/temporary_folder.hpp"

// What every Store promises (store.hpp), whatever the database behind it.

namespace offhook::store {
namespace {

using namespace testing;

struct Limits {
  std::size_t max_batch = 256;
  std::size_t max_queued_writes = 4096;
};

/// A store with one writing thread, so that what waits is known.
class StoreContract : public ::testing::Test {
 protected:
  void open(Limits limits = {}) {
    auto opened = is_on_postgres() ? open_postgres(limits) : open_sqlite(limits);
    ASSERT_TRUE(opened) << opened.error().log_text();
    store_ = std::move(*opened);
  }
  template <class T>
  Result<T> run(Task<T> task) {
    return loop_.block_on(std::move(task));
  }

  RealClock clock_;
  Loop loop_{clock_, 1};
  std::unique_ptr<Store> store_;

 private:
  Result<std::unique_ptr<Store>> open_sqlite(Limits limits) {
    return open_sqlite_store({.opened_at = kNow,
                              .path = folder_.path() / "offhook.db",
                              .max_queued_writes = limits.max_queued_writes,
                              .max_batch = limits.max_batch});
  }
  Result<std::unique_ptr<Store>> open_postgres(Limits limits) {
    if (url_.empty()) url_ = PrivatePostgres::shared().new_url();
    return open_postgres_store(clock_, {.url = url_,
                                        .writers = 1,
                                        .readers = 2,
                                        .max_batch = limits.max_batch,
                                        .max_queued_writes = limits.max_queued_writes});
  }

  TemporaryFolder folder_;
  Secret url_;
};

TEST_F(StoreContract, ReadsWhatWasWritten) {
  open();
  EXPECT_EQ(run(store_->write(enqueue("a"))), true);
  EXPECT_EQ(run(store_->write(enqueue("a"))), false) << "the work's own result comes back";
  EXPECT_EQ(run(store_->read(count_jobs)), 1);
}

TEST_F(StoreContract, GivesAWorkItsOwnErrorAndKeepsNothingOfIt) {
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

TEST_F(StoreContract, MakesAnInternalErrorOfAnException) {
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

TEST_F(StoreContract, CommitsWhatWaitsTogether) {
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

TEST_F(StoreContract, NeverPutsMoreIntoABatchThanItMay) {
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

TEST_F(StoreContract, RefusesWhatDoesNotFitIntoTheQueue) {
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

TEST_F(StoreContract, LetsACallerGoAtItsDeadlineAndStillCarriesOutTheWrite) {
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

TEST_F(StoreContract, CarriesOutAcceptedWritesWhenItCloses) {
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

TEST_F(StoreContract, ShowsAReaderOneSnapshot) {
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

TEST_F(StoreContract, RefusesToWriteInARead) {
  open();
  EXPECT_EQ(run(store_->read(enqueue("a"))).error().kind, ErrorKind::unavailable);
}

TEST_F(StoreContract, KeepsItsRowsAfterAReopening) {
  open();
  ASSERT_TRUE(run(store_->write(enqueue("a"))));
  store_.reset();
  open();
  EXPECT_EQ(run(store_->read(count_jobs)), 1);
}

TEST_F(StoreContract, LeavesTheNeighboursOfAFailingWorkAlone) {
  open();
  Gate gate;
  std::vector<std::string> outcomes;
  auto failing = [](Store& store, std::vector<std::string>& log) -> Task<void> {
    auto work = [](sql::Connection& db) -> Result<void> {
      auto added = Jobs(db, Owner::local()).enqueue({.id = "mine", .kind = "test"});
      if (!added) return fail(added);
      return fail(ErrorKind::forbidden);
    };
    auto done = co_await store.write(work);
    log.emplace_back(to_string(done.error().kind));
    co_return Result<void>{};
  };
  TaskGroup group(loop_);
  group.spawn("gate", write_through(*store_, gate));
  ASSERT_TRUE(run(let_others_run()));
  gate.reached.acquire();
  group.spawn("a", write_job(*store_, "a", outcomes));
  group.spawn("failing", failing(*store_, outcomes));
  group.spawn("b", write_job(*store_, "b", outcomes));
  ASSERT_TRUE(run(let_others_run()));
  gate.opened.release();
  ASSERT_TRUE(run(group.join()));
  EXPECT_THAT(outcomes, ::testing::ElementsAre("a: ok", "forbidden", "b: ok"));
  EXPECT_EQ(store_->stats().batch_retries, 0U);
  EXPECT_EQ(run(store_->read(count_jobs)), 2);
}

/// A work that goes on after a statement of its has broken a constraint.
Result<bool> go_on_after_a_failure(sql::Connection& db) {
  if (auto added = Jobs(db, Owner::local()).enqueue({.id = "before", .kind = "test"}); !added) return added;
  auto broken = db.execute(
      "INSERT INTO transcript_entries (call_id, said_at, seq, role, said) VALUES ('nobody', 0, 1, 'user', 'Hello')");
  if (broken || broken.error().kind != ErrorKind::conflict) return fail(ErrorKind::internal, {}, "no conflict");
  return Jobs(db, Owner::local()).enqueue({.id = "after", .kind = "test"});
}

TEST_F(StoreContract, LetsAWorkGoOnAfterAStatementThatFailed) {
  open();
  EXPECT_EQ(run(store_->write(go_on_after_a_failure)), true);
  EXPECT_EQ(run(store_->read(count_jobs)), 2) << "only the failed statement is undone";
}

TEST_F(StoreContract, LetsAWorkAmongOthersGoOnAfterAStatementThatFailed) {
  open();
  Gate gate;
  std::vector<std::string> outcomes;
  auto going_on = [](Store& store, std::vector<std::string>& log) -> Task<void> {
    auto done = co_await store.write(go_on_after_a_failure);
    log.emplace_back(done ? "went on" : done.error().log_text());
    co_return Result<void>{};
  };
  TaskGroup group(loop_);
  group.spawn("gate", write_through(*store_, gate));
  ASSERT_TRUE(run(let_others_run()));
  gate.reached.acquire();
  group.spawn("a", write_job(*store_, "a", outcomes));
  group.spawn("going on", going_on(*store_, outcomes));
  group.spawn("b", write_job(*store_, "b", outcomes));
  ASSERT_TRUE(run(let_others_run()));
  gate.opened.release();
  ASSERT_TRUE(run(group.join()));
  EXPECT_THAT(outcomes, ::testing::ElementsAre("a: ok", "went on", "b: ok"));
  EXPECT_EQ(run(store_->read(count_jobs)), 4);
}

TEST_F(StoreContract, TellsNobodyOkWhoseChangesAreLost) {
  open();
  auto work = [](sql::Connection& db) -> Result<bool> {
    auto added = Jobs(db, Owner::local()).enqueue({.id = "a", .kind = "test"});
    static_cast<void>(db.execute("ROLLBACK"));  // whatever ended the transaction
    return added;
  };
  EXPECT_FALSE(run(store_->write(work)));
  EXPECT_TRUE(run(store_->write(enqueue("b"))));
  EXPECT_EQ(run(store_->read(count_jobs)), 1);
}

}  // namespace
}  // namespace offhook::store
