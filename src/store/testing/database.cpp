#include "store/testing/database.hpp"

#include <cstdlib>
#include <string_view>

#include "store/migrations.hpp"
#include "store/sql/postgres_connection.hpp"
#include "store/sql/sqlite_connection.hpp"
#include "store/testing/private_postgres.hpp"

namespace offhook::store::testing {

bool is_on_postgres() {
  const char* database = std::getenv("OFFHOOK_TEST_DATABASE");
  return database != nullptr && std::string_view(database) == "postgres";
}

std::unique_ptr<sql::Connection> empty_database() {
  if (!is_on_postgres()) return sql::open_sqlite({}).value();
  static const RealClock clock;
  const Secret url = PrivatePostgres::shared().new_url();
  return sql::open_postgres(clock, {.url = sql::PostgresUrl::parse(url).value()}).value();
}

std::unique_ptr<sql::Connection> migrated_database() {
  auto db = empty_database();
  migrate(*db, kNow).value();
  return db;
}

}  // namespace offhook::store::testing
