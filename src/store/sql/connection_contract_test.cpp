#include <gtest/gtest.h>

#include "store/sql/sqlite_connection.hpp"
#include "store/testing/database.hpp"
#include "store/testing/temporary_folder.hpp"

// What every sql::Connection promises, whatever the database behind it.

namespace offhook::sql {
namespace {

struct Database {
  std::string name;
  std::function<std::unique_ptr<Connection>()> open;  ///< a connection to an empty database
};

class ConnectionContract : public ::testing::TestWithParam<Database> {
 protected:
  void SetUp() override {
    ASSERT_TRUE(
        db_->execute("CREATE TABLE things (id TEXT NOT NULL PRIMARY KEY, number BIGINT, part DOUBLE PRECISION, "
                     "parent TEXT REFERENCES things (id))"));
  }
  Result<std::int64_t> add(std::string_view id, std::int64_t number) {
    return db_->execute("INSERT INTO things (id, number) VALUES (?, ?)", {id, number});
  }
  std::vector<std::string> ids() {
    std::vector<std::string> found;
    EXPECT_TRUE(db_->query("SELECT id FROM things ORDER BY id", {}, [&](const Row& row) -> Result<void> {
      found.push_back(row.string(0));
      return {};
    }));
    return found;
  }
  using Ids = std::vector<std::string>;

  std::unique_ptr<Connection> db_ = GetParam().open();
};

TEST_P(ConnectionContract, GivesBackWhatWasBound) {
  const std::string text("a\0b '\"; \xF0\x9F\x8F\xA0", 11);
  const UtcTime time(std::chrono::microseconds(1'772'463'600'123'456));
  ASSERT_TRUE(db_->execute("CREATE TABLE kinds (a TEXT, b BIGINT, c DOUBLE PRECISION, d BIGINT, e BIGINT, f TEXT)"));
  ASSERT_TRUE(db_->execute("INSERT INTO kinds (a, b, c, d, e, f) VALUES (?, ?, ?, ?, ?, ?)",
                           {text, INT64_MIN, 0.1, true, time, nullptr}));
  int rows = 0;
  ASSERT_TRUE(db_->query("SELECT a, b, c, d, e, f FROM kinds", {}, [&](const Row& row) -> Result<void> {
    ++rows;
    EXPECT_EQ(row.string(0), text);
    EXPECT_EQ(row.integer(1), INT64_MIN);
    EXPECT_EQ(row.real(2), 0.1);
    EXPECT_EQ(row.integer(3), 1);
    EXPECT_EQ(row.time(4), time);
    EXPECT_TRUE(row.is_null(5));
    EXPECT_EQ(row.optional_time(5), std::nullopt);
    EXPECT_FALSE(row.is_null(0));
    return {};
  }));
  EXPECT_EQ(rows, 1);
}

TEST_P(ConnectionContract, TellsAnEmptyTextFromNoText) {
  ASSERT_TRUE(db_->execute("CREATE TABLE texts (a TEXT, b TEXT, c TEXT)"));
  ASSERT_TRUE(db_->execute("INSERT INTO texts (a, b, c) VALUES (?, ?, ?)",
                           {std::string_view(), std::optional<std::string>(), std::optional<std::string>("")}));
  ASSERT_TRUE(db_->query("SELECT a, b, c FROM texts", {}, [&](const Row& row) -> Result<void> {
    EXPECT_FALSE(row.is_null(0));
    EXPECT_TRUE(row.is_null(1));
    EXPECT_FALSE(row.is_null(2));
    return {};
  }));
}

TEST_P(ConnectionContract, CountsChangedRows) {
  ASSERT_EQ(add("a", 1), 1);
  ASSERT_EQ(add("b", 2), 1);
  EXPECT_EQ(db_->execute("UPDATE things SET number = number + 1"), 2);
  EXPECT_EQ(db_->execute("UPDATE things SET number = 0 WHERE id = ?", {"z"}), 0);
  EXPECT_EQ(db_->execute("INSERT INTO things (id, number) VALUES ('a', 9) ON CONFLICT DO NOTHING"), 0);
  EXPECT_EQ(db_->execute("DELETE FROM things"), 2);
}

TEST_P(ConnectionContract, MakesAConflictOfABrokenConstraint) {
  ASSERT_TRUE(add("a", 1));
  for (const char* sql : {"INSERT INTO things (id) VALUES ('a')", "INSERT INTO things (id) VALUES (NULL)",
                          "INSERT INTO things (id, parent) VALUES ('b', 'nobody')"}) {
    auto result = db_->execute(sql);
    ASSERT_FALSE(result) << sql;
    EXPECT_EQ(result.error().kind, ErrorKind::conflict) << sql;
    EXPECT_TRUE(result.error().client.empty()) << "the database's own words are for the log";
    EXPECT_FALSE(result.error().log.empty());
  }
}

TEST_P(ConnectionContract, MakesAnInternalErrorOfWrongSql) {
  EXPECT_EQ(db_->execute("SELEKT 1").error().kind, ErrorKind::internal);
  EXPECT_EQ(db_->execute("SELECT missing FROM things").error().kind, ErrorKind::internal);
  EXPECT_EQ(db_->execute("SELECT ?", {1, 2}).error().kind, ErrorKind::internal) << "too many values";
  EXPECT_EQ(db_->execute("SELECT ?").error().kind, ErrorKind::internal) << "too few values";
  EXPECT_EQ(db_->execute("").error().kind, ErrorKind::internal);
  EXPECT_TRUE(add("a", 1)) << "and goes on working";
}

TEST_P(ConnectionContract, StopsAtTheRowThatFails) {
  for (const char* id : {"a", "b", "c"}) ASSERT_TRUE(add(id, 1));
  int seen = 0;
  auto result = db_->query("SELECT id FROM things ORDER BY id", {}, [&](const Row&) -> Result<void> {
    if (++seen == 2) return fail(ErrorKind::too_large, "enough");
    return {};
  });
  EXPECT_EQ(seen, 2);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::too_large);
  EXPECT_EQ(ids(), (Ids{"a", "b", "c"})) << "the statement can be run again";
}

TEST_P(ConnectionContract, RunsAStatementInsideItsOwnRows) {
  for (const char* id : {"a", "b"}) ASSERT_TRUE(add(id, 1));
  Ids seen;
  ASSERT_TRUE(db_->query("SELECT id FROM things ORDER BY id", {}, [&](const Row& row) -> Result<void> {
    for (const auto& inner : ids()) seen.push_back(row.string(0) + inner);
    return {};
  }));
  EXPECT_EQ(seen, (Ids{"aa", "ab", "ba", "bb"}));
}

TEST_P(ConnectionContract, GivesTheRowsOfAStatementThatWrites) {
  ASSERT_TRUE(add("a", 1));
  std::int64_t number = 0;
  ASSERT_TRUE(db_->query("UPDATE things SET number = number + ? WHERE id = ? RETURNING number", {41, "a"},
                         [&](const Row& row) -> Result<void> {
                           number = row.integer(0);
                           return {};
                         }));
  EXPECT_EQ(number, 42);
}

TEST_P(ConnectionContract, RollsBackToASavepoint) {
  for (const char* sql :
       {"BEGIN", "INSERT INTO things (id) VALUES ('a')", "SAVEPOINT s", "INSERT INTO things (id) VALUES ('b')",
        "ROLLBACK TO s", "RELEASE s", "INSERT INTO things (id) VALUES ('c')", "COMMIT"}) {
    ASSERT_TRUE(db_->execute(sql)) << sql;
  }
  EXPECT_EQ(ids(), (Ids{"a", "c"}));
}

TEST_P(ConnectionContract, RunsAScriptAndSaysWhenItIsBroken) {
  ASSERT_TRUE(db_->run_script("CREATE TABLE one (a TEXT); -- a comment; with a semicolon\nCREATE TABLE two (a TEXT);"));
  EXPECT_TRUE(db_->execute("INSERT INTO two (a) VALUES ('x')"));
  EXPECT_EQ(db_->run_script("CREATE TABLE three (a TEXT); CREATE NONSENSE;").error().kind, ErrorKind::internal);
}

TEST_P(ConnectionContract, ForgetsOldStatementsWithoutHarm) {
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 600; ++i) {
      const std::string sql = "SELECT " + std::to_string(i) + " + ?";
      std::int64_t sum = 0;
      ASSERT_TRUE(db_->query(sql, {1}, [&](const Row& row) -> Result<void> {
        sum = row.integer(0);
        return {};
      }));
      ASSERT_EQ(sum, i + 1);
    }
  }
}

std::unique_ptr<Connection> open_file() {
  static store::testing::TemporaryFolder folder;
  static int count = 0;
  return open_sqlite({.path = folder.path() / (std::to_string(++count) + ".db")}).value();
}

/// Those of this run of the tests.
std::vector<Database> databases() {
  if (store::testing::is_on_postgres()) return {{"Postgres", store::testing::empty_database}};
  return {{"SqliteInMemory", store::testing::empty_database}, {"SqliteFile", open_file}};
}

INSTANTIATE_TEST_SUITE_P(Databases, ConnectionContract, ::testing::ValuesIn(databases()),
                         [](const auto& info) { return info.param.name; });

TEST(SqliteConnection, SaysThatAFileCannotBeOpened) {
  auto result = open_sqlite({.path = "/nowhere/at/all.db"});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::unavailable);
  EXPECT_NE(result.error().log.find("/nowhere/at/all.db"), std::string::npos);
}

TEST(SqliteConnection, SaysThatAFileIsNoDatabase) {
  const store::testing::TemporaryFolder folder;
  const auto path = folder.path() / "letter.db";
  FILE* file = std::fopen(path.c_str(), "w");
  for (int i = 0; i < 100; ++i) std::fputs("Dear database, this is a letter. ", file);
  std::fclose(file);
  EXPECT_EQ(open_sqlite({.path = path}).error().kind, ErrorKind::unavailable);
}

TEST(SqliteConnection, IsUnavailableWhileAnotherHoldsTheWriteLock) {
  const store::testing::TemporaryFolder folder;
  const SqliteOptions options{.path = folder.path() / "a.db", .busy_timeout = std::chrono::milliseconds(0)};
  auto first = open_sqlite(options).value();
  auto second = open_sqlite(options).value();
  ASSERT_TRUE(first->execute("BEGIN IMMEDIATE"));
  EXPECT_EQ(second->execute("BEGIN IMMEDIATE").error().kind, ErrorKind::unavailable);
  ASSERT_TRUE(first->execute("ROLLBACK"));
  EXPECT_TRUE(second->execute("BEGIN IMMEDIATE"));
}

TEST(SqliteConnection, RefusesToWriteWhenReadOnly) {
  const store::testing::TemporaryFolder folder;
  SqliteOptions options{.path = folder.path() / "a.db"};
  auto writer = open_sqlite(options).value();
  ASSERT_TRUE(writer->execute("CREATE TABLE t (a TEXT)"));
  options.read_only = true;
  auto reader = open_sqlite(options).value();
  EXPECT_EQ(reader->execute("INSERT INTO t (a) VALUES ('x')").error().kind, ErrorKind::unavailable);
  EXPECT_TRUE(reader->execute("SELECT a FROM t"));
}

}  // namespace
}  // namespace offhook::sql
