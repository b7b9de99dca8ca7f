#pragma once

#include <libpq-fe.h>

#include <functional>
#include <memory>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "store/sql/postgres_url.hpp"

namespace offhook::sql {

struct ClearResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using PostgresResult = std::unique_ptr<PGresult, ClearResult>;

/// libpq with a limit on every wait. One thread at a time. A session that is lost stays lost.
class PostgresSession {
 public:
  /// Errors: unavailable, with libpq's own sentence as the log text, secrets blotted out.
  [[nodiscard]] static Result<std::unique_ptr<PostgresSession>> connect(const Clock& clock, const PostgresUrl& url,
                                                                        Duration limit);

  /// Sends with `send` (one of libpq's PQsend… functions; returns 0 on failure) and waits for the answer: the
  /// last result, or the first failed one. A failed statement is a result here. Errors: unavailable (the
  /// connection is lost; so it is when no answer comes in time).
  [[nodiscard]] Result<PostgresResult> run(const std::function<int(PGconn*)>& send, Duration limit);

  [[nodiscard]] bool is_lost() const { return connection_ == nullptr; }
  /// Where the session stands: idle, in a transaction, in a failed one. Unknown when lost.
  [[nodiscard]] PGTransactionStatusType transaction() const { return PQtransactionStatus(connection_.get()); }

 private:
  PostgresSession(const Clock& clock, const PostgresUrl& url) : clock_(clock), url_(url) {}

  Result<void> finish_connecting(Deadline deadline);
  Result<void> send_all(Deadline deadline);
  Result<void> await_input(Deadline deadline);
  /// Waits until the socket is ready for `events` (poll(2)). Errors: unavailable (the deadline has passed).
  Result<void> wait_for(short events, Deadline deadline);
  /// Gives the connection up. Returns the error that says why.
  std::unexpected<Error> lose(std::string why);
  [[nodiscard]] std::string complaint() const;

  struct Finish {
    void operator()(PGconn* connection) const { PQfinish(connection); }
  };
  const Clock& clock_;
  PostgresUrl url_;
  std::unique_ptr<PGconn, Finish> connection_;
};

}  // namespace offhook::sql
