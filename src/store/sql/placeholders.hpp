#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace offhook::sql {

/// A statement with its parameters numbered.
struct NumberedSql {
  std::string text;
  std::size_t parameters = 0;
};

/// Rewrites each "?" of `sql` to $1, $2, …, in order. Those inside '…', "…", $tag$…$tag$ and comments are text
/// and stay. Pure. Source: PostgreSQL 15, "4.1 Lexical Structure".
[[nodiscard]] NumberedSql number_placeholders(std::string_view sql);

}  // namespace offhook::sql
