#pragma once

#include <sqlite3.h>

#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.hpp"

namespace offhook::sql {

/// The Error for what SQLite just answered on `db`; `doing` (an SQL text, a path) goes into the log only.
[[nodiscard]] Error sqlite_error(sqlite3* db, int code, std::string_view doing);

/// Prepared statements by their SQL text. Of more than `capacity`, the one unused longest goes first.
/// One thread at a time.
class StatementCache {
 public:
  StatementCache(sqlite3* db, std::size_t capacity) : db_(db), capacity_(capacity) {}
  ~StatementCache();
  StatementCache(const StatementCache&) = delete;
  StatementCache& operator=(const StatementCache&) = delete;

  /// A statement on loan: ready to bind and step, reset when given back. While it is out, the same text
  /// gives another one, so a row function may run the statement that it stands in.
  class Loan {
   public:
    Loan(sqlite3_stmt* statement, bool* is_lent) : statement_(statement), is_lent_(is_lent) {}
    Loan(Loan&& other) noexcept : statement_(std::exchange(other.statement_, nullptr)), is_lent_(other.is_lent_) {}
    Loan& operator=(Loan&&) = delete;
    ~Loan();
    [[nodiscard]] sqlite3_stmt* get() const { return statement_; }

   private:
    sqlite3_stmt* statement_;
    bool* is_lent_;  // in the cache; null: a statement of its own
  };

  /// Errors: see sqlite_error().
  Result<Loan> lend(std::string_view sql);
  [[nodiscard]] std::size_t size() const { return by_text_.size(); }

 private:
  struct Entry {
    std::string sql;
    sqlite3_stmt* statement = nullptr;
    bool is_lent = false;
  };
  using Entries = std::list<Entry>;

  Result<sqlite3_stmt*> prepare(std::string_view sql);
  void evict();

  sqlite3* db_;
  std::size_t capacity_;
  Entries entries_;                                                  // most recently used first
  std::unordered_map<std::string_view, Entries::iterator> by_text_;  // keys view Entry::sql
};

}  // namespace offhook::sql
