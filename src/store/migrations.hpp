#pragma once

#include <span>

#include "base/clock.hpp"
#include "base/embedded_file.hpp"
#include "store/sql/connection.hpp"

namespace offhook::store {

/// Brings the database's tables up to this program: runs the embedded db/migrations/NNNN_what.sql that
/// are not recorded in schema_migrations yet, in order, each in a transaction of its own. Returns how
/// many ran. Call it outside a transaction (open_sqlite_store() does). Errors: invalid_argument when a newer program
/// wrote the database (the client text says so); else the database's own.
Result<int> migrate(sql::Connection& db, UtcTime now);

/// The same with a list of scripts, named NNNN_what.sql and numbered from 0001 without gaps.
Result<int> migrate(sql::Connection& db, UtcTime now, std::span<const EmbeddedFile> scripts);

}  // namespace offhook::store
