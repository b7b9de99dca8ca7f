#include "store/sql/statement_cache.hpp"

namespace offhook::sql {
namespace {

ErrorKind kind_of(int code) {
  switch (code & 0xff) {  // the primary code; extended ones add detail in the higher bytes
    case SQLITE_CONSTRAINT: return ErrorKind::conflict;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PROTOCOL:
    case SQLITE_NOMEM: return ErrorKind::unavailable;
    default: return ErrorKind::internal;
  }
}

}  // namespace

Error sqlite_error(sqlite3* db, int code, std::string_view doing) {
  std::string log = "sqlite: ";
  log += db != nullptr ? sqlite3_errmsg(db) : sqlite3_errstr(code);
  log += " (code ";
  log += std::to_string(code);
  log += ") in: ";
  log += doing;
  return Error{.kind = kind_of(code), .client = {}, .log = std::move(log)};
}

StatementCache::~StatementCache() {
  for (auto& entry : entries_) sqlite3_finalize(entry.statement);
}

StatementCache::Loan::~Loan() {
  if (statement_ == nullptr) return;
  if (is_lent_ == nullptr) {
    sqlite3_finalize(statement_);
    return;
  }
  sqlite3_reset(statement_);  // repeats the error of the last step, which was reported already
  *is_lent_ = false;
}

Result<StatementCache::Loan> StatementCache::lend(std::string_view sql) {
  if (const auto found = by_text_.find(sql); found != by_text_.end()) {
    const auto entry = found->second;
    if (!entry->is_lent) {
      if (entry != entries_.begin()) entries_.splice(entries_.begin(), entries_, entry);
      entry->is_lent = true;
      return Loan(entry->statement, &entry->is_lent);
    }
    auto statement = prepare(sql);
    if (!statement) return fail(statement);
    return Loan(*statement, nullptr);
  }
  auto statement = prepare(sql);
  if (!statement) return fail(statement);
  evict();
  entries_.push_front({.sql = std::string(sql), .statement = *statement, .is_lent = true});
  by_text_.emplace(entries_.front().sql, entries_.begin());
  return Loan(*statement, &entries_.front().is_lent);
}

Result<sqlite3_stmt*> StatementCache::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code =
      sqlite3_prepare_v3(db_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return fail(sqlite_error(db_, code, sql));
  if (statement == nullptr) return fail(ErrorKind::internal, {}, "an empty SQL statement");
  return statement;
}

void StatementCache::evict() {
  auto candidate = entries_.end();
  while (entries_.size() >= capacity_ && candidate != entries_.begin()) {
    --candidate;
    if (candidate->is_lent) continue;
    sqlite3_finalize(candidate->statement);
    by_text_.erase(candidate->sql);
    candidate = entries_.erase(candidate);
  }
}

}  // namespace offhook::sql
