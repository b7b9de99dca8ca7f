#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

#include "store/sql/connection.hpp"

namespace offhook::sql {

/// When SQLite waits for the disk (PRAGMA synchronous). In WAL mode only `full` makes every commit last
/// through a power cut.
enum class Synchronous : std::uint8_t { off, normal, full };

/// How to open a SQLite database.
struct SqliteOptions {
  std::filesystem::path path;  ///< empty: a private database in memory
  bool read_only = false;
  std::chrono::milliseconds busy_timeout{5000};  ///< how long a lock of another connection is waited for
  Synchronous synchronous = Synchronous::full;
  std::string vfs;                    ///< file layer by name; empty: the default one
  bool automatic_checkpoints = true;  ///< off for a writer whose checkpoints are made elsewhere
  std::size_t max_cached_statements = 256;
};

/// What SQLite can do besides.
class SqliteConnection : public Connection {
 public:
  /// Length of the write-ahead log after this connection's last commit, in pages of 4 KiB.
  [[nodiscard]] virtual int wal_pages() const = 0;
  /// Copies committed pages from the log into the database file without making anybody wait.
  virtual Result<void> checkpoint() = 0;
  /// Waits for readers, copies everything and empties the log file.
  virtual Result<void> truncate_log() = 0;
};

/// Opens a database in WAL mode with foreign keys enforced, creating the file unless read_only. The
/// connection may move between threads but serves one at a time. Errors: unavailable (cannot be opened).
[[nodiscard]] Result<std::unique_ptr<SqliteConnection>> open_sqlite(const SqliteOptions& options);

}  // namespace offhook::sql
