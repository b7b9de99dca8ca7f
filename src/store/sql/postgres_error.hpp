#pragma once

#include <libpq-fe.h>

#include <string_view>

#include "base/error.hpp"
#include "store/sql/postgres_connection.hpp"

namespace offhook::sql {

/// What a SQLSTATE (five characters) means to us. Source: PostgreSQL 15, "Appendix A. Error Codes".
struct SqlState {
  ErrorKind kind = ErrorKind::internal;
  Trouble trouble = Trouble::statement;
};
[[nodiscard]] SqlState meaning_of(std::string_view sqlstate);

/// Says that a prepared statement is of no use any more: the session does not know it (something between us and
/// the server gave us another one), or the tables have changed since.
[[nodiscard]] bool wants_preparing_again(std::string_view sqlstate);

/// The SQLSTATE of a failed result; empty when there is none.
[[nodiscard]] std::string_view sqlstate_of(const PGresult* result);

/// The Error for a failed result; `doing` goes into the log. The server's detail line, which quotes the values
/// of rows, is left out.
[[nodiscard]] Error postgres_error(const PGresult* result, std::string_view doing);

}  // namespace offhook::sql
