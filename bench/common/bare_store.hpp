#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/clock.hpp"
#include "store/webhook_events.hpp"

namespace offhook::bench {

/// How fast something was written.
struct Pace {
  double per_second = 0;
  double cpu_us = 0;  ///< processor time a write, all threads of this process
};

/// Measures this process from its making on.
class Stopwatch {
 public:
  Stopwatch();
  [[nodiscard]] Pace pace(int writes) const;

 private:
  Instant start_;
  double cpu_;
};

/// The event number `number`: 20 to a call, all different.
[[nodiscard]] store::WebhookEvent event_number(int number, const std::string& payload);

/// sqlite3 and nothing else: Offhook's tables, its durability (WAL, synchronous=FULL) and its statement
/// for webhook events, in a plain loop that commits in groups. What a store could reach at best.
class BareStore {
 public:
  /// Makes the database `path`. Throws std::runtime_error.
  explicit BareStore(const std::filesystem::path& path);
  ~BareStore();
  BareStore(const BareStore&) = delete;
  BareStore& operator=(const BareStore&) = delete;

  /// Writes that many more events, `batch` in one transaction; with a savepoint for each row when wanted.
  Pace write(int writes, int batch, bool has_savepoints, const std::string& payload);

 private:
  void check(int code) const;
  void run(const std::string& sql);
  sqlite3_stmt* prepare(const char* sql);
  void step(sqlite3_stmt* statement);
  void text(int position, const std::string& value);
  void insert(const store::WebhookEvent& event);

  sqlite3* db_ = nullptr;
  int written_ = 0;
  sqlite3_stmt *begin_, *savepoint_, *release_, *commit_, *insert_;
};

/// Rows of webhook_events in a database that another process may be writing.
[[nodiscard]] std::int64_t stored_events(const std::filesystem::path& path);

}  // namespace offhook::bench
