#include "store/sql/postgres_statements.hpp"

namespace offhook::sql {

PostgresStatements::Statement& PostgresStatements::use(std::string_view sql) {
  if (const auto found = by_text_.find(sql); found != by_text_.end()) {
    statements_.splice(statements_.begin(), statements_, found->second);
    return statements_.front();
  }
  statements_.push_front({.text = std::string(sql), .numbered = number_placeholders(sql), .name = next_name()});
  by_text_.emplace(statements_.front().text, statements_.begin());
  return statements_.front();
}

std::optional<std::string> PostgresStatements::make_room(std::string_view sql) {
  if (statements_.size() < capacity_ || statements_.empty() || by_text_.contains(sql)) return std::nullopt;
  const Statement& oldest = statements_.back();
  std::optional<std::string> name;
  if (oldest.is_prepared) name = oldest.name;
  by_text_.erase(oldest.text);
  statements_.pop_back();
  return name;
}

void PostgresStatements::rename(Statement& statement) {
  statement.name = next_name();
  statement.is_prepared = false;
}

void PostgresStatements::forget_prepared() {
  for (Statement& statement : statements_) statement.is_prepared = false;
}

}  // namespace offhook::sql
