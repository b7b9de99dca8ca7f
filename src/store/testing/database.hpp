#pragma once

#include <memory>

#include "base/time_text.hpp"
#include "store/sql/connection.hpp"

namespace offhook::store::testing {

/// The moment at which tests of the store take place: a Monday.
inline const UtcTime kNow = parse_rfc3339("2026-03-02T15:00:00Z").value();

/// The database that this run of the tests is about: PostgreSQL when OFFHOOK_TEST_DATABASE says "postgres", SQLite
/// otherwise. ctest runs the same cases with both.
[[nodiscard]] bool is_on_postgres();

/// An empty database of its own: SQLite in memory, or a schema on the program's private PostgreSQL server. Throws
/// when that fails.
[[nodiscard]] std::unique_ptr<sql::Connection> empty_database();

/// The same with all tables.
[[nodiscard]] std::unique_ptr<sql::Connection> migrated_database();

}  // namespace offhook::store::testing
