#pragma once

#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "store/sql/placeholders.hpp"

namespace offhook::sql {

/// Which statements a PostgreSQL session has prepared, by their text. Of more than `capacity`, the one unused
/// longest goes first. Knows names only: its user tells the server. One thread at a time.
class PostgresStatements {
 public:
  explicit PostgresStatements(std::size_t capacity) : capacity_(capacity) {}

  struct Statement {
    std::string text;          ///< as the program writes it
    NumberedSql numbered;      ///< as PostgreSQL reads it
    std::string name;          ///< on the server
    bool is_prepared = false;  ///< the server knows it; whoever prepares it sets this
  };

  /// The statement for `sql`, used now. Lives until make_room(), which its user calls before.
  [[nodiscard]] Statement& use(std::string_view sql);
  /// Makes room for one more when `sql` is a new one. Returns the name of what has to be deallocated, if any.
  [[nodiscard]] std::optional<std::string> make_room(std::string_view sql);
  /// Gives the statement a new name, under which it is to be prepared again.
  void rename(Statement& statement);
  /// A new session knows none of them.
  void forget_prepared();
  [[nodiscard]] std::size_t size() const { return by_text_.size(); }

 private:
  [[nodiscard]] std::string next_name() { return "s" + std::to_string(++made_); }

  using List = std::list<Statement>;
  std::size_t capacity_;
  std::uint64_t made_ = 0;                                        // names are never used twice
  List statements_;                                               // most recently used first
  std::unordered_map<std::string_view, List::iterator> by_text_;  // keys view Statement::text
};

}  // namespace offhook::sql
