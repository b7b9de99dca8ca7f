#pragma once

#include <chrono>
#include <memory>

#include "base/clock.hpp"
#include "base/secret.hpp"
#include "store/store.hpp"

namespace offhook::store {

/// How open_postgres_store() works.
struct PostgresStoreOptions {
  Secret url;              ///< postgres://…
  std::uint64_t seed = 0;  ///< of the pauses before attempts, so that processes do not pause alike
  /// Writing threads, each with a connection. Those of one process disturb each other as those of several do, and
  /// a group of writes costs the disk no more than one: so one is the default.
  std::size_t writers = 1;
  std::size_t readers = 4;  ///< reading threads, each with a connection
  /// Writes that share one transaction at most. Larger ones make PostgreSQL watch whole tables instead of rows
  /// (max_pred_locks_per_relation), and fail of what other processes do.
  std::size_t max_batch = 64;
  std::size_t max_queued_writes = 4096;  ///< more are refused as unavailable
  std::size_t max_queued_reads = 4096;   ///< more are refused as unavailable
  std::chrono::milliseconds connect_timeout{5000};
  std::chrono::milliseconds statement_timeout{10000};
  std::chrono::milliseconds migration_timeout{300000};  ///< for one migration, and for waiting for another process's
  std::chrono::milliseconds first_retry{100};           ///< after a failed connect; doubles up to longest_retry
  std::chrono::milliseconds longest_retry{5000};
};

/// Connects, and brings the tables up to this program (migrate()) while other processes wait for it. Other
/// processes may use the database at the same time. While the server is away, everything is answered unavailable;
/// when it is back, the store goes on. `clock` must outlive the store.
/// Errors: invalid_argument (the URL, a newer program's database) and unavailable, with a sentence for the user
/// that holds nothing secret.
[[nodiscard]] Result<std::unique_ptr<Store>> open_postgres_store(const Clock& clock,
                                                                 const PostgresStoreOptions& options);

/// The database of a URL for people: "database offhook on db.example.com". Empty when the URL cannot be read.
[[nodiscard]] std::string postgres_place(const Secret& url);

}  // namespace offhook::store
