#include "store/sql/postgres_error.hpp"

#include <string>

namespace offhook::sql {
namespace {

std::string_view field(const PGresult* result, int code) {
  const char* text = PQresultErrorField(result, code);
  return text == nullptr ? std::string_view() : std::string_view(text);
}

}  // namespace

SqlState meaning_of(std::string_view sqlstate) {
  const std::string_view group = sqlstate.substr(0, 2);
  // Serialization failure, deadlock: the same transaction may succeed now.
  if (group == "40") return {ErrorKind::unavailable, Trouble::transaction};
  if (wants_preparing_again(sqlstate)) return {ErrorKind::unavailable, Trouble::transaction};
  if (group == "23") return {ErrorKind::conflict, Trouble::statement};
  if (group == "08") return {ErrorKind::unavailable, Trouble::lost};
  // No memory, disk full, too many connections; cancelled, shutting down; I/O errors; locked; a standby.
  if (group == "53" || group == "57" || group == "58" || sqlstate == "55P03" || sqlstate == "25006") {
    return {ErrorKind::unavailable, Trouble::statement};
  }
  return {ErrorKind::internal, Trouble::statement};
}

bool wants_preparing_again(std::string_view sqlstate) { return sqlstate == "26000" || sqlstate == "0A000"; }

std::string_view sqlstate_of(const PGresult* result) { return field(result, PG_DIAG_SQLSTATE); }

Error postgres_error(const PGresult* result, std::string_view doing) {
  const std::string_view state = sqlstate_of(result);
  std::string log = "postgres: ";
  log += field(result, PG_DIAG_MESSAGE_PRIMARY);
  log.append(" (SQLSTATE ").append(state).append(") in: ").append(doing);
  return Error{.kind = meaning_of(state).kind, .client = {}, .log = std::move(log)};
}

}  // namespace offhook::sql
