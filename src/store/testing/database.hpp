#pragma once

#include <memory>

#include "base/time_text.hpp"
#include "store/migrations.hpp"
#include "store/sql/sqlite_connection.hpp"

namespace offhook::store::testing {

/// The moment at which tests of the store take place: a Monday.
inline const UtcTime kNow = parse_rfc3339("2026-03-02T15:00:00Z").value();

/// A database in memory with all tables. Throws std::bad_expected_access when that fails.
inline std::unique_ptr<sql::Connection> migrated_database() {
  std::unique_ptr<sql::Connection> db = sql::open_sqlite({}).value();
  migrate(*db, kNow).value();
  return db;
}

}  // namespace offhook::store::testing
