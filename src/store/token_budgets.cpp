#include "store/token_budgets.hpp"

namespace offhook::store {

Result<void> TokenBudgetMarks::raise(const TokenMark& mark) {
  auto changed = db_.execute(
      "INSERT INTO token_budgets (asker, day, tokens) VALUES (?, ?, ?) "
      "ON CONFLICT (asker, day) DO UPDATE SET tokens = excluded.tokens WHERE token_budgets.tokens < excluded.tokens",
      {mark.asker, mark.day, mark.tokens});
  if (!changed) return fail(changed);
  return {};
}

Result<void> TokenBudgetMarks::set(const TokenMark& mark) {
  auto changed = db_.execute(
      "INSERT INTO token_budgets (asker, day, tokens) VALUES (?, ?, ?) "
      "ON CONFLICT (asker, day) DO UPDATE SET tokens = excluded.tokens",
      {mark.asker, mark.day, mark.tokens});
  if (!changed) return fail(changed);
  return {};
}

Result<std::vector<TokenMark>> TokenBudgetMarks::of_day(std::int64_t day) {
  std::vector<TokenMark> marks;
  auto done = db_.query("SELECT asker, day, tokens FROM token_budgets WHERE day = ? ORDER BY asker", {day},
                        [&](const sql::Row& row) -> Result<void> {
                          marks.push_back({row.string(0), row.integer(1), row.integer(2)});
                          return {};
                        });
  if (!done) return fail(done);
  return marks;
}

Result<std::int64_t> TokenBudgetMarks::remove_before(std::int64_t day) {
  auto removed = db_.execute("DELETE FROM token_budgets WHERE day < ?", {day});
  if (!removed) return fail(removed);
  return static_cast<std::int64_t>(*removed);
}

}  // namespace offhook::store
