#pragma once

#include <chrono>
#include <memory>

#include "base/clock.hpp"
#include "store/sql/connection.hpp"
#include "store/sql/postgres_url.hpp"

namespace offhook::sql {

/// How to reach a PostgreSQL database.
struct PostgresOptions {
  PostgresUrl url;
  /// How long connecting may take, all addresses together; looking up a host's name comes on top.
  std::chrono::milliseconds connect_timeout{5000};
  /// How long one statement may take. The server ends it then; a server that does not even say so is given up
  /// a second later, and with it the connection.
  std::chrono::milliseconds statement_timeout{10000};
  std::size_t max_cached_statements = 256;
};

/// The worst that happened to a connection since it was last asked.
enum class Trouble : std::uint8_t {
  none,
  statement,    ///< a statement failed, which dooms the transaction it was in (but see set_careful())
  transaction,  ///< the transaction failed of what others did (serialization, deadlock): run it again
  lost,         ///< the connection is gone, and what was not committed with it
};

/// A session of a PostgreSQL server. Text may hold any bytes (postgres_text.hpp). Rows are fetched all together
/// before the row function sees the first. COMMIT is an error where there is nothing to commit (no transaction,
/// or a doomed one, which PostgreSQL would only roll back). Every wait has a limit.
class PostgresConnection : public Connection {
 public:
  /// The worst since the last call; forgets it.
  virtual Trouble take_trouble() = 0;
  /// The log text of the last failure, for whoever took its trouble.
  [[nodiscard]] virtual const std::string& last_failure() const = 0;
  [[nodiscard]] virtual bool is_lost() const = 0;
  /// Starts a new session in place of the one that is there or lost. Prepared statements are prepared again
  /// when they are next used. Errors: unavailable.
  virtual Result<void> reconnect() = 0;
  /// While on, a statement that fails in a transaction undoes itself only, as SQLite's do: each one gets a
  /// savepoint, at three times the messages.
  virtual void set_careful(bool is_careful) = 0;
  /// How long a statement may take from now on (until reconnect()). Errors: as for a statement.
  virtual Result<void> limit_statements(std::chrono::milliseconds limit) = 0;
};

/// Connects. The connection may move between threads but serves one at a time; `clock` must outlive it.
/// Errors: unavailable; its log text is the server's or libpq's sentence without the URL's secrets.
[[nodiscard]] Result<std::unique_ptr<PostgresConnection>> open_postgres(const Clock& clock, PostgresOptions options);

}  // namespace offhook::sql
