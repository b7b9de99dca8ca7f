#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace offhook::sql {

/// A value to bind. Times are stored as INTEGER microseconds since the epoch, JSON as TEXT, flags as 0/1.
class Value {
 public:
  using Data = std::variant<std::nullptr_t, std::int64_t, double, std::string_view>;
  Value(std::nullptr_t) : data_(nullptr) {}
  template <std::integral Integer>
  Value(Integer value) : data_(static_cast<std::int64_t>(value)) {}
  Value(double value) : data_(value) {}
  /// Text is viewed, not copied: it must live until the statement has run.
  Value(std::string_view text) : data_(text) {}
  Value(const std::string& text) : data_(std::string_view(text)) {}
  Value(const char* text) : data_(std::string_view(text)) {}
  Value(UtcTime time) : data_(static_cast<std::int64_t>(time.time_since_epoch().count())) {}
  template <class T>
  Value(const std::optional<T>& value) : data_(value ? Value(*value).data_ : Data(nullptr)) {}
  [[nodiscard]] const Data& data() const { return data_; }

 private:
  Data data_;
};

/// One row of a result. Views live until the row function returns.
class Row {
 public:
  virtual ~Row() = default;
  [[nodiscard]] virtual bool is_null(int column) const = 0;
  [[nodiscard]] virtual std::int64_t integer(int column) const = 0;
  [[nodiscard]] virtual double real(int column) const = 0;
  [[nodiscard]] virtual std::string_view text(int column) const = 0;

  [[nodiscard]] std::string string(int column) const { return std::string(text(column)); }
  [[nodiscard]] UtcTime time(int column) const { return UtcTime(std::chrono::microseconds(integer(column))); }
  [[nodiscard]] std::optional<UtcTime> optional_time(int column) const {
    return is_null(column) ? std::nullopt : std::optional(time(column));
  }
  [[nodiscard]] std::optional<std::int64_t> optional_integer(int column) const {
    return is_null(column) ? std::nullopt : std::optional(integer(column));
  }
};

using Values = std::initializer_list<Value>;
using EachRow = std::function<Result<void>(const Row&)>;

/// A connection to a database, used by one thread at a time. Statements are written in the SQL that
/// SQLite and PostgreSQL share, with "?" for parameters, and cached by their text: pass literals.
/// Errors: conflict (a UNIQUE or other constraint), unavailable (busy, disk full, connection lost),
/// internal (everything else: a bug of ours). The database's own text goes into Error::log only.
class Connection {
 public:
  virtual ~Connection() = default;
  /// Runs one statement; `each_row` sees the rows in order and may stop with an error.
  virtual Result<void> query(std::string_view sql, std::span<const Value> values, const EachRow& each_row) = 0;
  /// Runs one statement without rows. Returns how many rows it changed.
  virtual Result<std::int64_t> execute(std::string_view sql, std::span<const Value> values) = 0;
  /// Runs a script of several statements without parameters (migrations).
  virtual Result<void> run_script(std::string_view sql) = 0;
  /// Whether a transaction is open. A database may end one by itself: SQLite does when the disk is full.
  [[nodiscard]] virtual bool in_transaction() const = 0;

  Result<void> query(std::string_view sql, Values values, const EachRow& each_row) {
    return query(sql, std::span(values.begin(), values.size()), each_row);
  }
  Result<std::int64_t> execute(std::string_view sql, Values values = {}) {
    return execute(sql, std::span(values.begin(), values.size()));
  }
};

}  // namespace offhook::sql
