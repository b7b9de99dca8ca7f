#include "store/migrations.hpp"

#include <gtest/gtest.h>

#include <algorithm>

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

TEST(Migrations, OfCallbacksPromisedTwiceTheFirstStays) {
  auto db = empty_database();
  const auto scripts = embedded::migrations();
  const auto once =
      std::ranges::find_if(scripts, [](const auto& script) { return script.name.ends_with("one_callback.sql"); });
  ASSERT_NE(once, scripts.end());
  const auto before = static_cast<std::size_t>(once - scripts.begin());
  ASSERT_TRUE(migrate(*db, kNow, std::span(scripts.begin(), before)));
  const auto add = [&db](std::string_view id, std::string_view reason, std::string_view status) {
    return db->execute(
        "INSERT INTO callbacks (id, phone, call_at, reason, status, created_at) VALUES (?, '+1', 5, ?, ?, 1)",
        {id, reason, status});
  };
  ASSERT_TRUE(add("a", "loan", "done"));
  ASSERT_TRUE(add("b", "loan", "scheduled"));
  ASSERT_TRUE(add("c", "loan", "scheduled"));
  ASSERT_TRUE(add("d", "loan", "scheduled"));
  ASSERT_TRUE(add("e", "card", "scheduled"));
  ASSERT_TRUE(migrate(*db, kNow, std::span(scripts.begin(), before + 1)));
  std::string statuses;
  ASSERT_TRUE(db->query("SELECT status FROM callbacks ORDER BY id", {}, [&](const sql::Row& row) -> Result<void> {
    statuses += row.string(0) + " ";
    return {};
  }));
  EXPECT_EQ(statuses, "done scheduled cancelled cancelled scheduled ");
  EXPECT_FALSE(add("f", "loan", "scheduled")) << "from now on the database refuses it";
  EXPECT_TRUE(add("f", "loan", "done"));
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
