#include "store/postgres_store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "async/task_group.hpp"
#include "store/sql/postgres_connection.hpp"
#include "store/testing/database.hpp"
#include "store/testing/postgres_relay.hpp"
#include "store/testing/private_postgres.hpp"
#include "store/testing/store_works.hpp"

// What a store on PostgreSQL does beyond the contract of all stores: others write at the same time, and the server
// goes and comes back.

namespace offhook::store {
namespace {

using namespace testing;
using namespace std::chrono_literals;
using Moment = PostgresRelay::Moment;

class PostgresStoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!is_on_postgres()) GTEST_SKIP() << "this run is about SQLite";
    url_ = PrivatePostgres::shared().new_url();
  }
  std::unique_ptr<Store> open(PostgresStoreOptions options = {}) {
    options.url = url_;
    options.first_retry = 1ms;
    options.longest_retry = 1ms;
    return open_postgres_store(clock_, options).value();
  }
  template <class T>
  Result<T> run(Task<T> task) {
    return loop_.block_on(std::move(task));
  }

  RealClock clock_;
  Loop loop_{clock_, 1};
  Secret url_;
};

Result<std::string> isolation_level(sql::Connection& db) {
  std::string level;
  auto asked = db.query("SHOW transaction_isolation", {}, [&](const sql::Row& row) -> Result<void> {
    level = row.string(0);
    return {};
  });
  if (!asked) return fail(asked);
  return level;
}

Result<std::string> isolation_level_after_a_failure(sql::Connection& db) {
  EXPECT_FALSE(db.execute("SELECT 1 / 0"));
  return isolation_level(db);
}

Task<void> note_isolation_level(Store& store, std::vector<std::string>& levels) {
  auto level = co_await store.write(isolation_level);
  levels.push_back(level.value_or("failed"));
  co_return Result<void>{};
}

TEST_F(PostgresStoreTest, IsolatesEveryWriteAndEveryReadAsItPromises) {
  auto store = open();
  EXPECT_EQ(run(store->write(isolation_level)), "serializable");
  EXPECT_EQ(run(store->write(isolation_level_after_a_failure)), "serializable");
  EXPECT_EQ(run(store->read(isolation_level)), "repeatable read");
  EXPECT_EQ(run(store->read(isolation_level_after_a_failure)), "repeatable read");
  Gate gate;
  std::vector<std::string> levels;
  TaskGroup group(loop_);
  group.spawn("gate", write_through(*store, gate));
  ASSERT_TRUE(run(let_others_run()));
  gate.reached.acquire();
  for (int i = 0; i < 2; ++i) group.spawn("in a group", note_isolation_level(*store, levels));
  ASSERT_TRUE(run(let_others_run()));
  gate.opened.release();
  ASSERT_TRUE(run(group.join()));
  EXPECT_THAT(levels, ::testing::ElementsAre("serializable", "serializable"));
  EXPECT_EQ(store->stats().largest_batch, 2U);
}

/// Reads the number that is there and stores one more: right only when nobody comes between.
Result<std::int64_t> count_up(sql::Connection& db) {
  std::int64_t count = 0;
  auto asked = db.query("SELECT attempts FROM jobs WHERE id = 'counter'", {}, [&](const sql::Row& row) -> Result<void> {
    count = row.integer(0);
    return {};
  });
  if (!asked) return fail(asked);
  ++count;
  auto stored = db.execute("UPDATE jobs SET attempts = ? WHERE id = 'counter'", {count});
  if (!stored) return fail(stored);
  return count;
}

Task<void> count_up_often(Store& store, int times, int& failures) {
  for (int i = 0; i < times; ++i) {
    auto counted = co_await store.write(count_up);
    if (!counted) ++failures;
  }
  co_return Result<void>{};
}

TEST_F(PostgresStoreTest, LosesNoUpdateAmongManyWriters) {
  auto one = open({.seed = 1, .writers = 3});
  auto other = open({.seed = 100, .writers = 3});
  ASSERT_TRUE(run(one->write(enqueue("counter"))));
  int failures = 0;
  TaskGroup group(loop_);
  for (int i = 0; i < 4; ++i) {
    group.spawn("one", count_up_often(*one, 10, failures));
    group.spawn("other", count_up_often(*other, 10, failures));
  }
  ASSERT_TRUE(run(group.join()));
  std::int64_t count = 0;
  ASSERT_TRUE(run(one->read([&count](sql::Connection& db) {
    return db.query("SELECT attempts FROM jobs WHERE id = 'counter'", {}, [&](const sql::Row& row) -> Result<void> {
      count = row.integer(0);
      return {};
    });
  })));
  EXPECT_EQ(count + failures, 80) << "what was answered counts, what was refused does not";
  EXPECT_GT(count, 40) << "and most comes through";
}

/// Two rows of which at least one has to stay: each work removes one after having seen both. With anything less
/// than SERIALIZABLE both would go.
Task<void> leave_post(Store& store, std::string leaving, std::string staying, int& left) {
  auto work = [leaving, staying](sql::Connection& db) -> Result<bool> {
    auto other = Jobs(db, Owner::local()).find(staying);
    if (!other) return fail(other);
    if (!*other) return false;
    auto removed = db.execute("DELETE FROM jobs WHERE id = ?", {leaving});
    if (!removed) return fail(removed);
    return true;
  };
  auto done = co_await store.write(work);
  if (done && *done) ++left;
  co_return Result<void>{};
}

TEST_F(PostgresStoreTest, LetsNoTwoWritesBelieveWhatTheOtherIsChanging) {
  auto one = open();
  auto other = open();
  for (int round = 0; round < 20; ++round) {
    const std::string a = "a" + std::to_string(round);
    const std::string b = "b" + std::to_string(round);
    ASSERT_TRUE(run(one->write(enqueue(a))));
    ASSERT_TRUE(run(one->write(enqueue(b))));
    int left = 0;
    TaskGroup group(loop_);
    group.spawn("a", leave_post(*one, a, b, left));
    group.spawn("b", leave_post(*other, b, a, left));
    ASSERT_TRUE(run(group.join()));
    EXPECT_EQ(left, 1) << "round " << round;
  }
}

TEST_F(PostgresStoreTest, TakesAnIdleConnectionThatWasClosedForNoFailure) {
  auto store = open({.writers = 1, .readers = 1});
  ASSERT_TRUE(run(store->write(enqueue("a"))));
  PrivatePostgres::shared().stop();
  PrivatePostgres::shared().start();
  EXPECT_EQ(run(store->write(enqueue("b"))), true);
  EXPECT_EQ(run(store->read(count_jobs)), 2);
}

TEST_F(PostgresStoreTest, SaysUnavailableWhileTheServerIsAwayAndGoesOnWhenItIsBack) {
  auto store = open();
  ASSERT_TRUE(run(store->write(enqueue("a"))));
  PrivatePostgres::shared().stop();
  for (int i = 0; i < 5; ++i) {
    auto written = run(store->write(enqueue("b")));
    EXPECT_EQ(written.error().kind, ErrorKind::unavailable);
    EXPECT_TRUE(written.error().client.empty());
    EXPECT_EQ(run(store->read(count_jobs)).error().kind, ErrorKind::unavailable);
  }
  PrivatePostgres::shared().start();
  while (!run(store->write(enqueue("c")))) {  // each writer may try again in a millisecond
  }
  auto count = run(store->read(count_jobs));
  while (!count) count = run(store->read(count_jobs));
  EXPECT_EQ(count, 2) << "what was refused is not there";
}

class PostgresCut : public PostgresStoreTest {
 protected:
  void SetUp() override {
    PostgresStoreTest::SetUp();
    if (IsSkipped()) return;
    relay_ = std::make_unique<PostgresRelay>(PrivatePostgres::shared().folder());
    url_ = PrivatePostgres::shared().new_url(relay_->folder());
    store_ = open({.writers = 1, .readers = 1});
  }
  void TearDown() override {
    store_.reset();
    relay_.reset();
  }
  /// Enqueues "a" and counts how often it ran.
  auto counted_enqueue() {
    return [this](sql::Connection& db) {
      ++runs_;
      return Jobs(db, Owner::local()).enqueue({.id = "a", .kind = "bound"});
    };
  }
  std::unique_ptr<PostgresRelay> relay_;
  std::unique_ptr<Store> store_;
  std::atomic<int> runs_{0};
};

TEST_F(PostgresCut, BeforeTheCommitIsMadeGood) {
  // A bound value is sent with the statement each time, its text only when it is prepared.
  for (const char* text : {"BEGIN", "bound"}) {
    runs_ = 0;
    ASSERT_TRUE(run(store_->write([](sql::Connection& db) { return db.execute("DELETE FROM jobs"); })));
    relay_->cut_at(text, Moment::after_the_server_answered);
    EXPECT_EQ(run(store_->write(counted_enqueue())), true) << text;
    EXPECT_EQ(runs_, std::string_view(text) == "BEGIN" ? 1 : 2);
    EXPECT_EQ(run(store_->read(count_jobs)), 1);
  }
}

TEST_F(PostgresCut, InTheCommitIsToldAndNotDoneAgain) {
  relay_->cut_at("COMMIT", Moment::after_the_server_answered);
  auto written = run(store_->write(counted_enqueue()));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, ErrorKind::unavailable);
  EXPECT_NE(written.error().log.find("not known"), std::string::npos) << written.error().log;
  EXPECT_EQ(runs_, 1);
  EXPECT_EQ(run(store_->read(count_jobs)), 1) << "this time it was stored";
  EXPECT_EQ(run(store_->write(counted_enqueue())), false) << "and the sender, who comes again, finds it";
}

TEST_F(PostgresCut, JustBeforeTheCommitLooksTheSame) {
  relay_->cut_at("COMMIT", Moment::before_the_server_has_it);
  EXPECT_EQ(run(store_->write(counted_enqueue())).error().kind, ErrorKind::unavailable);
  EXPECT_EQ(runs_, 1);
  EXPECT_EQ(run(store_->read(count_jobs)), 0) << "this time it was not";
  EXPECT_EQ(run(store_->write(counted_enqueue())), true);
}

TEST_F(PostgresCut, OfABatchBeforeItsCommitIsMadeGoodForAll) {
  for (const bool is_at_commit : {false, true}) {
    ASSERT_TRUE(run(store_->write([](sql::Connection& db) { return db.execute("DELETE FROM jobs"); })));
    Gate gate;
    std::vector<std::string> outcomes;
    TaskGroup group(loop_);
    group.spawn("gate", write_through(*store_, gate));
    ASSERT_TRUE(run(let_others_run()));
    gate.reached.acquire();
    for (const char* id : {"a", "b", "c"}) group.spawn(id, write_job(*store_, id, outcomes));
    ASSERT_TRUE(run(let_others_run()));
    // The gate's own transaction has no savepoint; its COMMIT comes first.
    relay_->cut_at(is_at_commit ? "RELEASE job; SAVEPOINT job" : "SAVEPOINT job", Moment::after_the_server_answered);
    const int connections = relay_->accepted();
    gate.opened.release();
    ASSERT_TRUE(run(group.join()));
    EXPECT_EQ(relay_->accepted(), connections + 1) << "it was cut";
    EXPECT_THAT(outcomes, ::testing::ElementsAre("a: ok", "b: ok", "c: ok"));
    EXPECT_EQ(run(store_->read(count_jobs)), 3);
  }
}

TEST_F(PostgresCut, InABatchsCommitIsToldToAllOfIt) {
  Gate gate;
  std::vector<std::string> outcomes;
  TaskGroup group(loop_);
  group.spawn("gate", write_through(*store_, gate));
  ASSERT_TRUE(run(let_others_run()));
  gate.reached.acquire();
  auto arm = [](Store& store, PostgresRelay& relay) -> Task<void> {
    auto work = [&relay](sql::Connection&) -> Result<void> {
      relay.cut_at("COMMIT", Moment::after_the_server_answered);
      return {};
    };
    co_return co_await store.write(work);
  };
  group.spawn("a", write_job(*store_, "a", outcomes));
  group.spawn("arm", arm(*store_, *relay_));
  group.spawn("b", write_job(*store_, "b", outcomes));
  ASSERT_TRUE(run(let_others_run()));
  gate.opened.release();
  ASSERT_TRUE(run(group.join()));
  EXPECT_THAT(outcomes, ::testing::ElementsAre("a: unavailable", "b: unavailable"));
  EXPECT_EQ(run(store_->read(count_jobs)), 2) << "both were stored";
  EXPECT_EQ(run(store_->write(enqueue("a"))), false);
}

TEST_F(PostgresCut, OfAReadIsMadeGood) {
  ASSERT_TRUE(run(store_->write(enqueue("a"))));
  relay_->cut_at("SELECT COUNT", Moment::before_the_server_has_it);
  EXPECT_EQ(run(store_->read(count_jobs)), 1);
}

TEST_F(PostgresStoreTest, RefusesADatabaseOfANewerProgram) {
  ASSERT_TRUE(open());
  auto db = sql::open_postgres(clock_, {.url = sql::PostgresUrl::parse(url_).value()}).value();
  ASSERT_TRUE(db->execute("INSERT INTO schema_migrations (version, name, applied_at) VALUES (9000, '9000_x.sql', 0)"));
  auto opened = open_postgres_store(clock_, {.url = url_});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind, ErrorKind::invalid_argument);
  EXPECT_NE(opened.error().client.find("newer Offhook"), std::string::npos);
}

TEST_F(PostgresStoreTest, WaitsNoLongerThanItMayForAnotherThatMigrates) {
  ASSERT_TRUE(open());
  auto db = sql::open_postgres(clock_, {.url = sql::PostgresUrl::parse(url_).value()}).value();
  ASSERT_TRUE(db->execute("SELECT pg_advisory_lock(31366428376362859)"));
  auto opened = open_postgres_store(clock_, {.url = url_, .migration_timeout = 50ms});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind, ErrorKind::unavailable);
  EXPECT_NE(opened.error().log.find("another process"), std::string::npos) << opened.error().log;
}

}  // namespace
}  // namespace offhook::store
