#include "store/group_commit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/jobs.hpp"
#include "store/testing/database.hpp"

namespace offhook::store {
namespace {

using ::testing::ElementsAre;
using Events = std::vector<std::string>;

/// Passes everything on, writes down each statement, and refuses those it was told to.
class WatchedConnection final : public sql::Connection {
 public:
  WatchedConnection(sql::Connection& db, Events& events) : db_(db), events_(events) {}

  /// Refuses the `nth` run (from 1) of the statement `sql`.
  void refuse(std::string sql, int nth) {
    refused_sql_ = std::move(sql);
    refused_nth_ = nth;
  }
  using Connection::execute;
  using Connection::query;
  Result<void> query(std::string_view sql, std::span<const sql::Value> values, const sql::EachRow& each) override {
    return db_.query(sql, values, each);
  }
  Result<std::int64_t> execute(std::string_view sql, std::span<const sql::Value> values) override {
    if (sql == refused_sql_ && --refused_nth_ == 0) {
      events_.push_back("refused " + std::string(sql));
      return fail(ErrorKind::unavailable, {}, "the disk refuses");
    }
    if (values.empty()) events_.emplace_back(sql);
    return db_.execute(sql, values);
  }
  Result<void> run_script(std::string_view sql) override { return db_.run_script(sql); }
  bool in_transaction() const override { return db_.in_transaction(); }

 private:
  sql::Connection& db_;
  Events& events_;
  std::string refused_sql_;
  int refused_nth_ = 0;
};

/// Enqueues a job row named `name`, then does what `then` says.
class TestJob final : public Store::Job {
 public:
  using Then = std::function<Result<void>(sql::Connection&)>;
  TestJob(std::string name, Events& events, Then then)
      : name_(std::move(name)), events_(events), then_(std::move(then)) {}
  bool run(sql::Connection& db) noexcept override {
    outcome_ = {};
    if (auto done = Jobs(db, Owner::local()).enqueue({.id = name_, .kind = "test"}); !done) outcome_ = fail(done);
    if (outcome_ && then_) outcome_ = then_(db);
    return outcome_.has_value();
  }
  void finish(std::optional<Error> failure) override {
    const Error* error = failure ? &*failure : outcome_ ? nullptr : &outcome_.error();
    events_.push_back(name_ + ": " + (error == nullptr ? "ok" : std::string(to_string(error->kind))));
  }

 private:
  std::string name_;
  Events& events_;
  Then then_;
  Result<void> outcome_;
};

class GroupCommit : public ::testing::Test {
 protected:
  void add(std::string name, TestJob::Then then = {}) {
    jobs_.push_back(std::make_unique<TestJob>(std::move(name), events_, std::move(then)));
  }
  BatchOutcome run() { return run_batch(watched_, "BEGIN IMMEDIATE", jobs_); }
  Events stored() {
    Events ids;
    EXPECT_TRUE(db_->query("SELECT id FROM jobs ORDER BY id", {}, [&](const sql::Row& row) -> Result<void> {
      ids.push_back(row.string(0));
      return {};
    }));
    return ids;
  }

  std::unique_ptr<sql::Connection> db_ = testing::migrated_database();
  Events events_;
  WatchedConnection watched_{*db_, events_};
  std::vector<std::unique_ptr<Store::Job>> jobs_;
};

Result<void> break_the_rules(sql::Connection&) { return fail(ErrorKind::forbidden); }

TEST_F(GroupCommit, AnswersEverybodyAfterTheOneCommit) {
  add("a");
  add("b");
  EXPECT_FALSE(run().was_retried);
  EXPECT_THAT(events_, ElementsAre("BEGIN IMMEDIATE", "COMMIT", "a: ok", "b: ok"));
  EXPECT_THAT(stored(), ElementsAre("a", "b"));
}

TEST_F(GroupCommit, NeedsNoSavepointForOne) {
  add("a");
  run();
  EXPECT_THAT(events_, ElementsAre("BEGIN IMMEDIATE", "COMMIT", "a: ok"));
  EXPECT_THAT(stored(), ElementsAre("a"));
}

TEST_F(GroupCommit, RollsBackTheOneThatFails) {
  add("a", break_the_rules);
  run();
  EXPECT_THAT(events_, ElementsAre("BEGIN IMMEDIATE", "ROLLBACK", "a: forbidden"));
  EXPECT_TRUE(stored().empty());
}

TEST_F(GroupCommit, TakesSavepointsWhenAJobFails) {
  add("a");
  add("b", break_the_rules);
  EXPECT_FALSE(run().was_retried);
  EXPECT_THAT(events_,
              ElementsAre("BEGIN IMMEDIATE", "ROLLBACK", "BEGIN IMMEDIATE", "SAVEPOINT job", "RELEASE job",
                          "SAVEPOINT job", "ROLLBACK TO job", "RELEASE job", "COMMIT", "a: ok", "b: forbidden"));
  EXPECT_THAT(stored(), ElementsAre("a"));
}

TEST_F(GroupCommit, LeavesTheNeighboursOfAFailingJobAlone) {
  add("a");
  add("b", break_the_rules);
  add("c", [](sql::Connection& db) -> Result<void> {
    auto wrong = db.execute("INSERT INTO jobs (id) VALUES (NULL)");
    return wrong ? Result<void>() : fail(wrong);
  });
  add("d");
  EXPECT_FALSE(run().was_retried);
  EXPECT_THAT(stored(), ElementsAre("a", "d"));
  EXPECT_THAT(Events(events_.end() - 4, events_.end()), ElementsAre("a: ok", "b: forbidden", "c: conflict", "d: ok"));
}

struct Refusal {
  std::string name;
  std::string sql;
  int nth;
};
class BatchFailure : public GroupCommit, public ::testing::WithParamInterface<Refusal> {};

TEST_P(BatchFailure, IsMadeGoodByRunningOneByOne) {
  add("a");
  add("b", break_the_rules);
  add("c");
  watched_.refuse(GetParam().sql, GetParam().nth);
  EXPECT_TRUE(run().was_retried);
  EXPECT_THAT(stored(), ElementsAre("a", "c"));
  const auto refused = std::ranges::find(events_, "refused " + GetParam().sql);
  ASSERT_NE(refused, events_.end());
  const Events before(events_.begin(), refused);
  EXPECT_THAT(before, ::testing::Not(::testing::Contains("a: ok"))) << "nobody is answered twice, or too early";
  EXPECT_THAT(Events(refused + 1, events_.end()),
              ElementsAre("ROLLBACK", "BEGIN IMMEDIATE", "COMMIT", "a: ok", "BEGIN IMMEDIATE", "ROLLBACK",
                          "b: forbidden", "BEGIN IMMEDIATE", "COMMIT", "c: ok"));
}

INSTANTIATE_TEST_SUITE_P(Statements, BatchFailure,
                         ::testing::Values(Refusal{"Savepoint", "SAVEPOINT job", 2},
                                           Refusal{"Release", "RELEASE job", 1},
                                           Refusal{"RollbackTo", "ROLLBACK TO job", 1}, Refusal{"Commit", "COMMIT", 1}),
                         [](const auto& info) { return info.param.name; });

TEST_F(GroupCommit, FailsOnlyTheJobWhoseOwnTransactionFails) {
  add("a");
  add("b");
  add("c");
  watched_.refuse("COMMIT", 1);
  // The batch's COMMIT is the first; once that is refused, the second of b's neighbours' is refused too.
  auto refuse_again = [this](sql::Connection&) -> Result<void> {
    watched_.refuse("COMMIT", 1);
    return {};
  };
  jobs_[1] = std::make_unique<TestJob>("b", events_, refuse_again);
  EXPECT_TRUE(run().was_retried);
  EXPECT_THAT(stored(), ElementsAre("a", "c"));
  EXPECT_THAT(events_, ::testing::IsSupersetOf({"a: ok", "b: unavailable", "c: ok"}));
}

TEST_F(GroupCommit, SurvivesADatabaseThatEndsTheTransactionByItself) {
  add("a");
  add("b", [](sql::Connection& db) -> Result<void> {
    // As SQLite does on a full disk, whatever the work makes of it.
    static_cast<void>(db.execute("ROLLBACK"));
    return {};
  });
  add("c");
  EXPECT_TRUE(run().was_retried);
  EXPECT_THAT(stored(), ElementsAre("a", "c"));
  EXPECT_THAT(Events(events_.end() - 1, events_.end()), ElementsAre("c: ok"));
  EXPECT_THAT(events_, ::testing::Contains("b: internal")) << "its changes are lost, so it must not be told ok";
}

TEST_F(GroupCommit, KeepsNothingOfARead) {
  add("a");
  run_read(watched_, *jobs_.front());
  EXPECT_THAT(events_, ElementsAre("BEGIN", "ROLLBACK", "a: ok"));
  EXPECT_TRUE(stored().empty());
}

}  // namespace
}  // namespace offhook::store
