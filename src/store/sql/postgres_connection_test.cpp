#include "store/sql/postgres_connection.hpp"

#include <gtest/gtest.h>

#include "store/testing/database.hpp"
#include "store/testing/postgres_relay.hpp"
#include "store/testing/private_postgres.hpp"

// What only PostgreSQL does. What every connection does is in connection_contract_test.cpp.

namespace offhook::sql {
namespace {

using store::testing::PostgresRelay;
using store::testing::PrivatePostgres;
using namespace std::chrono_literals;

class PostgresConnectionTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!store::testing::is_on_postgres()) GTEST_SKIP() << "this run is about SQLite";
    url_ = PrivatePostgres::shared().new_url();
    db_ = open();
    ASSERT_TRUE(db_->execute("CREATE TABLE things (id TEXT NOT NULL PRIMARY KEY, number BIGINT NOT NULL)"));
    ASSERT_TRUE(db_->execute("INSERT INTO things (id, number) VALUES ('a', 1), ('b', 2)"));
  }
  std::unique_ptr<PostgresConnection> open(PostgresOptions options = {}) {
    options.url = PostgresUrl::parse(url_).value();
    return open_postgres(clock_, options).value();
  }
  static std::int64_t number(Connection& db, std::string_view sql, Values values = {}) {
    std::int64_t found = -1;
    auto asked = db.query(sql, values, [&](const Row& row) -> Result<void> {
      found = row.integer(0);
      return {};
    });
    EXPECT_TRUE(asked) << asked.error().log_text();
    return found;
  }
  void end_session_of(PostgresConnection& db) {
    const std::int64_t process = number(db, "SELECT pg_backend_pid()");
    ASSERT_EQ(number(*open(), "SELECT CASE WHEN pg_terminate_backend(?) THEN 1 ELSE 0 END", {process}), 1);
  }

  RealClock clock_;
  Secret url_;
  std::unique_ptr<PostgresConnection> db_;
};

TEST_F(PostgresConnectionTest, SaysWhatAFailureMeans) {
  const struct {
    const char* sql;
    ErrorKind kind;
    Trouble trouble;
  } cases[] = {
      {"INSERT INTO things (id, number) VALUES ('a', 1)", ErrorKind::conflict, Trouble::statement},
      {"INSERT INTO things (id, number) VALUES ('c', NULL)", ErrorKind::conflict, Trouble::statement},
      {"SELEKT", ErrorKind::internal, Trouble::statement},
      {"SELECT 1 / 0", ErrorKind::internal, Trouble::statement},
      {"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40001'; END $$", ErrorKind::unavailable, Trouble::transaction},
      {"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40P01'; END $$", ErrorKind::unavailable, Trouble::transaction},
      {"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '53100'; END $$", ErrorKind::unavailable, Trouble::statement},
      {"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '25006'; END $$", ErrorKind::unavailable, Trouble::statement},
  };
  for (const auto& [sql, kind, trouble] : cases) {
    auto result = db_->execute(sql);
    ASSERT_FALSE(result) << sql;
    EXPECT_EQ(result.error().kind, kind) << sql;
    EXPECT_TRUE(result.error().client.empty());
    EXPECT_EQ(db_->last_failure(), result.error().log);
    EXPECT_EQ(db_->take_trouble(), trouble) << sql;
    EXPECT_EQ(db_->take_trouble(), Trouble::none) << "it is forgotten";
    EXPECT_FALSE(db_->is_lost());
  }
}

TEST_F(PostgresConnectionTest, LogsNoValuesOfRows) {
  auto result = db_->execute("INSERT INTO things (id, number) VALUES (?, ?)", {"a", 4155550101});
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().log.find("things_pkey"), std::string::npos) << result.error().log;
  EXPECT_EQ(result.error().log.find("(a)"), std::string::npos) << result.error().log;
}

TEST_F(PostgresConnectionTest, EndsAStatementThatTakesTooLong) {
  auto db = open({.statement_timeout = 50ms});
  auto result = db->execute("SELECT pg_sleep(60)");
  EXPECT_EQ(result.error().kind, ErrorKind::unavailable);
  EXPECT_FALSE(db->is_lost()) << "the server said so itself";
  ASSERT_TRUE(db->limit_statements(60s));
  EXPECT_TRUE(db->execute("SELECT pg_sleep(0.1)"));
}

TEST_F(PostgresConnectionTest, GivesUpANetworkThatHasGoneSilent) {
  PostgresRelay relay(PrivatePostgres::shared().folder());
  url_ = PrivatePostgres::shared().new_url(relay.folder());
  auto db = open({.connect_timeout = 100ms, .statement_timeout = 50ms});
  EXPECT_EQ(number(*db, "SELECT 7"), 7);
  relay.set_silent(true);
  auto result = db->execute("SELECT 1");
  EXPECT_EQ(result.error().kind, ErrorKind::unavailable);
  EXPECT_TRUE(db->is_lost());
  EXPECT_EQ(db->take_trouble(), Trouble::lost);
  auto connected = db->reconnect();
  ASSERT_FALSE(connected) << "nobody answers there either, and that is noticed too";
  EXPECT_EQ(connected.error().kind, ErrorKind::unavailable);
  relay.set_silent(false);
  ASSERT_TRUE(db->reconnect());
  EXPECT_EQ(number(*db, "SELECT 7"), 7);
}

TEST_F(PostgresConnectionTest, PreparesAnewAfterAReconnection) {
  EXPECT_EQ(number(*db_, "SELECT number FROM things WHERE id = ?", {"a"}), 1);
  end_session_of(*db_);
  auto lost = db_->execute("UPDATE things SET number = 9");
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().kind, ErrorKind::unavailable);
  EXPECT_EQ(db_->take_trouble(), Trouble::lost);
  EXPECT_EQ(db_->execute("SELECT 1").error().kind, ErrorKind::unavailable) << "and stays lost";
  ASSERT_TRUE(db_->reconnect());
  EXPECT_EQ(number(*db_, "SELECT number FROM things WHERE id = ?", {"a"}), 1);
  EXPECT_EQ(db_->take_trouble(), Trouble::none);
}

TEST_F(PostgresConnectionTest, KeepsAFewPreparedStatementsOnly) {
  auto db = open({.max_cached_statements = 10});
  for (int i = 0; i < 50; ++i) EXPECT_EQ(number(*db, "SELECT ? + " + std::to_string(i), {1}), i + 1);
  EXPECT_LE(number(*db, "SELECT COUNT(*) FROM pg_prepared_statements"), 10);
}

TEST_F(PostgresConnectionTest, PreparesAStatementOnce) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(number(*db_, "SELECT number FROM things WHERE id = ?", {"b"}), 2);
  EXPECT_EQ(number(*db_, "SELECT COUNT(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT number%'"), 1);
}

TEST_F(PostgresConnectionTest, PreparesAgainWhenATableHasChanged) {
  const char* sql = "SELECT * FROM things WHERE id = ?";
  EXPECT_TRUE(db_->execute(sql, {"a"}));
  ASSERT_TRUE(open()->execute("ALTER TABLE things ADD COLUMN more TEXT"));
  EXPECT_FALSE(db_->execute(sql, {"a"}));
  EXPECT_EQ(db_->take_trouble(), Trouble::transaction) << "the same again";
  EXPECT_TRUE(db_->execute(sql, {"a"}));
}

TEST_F(PostgresConnectionTest, PreparesAgainWhatSomebodyDeallocated) {
  const char* sql = "SELECT number FROM things WHERE id = ?";
  EXPECT_TRUE(db_->execute(sql, {"a"}));
  ASSERT_TRUE(db_->execute("DISCARD ALL")) << "as poolers do between clients";
  EXPECT_FALSE(db_->execute(sql, {"a"}));
  EXPECT_EQ(db_->take_trouble(), Trouble::transaction);
}

TEST_F(PostgresConnectionTest, UndoesAFailedStatementOnlyWhenItIsCareful) {
  for (const bool is_careful : {false, true}) {
    ASSERT_TRUE(db_->execute("BEGIN"));
    db_->set_careful(is_careful);
    ASSERT_TRUE(db_->execute("UPDATE things SET number = number + 10"));
    EXPECT_FALSE(db_->execute("INSERT INTO things (id, number) VALUES ('a', 1)"));
    EXPECT_EQ(db_->take_trouble(), is_careful ? Trouble::none : Trouble::statement);
    EXPECT_EQ(db_->execute("INSERT INTO things (id, number) VALUES ('c', 3)").has_value(), is_careful);
    db_->set_careful(false);
    auto committed = db_->execute("COMMIT");
    EXPECT_EQ(committed.has_value(), is_careful) << "PostgreSQL would roll a doomed transaction back and say so softly";
    static_cast<void>(db_->execute("ROLLBACK"));
    static_cast<void>(db_->take_trouble());
  }
  EXPECT_EQ(number(*db_, "SELECT number FROM things WHERE id = 'a'"), 11);
  EXPECT_EQ(number(*db_, "SELECT COUNT(*) FROM things"), 3);
}

TEST_F(PostgresConnectionTest, CommitsNothingWhereThereIsNoTransaction) {
  EXPECT_EQ(db_->execute("COMMIT").error().kind, ErrorKind::internal);
}

TEST_F(PostgresConnectionTest, ReadsNumbersAsSqliteDoes) {
  ASSERT_TRUE(db_->query("SELECT 2.75, SUM(number), COUNT(*) > 0, 'word', 1e300, -0.5 FROM things", {},
                         [](const Row& row) -> Result<void> {
                           EXPECT_EQ(row.integer(0), 2);
                           EXPECT_EQ(row.real(0), 2.75);
                           EXPECT_EQ(row.integer(1), 3);
                           EXPECT_EQ(row.integer(2), 1);
                           EXPECT_EQ(row.integer(3), 0);
                           EXPECT_EQ(row.real(4), 1e300);
                           EXPECT_EQ(row.integer(5), 0);
                           return {};
                         }));
}

TEST_F(PostgresConnectionTest, SaysWhyItCannotConnectWithoutThePassword) {
  const std::string place = "/postgres?host=" + PrivatePostgres::shared().folder();
  for (const std::string& url : {"postgres://nobody:s3cret@" + place, "postgres://s3cret:s3cret@" + place,
                                 std::string("postgres://offhook:s3cret@127.0.0.1:1/postgres")}) {
    auto opened = open_postgres(clock_, {.url = PostgresUrl::parse(Secret(url)).value(), .connect_timeout = 2s});
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().kind, ErrorKind::unavailable);
    EXPECT_TRUE(opened.error().client.empty());
    EXPECT_EQ(opened.error().log.find("s3cret"), std::string::npos) << opened.error().log;
    EXPECT_EQ(opened.error().log.find('\n'), std::string::npos) << opened.error().log;
  }
}

}  // namespace
}  // namespace offhook::sql
