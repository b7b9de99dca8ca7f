#pragma once

#include <libpq-fe.h>

#include <deque>
#include <string>

#include "store/sql/connection.hpp"

namespace offhook::sql {

/// One row of a fetched result in libpq's text format. Numbers are read as SQLite reads them: a fraction loses
/// its digits as an integer, what is no number is 0.
class PostgresRow final : public Row {
 public:
  explicit PostgresRow(const PGresult* result) : result_(result) {}
  void move_to(int row) {
    row_ = row;
    decoded_.clear();
  }

  [[nodiscard]] bool is_null(int column) const override { return PQgetisnull(result_, row_, column) != 0; }
  [[nodiscard]] std::int64_t integer(int column) const override;
  [[nodiscard]] double real(int column) const override;
  [[nodiscard]] std::string_view text(int column) const override;

 private:
  [[nodiscard]] std::string_view stored(int column) const;

  const PGresult* result_;
  int row_ = 0;
  mutable std::deque<std::string> decoded_;  // texts that came out different; views point here
};

}  // namespace offhook::sql
