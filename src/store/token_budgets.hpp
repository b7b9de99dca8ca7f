#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "store/sql/connection.hpp"

namespace offhook::store {

/// What an asker may have used of a day's tokens.
struct TokenMark {
  std::string asker;
  std::int64_t day = 0;  ///< since 1970, UTC
  std::int64_t tokens = 0;
};

/// The marks of token budgets, of all owners.
class TokenBudgetMarks {
 public:
  explicit TokenBudgetMarks(sql::Connection& db) : db_(db) {}

  /// Raises the mark; one that is higher already stays.
  Result<void> raise(const TokenMark& mark);
  /// Sets it, lower too: for what has been settled.
  Result<void> set(const TokenMark& mark);
  Result<std::vector<TokenMark>> of_day(std::int64_t day);
  /// Removes the marks of days before this one. Returns how many.
  Result<std::int64_t> remove_before(std::int64_t day);

 private:
  sql::Connection& db_;
};

}  // namespace offhook::store
