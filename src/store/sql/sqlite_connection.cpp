#include "store/sql/sqlite_connection.hpp"

#include "store/sql/statement_cache.hpp"

namespace offhook::sql {
namespace {

class SqliteRow final : public Row {
 public:
  explicit SqliteRow(sqlite3_stmt* statement) : statement_(statement) {}
  bool is_null(int column) const override { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
  std::int64_t integer(int column) const override { return sqlite3_column_int64(statement_, column); }
  double real(int column) const override { return sqlite3_column_double(statement_, column); }
  std::string_view text(int column) const override {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    if (text == nullptr) return {};
    return {text, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
  }

 private:
  sqlite3_stmt* statement_;
};

int bind(sqlite3_stmt* statement, int position, const Value& value) {
  struct Binder {
    sqlite3_stmt* statement;
    int position;
    int operator()(std::nullptr_t) const { return sqlite3_bind_null(statement, position); }
    int operator()(std::int64_t number) const { return sqlite3_bind_int64(statement, position, number); }
    int operator()(double number) const { return sqlite3_bind_double(statement, position, number); }
    int operator()(std::string_view text) const {
      // An empty view may point nowhere, which SQLite would take for NULL.
      return sqlite3_bind_text64(statement, position, text.data() == nullptr ? "" : text.data(), text.size(),
                                 SQLITE_STATIC, SQLITE_UTF8);
    }
  };
  return std::visit(Binder{statement, position}, value.data());
}

class Sqlite final : public SqliteConnection {
 public:
  Sqlite(sqlite3* db, const SqliteOptions& options) : db_(db), statements_(db, options.max_cached_statements) {}
  ~Sqlite() override = default;

  Result<void> query(std::string_view sql, std::span<const Value> values, const EachRow& each_row) override {
    auto loan = bound(sql, values);
    if (!loan) return fail(loan);
    return step(sql, loan->get(), each_row);
  }

  Result<std::int64_t> execute(std::string_view sql, std::span<const Value> values) override {
    auto loan = bound(sql, values);
    if (!loan) return fail(loan);
    if (auto done = step(sql, loan->get(), {}); !done) return fail(done);
    return sqlite3_stmt_readonly(loan->get()) != 0 ? 0 : sqlite3_changes64(db_.get());
  }

  Result<void> run_script(std::string_view sql) override {
    const std::string script(sql);
    const int code = sqlite3_exec(db_.get(), script.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return fail(sqlite_error(db_.get(), code, script.substr(0, 200)));
    return {};
  }

  bool in_transaction() const override { return sqlite3_get_autocommit(db_.get()) == 0; }

  int wal_pages() const override { return wal_pages_; }

  Result<void> checkpoint() override { return checkpoint(SQLITE_CHECKPOINT_PASSIVE); }
  Result<void> truncate_log() override { return checkpoint(SQLITE_CHECKPOINT_TRUNCATE); }

  /// Counts the log's pages from now on; SQLite then makes no checkpoints by itself.
  void watch_log() {
    auto note_pages = [](void* self, sqlite3*, const char*, int pages) {
      static_cast<Sqlite*>(self)->wal_pages_ = pages;
      return SQLITE_OK;
    };
    sqlite3_wal_hook(db_.get(), note_pages, this);
  }

 private:
  Result<StatementCache::Loan> bound(std::string_view sql, std::span<const Value> values) {
    auto loan = statements_.lend(sql);
    if (!loan) return loan;
    if (static_cast<std::size_t>(sqlite3_bind_parameter_count(loan->get())) != values.size()) {
      return fail(ErrorKind::internal, {}, "wrong number of values for: " + std::string(sql));
    }
    int position = 0;
    for (const Value& value : values) {
      const int code = bind(loan->get(), ++position, value);
      if (code != SQLITE_OK) return fail(sqlite_error(db_.get(), code, sql));
    }
    return loan;
  }

  Result<void> step(std::string_view sql, sqlite3_stmt* statement, const EachRow& each_row) {
    const SqliteRow row(statement);
    for (;;) {
      const int code = sqlite3_step(statement);
      if (code == SQLITE_DONE) return {};
      if (code != SQLITE_ROW) return fail(sqlite_error(db_.get(), code, sql));
      if (!each_row) continue;
      if (auto go_on = each_row(row); !go_on) return go_on;
    }
  }

  Result<void> checkpoint(int mode) {
    int pages = 0;
    const int code = sqlite3_wal_checkpoint_v2(db_.get(), nullptr, mode, &pages, nullptr);
    if (code != SQLITE_OK) return fail(sqlite_error(db_.get(), code, "checkpoint"));
    return {};
  }

  struct Close {
    void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
  };
  std::unique_ptr<sqlite3, Close> db_;  // before the statements: they go first
  StatementCache statements_;
  int wal_pages_ = 0;
};

const char* to_sql(Synchronous synchronous) {
  switch (synchronous) {
    case Synchronous::off: return "PRAGMA synchronous=OFF";
    case Synchronous::normal: return "PRAGMA synchronous=NORMAL";
    case Synchronous::full: break;
  }
  return "PRAGMA synchronous=FULL";
}

/// Switches to WAL mode, which SQLite declines without an error where it cannot work.
Result<void> use_log(Connection& db) {
  std::string mode;
  auto asked = db.query("PRAGMA journal_mode=WAL", {}, [&](const Row& row) -> Result<void> {
    mode = row.text(0);
    return {};
  });
  if (!asked) return asked;
  if (mode != "wal") return fail(ErrorKind::unavailable, {}, "sqlite: no WAL mode here, but " + mode);
  return {};
}

/// Has to be said before SQLite is first used. How much of a savepoint's undo journal stays in memory: with SQLite's
/// 64 KiB a group of writes spilled it into a temporary file, which cost half of all writes. And no count of the memory
/// in use, which nobody asks for and every allocation of every thread takes a lock for.
void configure_once() {
  static const bool configured = [] {
    static_cast<void>(sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, 128 * 1024));
    static_cast<void>(sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0));
    return true;
  }();
  static_cast<void>(configured);
}

}  // namespace

Result<std::unique_ptr<SqliteConnection>> open_sqlite(const SqliteOptions& options) {
  configure_once();
  const std::string name = options.path.empty() ? ":memory:" : options.path.string();
  const int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                    (options.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(name.c_str(), &raw, flags, options.vfs.empty() ? nullptr : options.vfs.c_str());
  if (code != SQLITE_OK) {
    Error error = sqlite_error(raw, code, "open " + name);
    error.kind = ErrorKind::unavailable;
    sqlite3_close(raw);
    return fail(std::move(error));
  }
  auto connection = std::make_unique<Sqlite>(raw, options);
  sqlite3_busy_timeout(raw, static_cast<int>(options.busy_timeout.count()));
  // temp_store stays at its default: with MEMORY the pages that a savepoint keeps live in many small
  // allocations, which costs a write 2 to 4 microseconds (bench/store_bench.cpp).
  // The cache (16 MiB, taken as it fills) holds the upper pages of every index, so that a write does not read them from
  // the file.
  const std::string setup = "PRAGMA foreign_keys=ON; PRAGMA cache_size=-16384; ";
  auto done = connection->run_script(setup + to_sql(options.synchronous));
  if (done && !options.read_only && !options.path.empty()) done = use_log(*connection);
  if (!done) {
    done.error().kind = ErrorKind::unavailable;  // not a database, locked, or a disk that refuses
    return fail(done);
  }
  if (!options.automatic_checkpoints) connection->watch_log();
  return connection;
}

}  // namespace offhook::sql
