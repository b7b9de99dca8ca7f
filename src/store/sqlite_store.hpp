#pragma once

#include <filesystem>
#include <memory>

#include "store/sql/sqlite_connection.hpp"
#include "store/store.hpp"

namespace offhook::store {

/// How open_sqlite_store() works.
struct StoreOptions {
  UtcTime opened_at{};         ///< recorded with the migrations that opening runs
  std::filesystem::path path;  ///< the database file; empty: in memory (only with inline_on_caller)
  /// One connection, no thread: everything runs at once on the caller's thread, which makes the order of
  /// effects the order of calls. For virtual time; one thread at a time.
  bool inline_on_caller = false;
  std::size_t max_queued_writes = 4096;  ///< more are refused as unavailable
  std::size_t max_batch = 256;           ///< writes that share one transaction at most
  std::size_t readers = 2;               ///< reading threads, each with a connection
  std::size_t max_queued_reads = 4096;   ///< more are refused as unavailable
  std::size_t checkpoint_pages = 2000;   ///< WAL pages (4 KiB) after which a passive checkpoint is made
  sql::Synchronous synchronous = sql::Synchronous::full;  ///< less than full loses answered writes
  std::string vfs;                                        ///< SQLite file layer by name; empty: the default one
};

/// Opens the database, creating the file when needed, and brings its tables up to this program
/// (migrate()). Errors: unavailable (the file cannot be opened or is locked by another program);
/// invalid_argument with a sentence for the user (a newer program wrote it).
[[nodiscard]] Result<std::unique_ptr<Store>> open_sqlite_store(const StoreOptions& options);

}  // namespace offhook::store
