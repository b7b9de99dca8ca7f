#include "bench/common/bare_store.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <stdexcept>

#include "base/time_text.hpp"
#include "store/migrations.hpp"
#include "store/sqlite_store.hpp"

namespace offhook::bench {
namespace {

const UtcTime kNow = parse_rfc3339("2026-03-02T15:00:00Z").value();
const std::size_t kCheckpointPages = store::StoreOptions{}.checkpoint_pages;

double cpu_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
         static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

}  // namespace

Stopwatch::Stopwatch() : start_(std::chrono::steady_clock::now()), cpu_(cpu_seconds()) {}

Pace Stopwatch::pace(int writes) const {
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  return {.per_second = writes / seconds, .cpu_us = (cpu_seconds() - cpu_) * 1e6 / writes};
}

store::WebhookEvent event_number(int number, const std::string& payload) {
  return {.id = "event_" + std::to_string(number),
          .dedupe_key = "key_" + std::to_string(number),
          .platform_call_id = "call_" + std::to_string(number / 20),
          .type = "status-update",
          .verified = "hmac",
          .payload = payload,
          .received_at = kNow + std::chrono::microseconds(number)};
}

BareStore::BareStore(const std::filesystem::path& path) {
  {
    auto tables = sql::open_sqlite({.path = path});
    if (!tables || !store::migrate(**tables, kNow)) throw std::runtime_error("cannot make " + path.string());
  }
  check(sqlite3_open_v2(path.c_str(), &db_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr));
  run("PRAGMA foreign_keys=ON; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=" + std::to_string(kCheckpointPages));
  begin_ = prepare("BEGIN IMMEDIATE");
  savepoint_ = prepare("SAVEPOINT job");
  release_ = prepare("RELEASE job");
  commit_ = prepare("COMMIT");
  insert_ = prepare(
      "INSERT INTO webhook_events (id, owner_id, dedupe_key, platform_call_id, type, verified, payload, answer, "
      "received_at, "
      "processed, error) VALUES (?, 'local', ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (owner_id, dedupe_key) DO NOTHING");
}

BareStore::~BareStore() {
  for (auto* statement : {begin_, savepoint_, release_, commit_, insert_}) sqlite3_finalize(statement);
  sqlite3_close(db_);
}

Pace BareStore::write(int writes, int batch, bool has_savepoints, const std::string& payload) {
  const Stopwatch watch;
  for (const int all = written_ + writes; written_ < all;) {
    step(begin_);
    for (const int end = std::min(written_ + batch, all); written_ < end; ++written_) {
      if (has_savepoints) step(savepoint_);
      insert(event_number(written_, payload));
      if (has_savepoints) step(release_);
    }
    step(commit_);
  }
  return watch.pace(writes);
}

void BareStore::check(int code) const {
  if (code != SQLITE_OK && code != SQLITE_DONE) throw std::runtime_error(sqlite3_errstr(code));
}

void BareStore::run(const std::string& sql) { check(sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr)); }

sqlite3_stmt* BareStore::prepare(const char* sql) {
  sqlite3_stmt* statement = nullptr;
  check(sqlite3_prepare_v2(db_, sql, -1, &statement, nullptr));
  return statement;
}

void BareStore::step(sqlite3_stmt* statement) {
  check(sqlite3_step(statement));
  sqlite3_reset(statement);
}

void BareStore::text(int position, const std::string& value) {
  sqlite3_bind_text(insert_, position, value.data(), static_cast<int>(value.size()), SQLITE_STATIC);
}

void BareStore::insert(const store::WebhookEvent& event) {
  text(1, event.id);
  text(2, event.dedupe_key);
  text(3, event.platform_call_id);
  text(4, event.type);
  text(5, event.verified);
  text(6, event.payload);
  sqlite3_bind_null(insert_, 7);
  sqlite3_bind_int64(insert_, 8, event.received_at.time_since_epoch().count());
  sqlite3_bind_int64(insert_, 9, 0);
  text(10, event.error);
  step(insert_);
}

std::int64_t stored_events(const std::filesystem::path& path) {
  sqlite3* db = nullptr;
  sqlite3_stmt* count = nullptr;
  std::int64_t rows = -1;
  if (sqlite3_open_v2(path.c_str(), &db, SQLITE_OPEN_READWRITE, nullptr) == SQLITE_OK &&
      sqlite3_prepare_v2(db, "SELECT count(*) FROM webhook_events", -1, &count, nullptr) == SQLITE_OK &&
      sqlite3_step(count) == SQLITE_ROW) {
    rows = sqlite3_column_int64(count, 0);
  }
  sqlite3_finalize(count);
  sqlite3_close(db);
  if (rows < 0) throw std::runtime_error("cannot count the events in " + path.string());
  return rows;
}

}  // namespace offhook::bench
