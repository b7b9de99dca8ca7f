#include "store/sql/postgres_row.hpp"

#include <charconv>

#include "store/sql/postgres_text.hpp"

namespace offhook::sql {

std::string_view PostgresRow::stored(int column) const {
  return {PQgetvalue(result_, row_, column), static_cast<std::size_t>(PQgetlength(result_, row_, column))};
}

std::int64_t PostgresRow::integer(int column) const {
  const std::string_view digits = stored(column);
  if (digits == "t") return 1;  // a boolean expression
  std::int64_t number = 0;
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (problem == std::errc{} && end == digits.data() + digits.size()) return number;
  return static_cast<std::int64_t>(real(column));
}

double PostgresRow::real(int column) const {
  const std::string_view digits = stored(column);
  double number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

std::string_view PostgresRow::text(int column) const {
  const std::string_view text = stored(column);
  auto decoded = from_storable(text);
  if (!decoded) return text;
  return decoded_.emplace_back(std::move(*decoded));
}

}  // namespace offhook::sql
