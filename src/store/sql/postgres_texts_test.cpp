#include <gtest/gtest.h>

#include "base/random.hpp"
#include "store/sql/placeholders.hpp"
#include "store/sql/postgres_statements.hpp"
#include "store/sql/postgres_text.hpp"
#include "store/sql/postgres_url.hpp"

// What stands between our texts and PostgreSQL's, without a server.

namespace offhook::sql {
namespace {

TEST(Placeholders, AreNumberedOutsideQuotesAndComments) {
  const struct {
    const char* sql;
    const char* numbered;
    std::size_t parameters;
  } cases[] = {
      {"", "", 0},
      {"SELECT 1", "SELECT 1", 0},
      {"SELECT ?", "SELECT $1", 1},
      {"VALUES (?, ?,?)", "VALUES ($1, $2,$3)", 3},
      {"SELECT '?', ?", "SELECT '?', $1", 1},
      {"SELECT 'it''s ?', ?", "SELECT 'it''s ?', $1", 1},
      {R"(SELECT "odd?name" FROM t WHERE a = ?)", R"(SELECT "odd?name" FROM t WHERE a = $1)", 1},
      {R"(SELECT "a""?" , ?)", R"(SELECT "a""?" , $1)", 1},
      {"SELECT ? -- why?\n, ?", "SELECT $1 -- why?\n, $2", 2},
      {"SELECT ? /* a? /* b? */ c? */ + ?", "SELECT $1 /* a? /* b? */ c? */ + $2", 2},
      {"SELECT $$?$$, ?", "SELECT $$?$$, $1", 1},
      {"SELECT $body$ ? $$ ? $body$, ?", "SELECT $body$ ? $$ ? $body$, $1", 1},
      {"SELECT a$b, ?, c$d", "SELECT a$b, $1, c$d", 1},
      {"SELECT 5 - ?", "SELECT 5 - $1", 1},
      {"SELECT 6 / ?", "SELECT 6 / $1", 1},
      {"SELECT 'never closed ?", "SELECT 'never closed ?", 0},
      {"SELECT /* never closed ?", "SELECT /* never closed ?", 0},
      {"SELECT -- to the end ?", "SELECT -- to the end ?", 0},
      {"SELECT $x$ never closed ?", "SELECT $x$ never closed ?", 0},
      {"SELECT 'Gr\xC3\xBC\xC3\x9F?', ?", "SELECT 'Gr\xC3\xBC\xC3\x9F?', $1", 1},
  };
  for (const auto& [sql, numbered, parameters] : cases) {
    const NumberedSql result = number_placeholders(sql);
    EXPECT_EQ(result.text, numbered);
    EXPECT_EQ(result.parameters, parameters) << sql;
  }
}

/// Well-formed UTF-8 without U+0000, checked in another way than the code under test does: by code points.
bool is_storable(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t length = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 0;
    if (lead == 0 || length == 0 || at + length > text.size()) return false;
    std::uint32_t point = length == 1 ? lead : lead & (0x7FU >> length);
    for (std::size_t i = 1; i < length; ++i) {
      const auto byte = static_cast<unsigned char>(text[at + i]);
      if ((byte & 0xC0U) != 0x80) return false;
      point = (point << 6U) | (byte & 0x3FU);
    }
    constexpr std::uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (point < kSmallest[length] || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) return false;
    at += length;
  }
  return true;
}

std::string stored_as(std::string_view text) { return to_storable(text).value_or(std::string(text)); }
std::string read_from(std::string_view stored) { return from_storable(stored).value_or(std::string(stored)); }

TEST(PostgresText, LeavesOrdinaryTextAlone) {
  for (const char* text : {"", "hello", "Gr\xC3\xBC\xC3\x9F", "\xF0\x9F\x8F\xA0", "\xF4\x8F\xBF\xBF", "\xEE\x80\x80"}) {
    EXPECT_EQ(to_storable(text), std::nullopt) << text;
    EXPECT_EQ(read_from(text), text);
  }
}

TEST(PostgresText, StoresAnyBytesAndGivesThemBack) {
  const std::string_view texts[] = {
      std::string_view("a\0b", 3), "\xFF",       "\xC0\x80",     "\xED\xA0\x80",
      "\xF4\x90\x80\x80",          "\xE2\x82",   "cut \xF0\x9F", "\xF4\x8F\xB8\x80",
      "\xF4\x8F\xBB\xBF",          "\x80 alone",
  };
  for (const std::string_view text : texts) {
    const auto stored = to_storable(text);
    ASSERT_TRUE(stored) << text;
    EXPECT_TRUE(is_storable(*stored)) << text;
    EXPECT_EQ(read_from(*stored), text);
  }
}

TEST(PostgresText, NeverMakesTwoTextsTheSame) {
  Random random(5);
  // Few different bytes, so that stand-ins, their pieces and broken sequences come up often.
  constexpr std::string_view kBytes("\xF4\x8F\xB8\x80\xBB\xBF\0a\xC3\xBC", 10);
  int changed = 0;
  for (int i = 0; i < 200'000; ++i) {
    std::string text;
    for (std::uint64_t length = random.below(9); length > 0; --length) text += kBytes[random.below(kBytes.size())];
    const std::string stored = stored_as(text);
    ASSERT_TRUE(is_storable(stored));
    ASSERT_EQ(read_from(stored), text) << "each stored text comes from one text only";
    if (stored != text) ++changed;
  }
  EXPECT_GT(changed, 10'000);
}

TEST(PostgresUrl, ReadsWhereAndWho) {
  const auto url =
      PostgresUrl::parse(Secret("postgres://ann:p%40ss@db.example.com:5433/offhook?sslmode=require")).value();
  EXPECT_EQ(url.parameters().at("host"), "db.example.com");
  EXPECT_EQ(url.parameters().at("port"), "5433");
  EXPECT_EQ(url.parameters().at("user"), "ann");
  EXPECT_EQ(url.parameters().at("password"), "p@ss");
  EXPECT_EQ(url.parameters().at("sslmode"), "require");
  EXPECT_EQ(url.place(), "database offhook on db.example.com");
  EXPECT_EQ(PostgresUrl::parse(Secret("postgresql:///offhook?host=%2Frun")).value().place(),
            "database offhook on /run");
}

TEST(PostgresUrl, BlotsOutItsPassword) {
  const auto url = PostgresUrl::parse(Secret("postgres://ann:s3cret@db/offhook?sslpassword=k3y")).value();
  EXPECT_EQ(url.scrubbed("no s3cret, no s3crets3cret, no k3y"), "no ***, no ******, no ***");
  EXPECT_EQ(PostgresUrl::parse(Secret("postgres://db/offhook")).value().scrubbed("as it is"), "as it is");
}

TEST(PostgresUrl, RefusesWhatItCannotReadAndQuotesNothingOfIt) {
  for (const char* url :
       {"", "sqlite://s3cret", "postgres:s3cret", "postgres://u:s3@cret@host/db", "postgres://u:s3cret/x@host/db",
        "postgres://u:12/s3cret@host/db", "postgres://u:12?s3cret@host/db", "postgres://u:p@host:s3cret/db",
        "postgres://u:p@host/db?s3cret=1", "postgres://u:p@host/db?s3cret", "postgres://u:%zzs3cret@host/db"}) {
    const auto parsed = PostgresUrl::parse(Secret(url));
    ASSERT_FALSE(parsed) << url;
    EXPECT_EQ(parsed.error().kind, ErrorKind::invalid_argument);
    EXPECT_EQ((parsed.error().client + parsed.error().log).find("s3cret"), std::string::npos) << url;
    EXPECT_EQ((parsed.error().client + parsed.error().log).find("cret@"), std::string::npos) << url;
  }
}

TEST(PostgresStatements, ForgetTheOneUnusedLongest) {
  PostgresStatements statements(2);
  auto use = [&](std::string_view sql) -> PostgresStatements::Statement& {
    const auto evicted = statements.make_room(sql);
    EXPECT_EQ(evicted, std::nullopt);
    return statements.use(sql);
  };
  use("a").is_prepared = true;
  use("b").is_prepared = true;
  const std::string name_of_b = use("b").name;
  EXPECT_TRUE(use("a").is_prepared) << "known";
  EXPECT_EQ(statements.make_room("c"), name_of_b);
  EXPECT_FALSE(statements.use("c").is_prepared);
  EXPECT_EQ(statements.size(), 2U);
  EXPECT_TRUE(statements.use("a").is_prepared);
  EXPECT_EQ(statements.make_room("d"), std::nullopt) << "c was never prepared: nothing to deallocate";
  statements.forget_prepared();
  EXPECT_FALSE(statements.use("a").is_prepared);
}

}  // namespace
}  // namespace offhook::sql
