#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "store/store.hpp"

namespace offhook::store {

/// What run_batch() did.
struct BatchOutcome {
  bool was_retried = false;  ///< the batch failed as a whole and every job ran in its own transaction
};

/// Runs `jobs` in one transaction opened by `begin_sql` ("BEGIN IMMEDIATE" for SQLite) and finishes them after the
/// commit. When a job fails, all run again in one transaction, each in a savepoint, so that it loses its own changes
/// only. When the transaction itself fails, it is rolled back and the jobs run again one by one, each in its own
/// transaction and with its own outcome, so that one cannot fail its neighbours.
BatchOutcome run_batch(sql::Connection& db, std::string_view begin_sql,
                       std::span<const std::unique_ptr<Store::Job>> jobs);

/// Runs one reading job in a transaction, so that it sees one snapshot, and finishes it.
void run_read(sql::Connection& db, Store::Job& job);

}  // namespace offhook::store
