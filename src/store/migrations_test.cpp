#include "store/migrations.hpp"

#include <gtest/gtest.h>

#include "embedded/migrations.hpp"
#include "store/testing/database.hpp"

namespace offhook::store {
namespace {

using testing::empty_database;
using testing::kNow;

TEST(Migrations, RunOnceAndAreRecorded) {
  auto db = empty_database();
  const auto scripts = embedded::migrations();
  EXPECT_EQ(migrate(*db, kNow), static_cast<int>(scripts.size()));
  EXPECT_EQ(migrate(*db, kNow), 0);
  std::vector<std::string> names;
  ASSERT_TRUE(db->query("SELECT name, applied_at FROM schema_migrations ORDER BY version", {},
                        [&](const sql::Row& row) -> Result<void> {
                          names.push_back(row.string(0));
                          EXPECT_EQ(row.time(1), kNow);
                          return {};
                        }));
  ASSERT_EQ(names.size(), scripts.size());
  EXPECT_EQ(names.front(), "0001_first_tables.sql");
}

TEST(Migrations, AddOnlyWhatIsMissing) {
  auto db = empty_database();
  const EmbeddedFile scripts[] = {{"0001_a.sql", "CREATE TABLE a (x TEXT);"},
                                  {"0002_b.sql", "CREATE TABLE b (x TEXT);"}};
  EXPECT_EQ(migrate(*db, kNow, std::span(scripts, 1)), 1);
  EXPECT_FALSE(db->execute("SELECT x FROM b"));
  EXPECT_EQ(migrate(*db, kNow, scripts), 1);
  EXPECT_TRUE(db->execute("SELECT x FROM b"));
}

TEST(Migrations, LeaveNothingOfAScriptThatBreaks) {
  auto db = empty_database();
  const EmbeddedFile broken[] = {{"0001_a.sql", "CREATE TABLE a (x TEXT);"},
                                 {"0002_b.sql", "CREATE TABLE b (x TEXT); CREATE NONSENSE;"}};
  auto result = migrate(*db, kNow, broken);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::internal);
  EXPECT_NE(result.error().log.find("0002_b.sql"), std::string::npos);
  EXPECT_TRUE(db->execute("SELECT x FROM a")) << "the script before stays";
  EXPECT_FALSE(db->execute("SELECT x FROM b"));
  const EmbeddedFile mended[] = {broken[0], {"0002_b.sql", "CREATE TABLE b (x TEXT);"}};
  EXPECT_EQ(migrate(*db, kNow, mended), 1);
}

TEST(Migrations, RefuseADatabaseOfANewerProgram) {
  auto db = testing::migrated_database();
  ASSERT_TRUE(db->execute("INSERT INTO schema_migrations (version, name, applied_at) VALUES (9000, '9000_x.sql', 0)"));
  auto result = migrate(*db, kNow);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::invalid_argument);
  EXPECT_NE(result.error().client.find("newer Offhook"), std::string::npos);
  EXPECT_NE(result.error().client.find("9000"), std::string::npos);
}

TEST(Migrations, MustBeNumberedWithoutGaps) {
  auto db = empty_database();
  const EmbeddedFile scripts[] = {{"0001_a.sql", "CREATE TABLE a (x TEXT);"},
                                  {"0003_b.sql", "CREATE TABLE b (x TEXT);"}};
  EXPECT_EQ(migrate(*db, kNow, scripts).error().kind, ErrorKind::internal);
  EXPECT_FALSE(db->execute("SELECT x FROM a")) << "found before anything ran";
}

}  // namespace
}  // namespace offhook::store
