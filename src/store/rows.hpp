#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/paging.hpp"
#include "store/sql/connection.hpp"

/// What the repositories share. Not for others.
namespace offhook::store::rows {

/// NULL for an empty text: for columns that are UNIQUE when known.
[[nodiscard]] inline sql::Value nullable(std::string_view text) {
  return text.empty() ? sql::Value(nullptr) : sql::Value(text);
}

[[nodiscard]] inline std::optional<double> optional_real(const sql::Row& row, int column) {
  return row.is_null(column) ? std::nullopt : std::optional(row.real(column));
}

[[nodiscard]] inline std::unexpected<Error> conflict(std::string_view code, std::string sentence) {
  return fail(Error{.kind = ErrorKind::conflict, .client = std::move(sentence)}.with_code(std::string(code)));
}

/// Runs an INSERT … ON CONFLICT DO NOTHING (which leaves the transaction usable) and makes a conflict of
/// a row that was not inserted.
[[nodiscard]] inline Result<void> insert(sql::Connection& db, std::string_view sql, sql::Values values,
                                         std::string_view what) {
  auto changed = db.execute(sql, values);
  if (!changed) return fail(changed);
  if (*changed == 0) return conflict("duplicate", std::string(what) + " already exists");
  return {};
}

/// What a row refers to must be its owner's too. `sql` selects the row `id` of owner `owner_id`; no row is
/// a conflict without code, as a missing foreign key is.
[[nodiscard]] inline Result<void> require_owned(sql::Connection& db, std::string_view sql, std::string_view id,
                                                std::string_view owner_id, std::string_view what) {
  bool is_there = false;
  auto done = db.query(sql, {id, owner_id}, [&](const sql::Row&) -> Result<void> {
    is_there = true;
    return {};
  });
  if (!done) return fail(done);
  if (!is_there) return fail(ErrorKind::conflict, "there is no such " + std::string(what));
  return {};
}

/// Runs an UPDATE of one row; no row is not_found.
[[nodiscard]] inline Result<void> update(sql::Connection& db, std::string_view sql, sql::Values values,
                                         std::string_view what) {
  auto changed = db.execute(sql, values);
  if (!changed) return fail(changed);
  if (*changed == 0) return fail(ErrorKind::not_found, std::string(what) + " not found");
  return {};
}

/// The first row, read by `read` (T(const sql::Row&)).
template <class Read>
[[nodiscard]] auto find(sql::Connection& db, std::string_view sql, sql::Values values, Read read)
    -> Result<std::optional<std::invoke_result_t<Read, const sql::Row&>>> {
  std::optional<std::invoke_result_t<Read, const sql::Row&>> found;
  auto done = db.query(sql, values, [&](const sql::Row& row) -> Result<void> {
    if (!found) found = read(row);
    return {};
  });
  if (!done) return fail(done);
  return found;
}

/// All rows.
template <class Read>
[[nodiscard]] auto all(sql::Connection& db, std::string_view sql, std::span<const sql::Value> values, Read read)
    -> Result<std::vector<std::invoke_result_t<Read, const sql::Row&>>> {
  std::vector<std::invoke_result_t<Read, const sql::Row&>> items;
  auto done = db.query(sql, values, [&](const sql::Row& row) -> Result<void> {
    items.push_back(read(row));
    return {};
  });
  if (!done) return fail(done);
  return items;
}
template <class Read>
[[nodiscard]] auto all(sql::Connection& db, std::string_view sql, sql::Values values, Read read) {
  return all(db, sql, std::span(values.begin(), values.size()), read);
}

/// A SELECT that grows conditions. Its texts are few (the columns and which filters are set), so that
/// they stay in the statement cache.
class Select {
 public:
  explicit Select(std::string_view columns_from_table) : sql_(columns_from_table) {}

  /// Adds `condition` ("agent = ?"); the value's text must live until the query has run.
  Select& where(std::string_view condition, sql::Value value) {
    add(condition);
    values_.push_back(value);
    return *this;
  }
  Select& where(std::string_view condition) {
    add(condition);
    return *this;
  }
  /// The same unless `text` is empty.
  Select& where_given(std::string_view condition, std::string_view text) {
    return text.empty() ? *this : where(condition, text);
  }
  Select& then(std::string_view rest, std::initializer_list<sql::Value> values = {}) {
    sql_.append(" ").append(rest);
    values_.insert(values_.end(), values);
    return *this;
  }
  [[nodiscard]] const std::string& sql() const { return sql_; }
  [[nodiscard]] std::span<const sql::Value> values() const { return values_; }

 private:
  void add(std::string_view condition) {
    sql_.append(has_condition_ ? " AND " : " WHERE ").append(condition);
    has_condition_ = true;
  }
  std::string sql_;
  std::vector<sql::Value> values_;
  bool has_condition_ = false;
};

/// One page of `select`, newest first by `time_column`; `position` gives an item's place.
template <class Read, class PositionOf>
[[nodiscard]] auto page(sql::Connection& db, Select select, const Page& page, std::string_view time_column, Read read,
                        PositionOf position) -> Result<Paged<std::invoke_result_t<Read, const sql::Row&>>> {
  using T = std::invoke_result_t<Read, const sql::Row&>;
  const std::string column(time_column);
  Position after;
  if (page.cursor) {
    auto decoded = decode_cursor(*page.cursor);
    if (!decoded) return fail(decoded);
    after = std::move(*decoded);
    select.where("(" + column + ", id) < (?, ?)", after.created_at).then("", {sql::Value(after.id)});
  }
  const std::size_t limit = std::clamp<std::size_t>(page.limit, 1, Page::kMaxLimit);
  select.then("ORDER BY " + column + " DESC, id DESC LIMIT ?", {sql::Value(limit + 1)});  // one more: is there more?
  auto items = all(db, select.sql(), select.values(), read);
  if (!items) return fail(items);
  Paged<T> result{.items = std::move(*items)};
  if (result.items.size() > limit) {
    result.items.resize(limit);
    result.next_cursor = encode_cursor(position(result.items.back()));
  }
  return result;
}

}  // namespace offhook::store::rows
