#include "store/sql/postgres_session.hpp"

#include <poll.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/text.hpp"

namespace offhook::sql {
namespace {

/// What we want of a connection unless the URL says otherwise. A peer that vanished is noticed within about a
/// minute when idle, and after 15 s with data under way.
/// Source: PostgreSQL 15, "34.1.2 Parameter Key Words".
constexpr std::pair<const char*, const char*> kDefaults[] = {
    {"client_encoding", "UTF8"}, {"fallback_application_name", "offhook"},
    {"keepalives_idle", "30"},   {"keepalives_interval", "10"},
    {"keepalives_count", "3"},   {"tcp_user_timeout", "15000"},
};

bool has_failed(const PGresult* result) {
  const ExecStatusType status = PQresultStatus(result);
  return status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK;
}

}  // namespace

Result<std::unique_ptr<PostgresSession>> PostgresSession::connect(const Clock& clock, const PostgresUrl& url,
                                                                  Duration limit) {
  std::unique_ptr<PostgresSession> session(new PostgresSession(clock, url));
  std::vector<const char*> names;
  std::vector<const char*> values;
  for (const auto& [name, value] : kDefaults) {
    if (url.parameters().contains(name)) continue;
    names.push_back(name);
    values.push_back(value);
  }
  for (const auto& [name, value] : url.parameters()) {
    names.push_back(name.c_str());
    values.push_back(value.c_str());
  }
  names.push_back(nullptr);
  values.push_back(nullptr);
  const Deadline deadline = Deadline::after(clock, limit);
  session->connection_.reset(PQconnectStartParams(names.data(), values.data(), 0));
  if (auto connected = session->finish_connecting(deadline); !connected) return fail(connected);
  // What the server only remarks upon would go to standard error otherwise.
  PQsetNoticeProcessor(session->connection_.get(), [](void*, const char*) {}, nullptr);
  PQsetErrorVerbosity(session->connection_.get(), PQERRORS_TERSE);
  PQsetnonblocking(session->connection_.get(), 1);
  return session;
}

Result<void> PostgresSession::finish_connecting(Deadline deadline) {
  if (!connection_) return fail(ErrorKind::unavailable, {}, "postgres: out of memory");
  auto state = PGRES_POLLING_WRITING;  // libpq: as if it had just said so
  if (PQstatus(connection_.get()) == CONNECTION_BAD) return lose(complaint());
  for (;;) {
    if (auto ready = wait_for(state == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline); !ready) return ready;
    state = PQconnectPoll(connection_.get());
    if (state == PGRES_POLLING_OK) return {};
    if (state == PGRES_POLLING_FAILED) return lose(complaint());
  }
}

Result<PostgresResult> PostgresSession::run(const std::function<int(PGconn*)>& send, Duration limit) {
  if (!connection_) return fail(ErrorKind::unavailable, {}, "postgres: not connected");
  const Deadline deadline = Deadline::after(clock_, limit);
  if (send(connection_.get()) == 0) return lose(complaint());
  if (auto sent = send_all(deadline); !sent) return fail(sent);
  PostgresResult answer;
  for (;;) {
    if (auto came = await_input(deadline); !came) return fail(came);
    PostgresResult next(PQgetResult(connection_.get()));
    if (!next) break;
    const ExecStatusType status = PQresultStatus(next.get());
    if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH) {
      return lose("COPY is not spoken here");
    }
    if (!answer || !has_failed(answer.get())) answer = std::move(next);
  }
  if (PQstatus(connection_.get()) == CONNECTION_BAD) return lose(complaint());
  if (!answer) return lose("no answer at all");
  return answer;
}

Result<void> PostgresSession::send_all(Deadline deadline) {
  for (;;) {
    const int left = PQflush(connection_.get());
    if (left == 0) return {};
    if (left < 0) return lose(complaint());
    // The server may be waiting for us to read before it reads on.
    if (auto ready = wait_for(POLLIN | POLLOUT, deadline); !ready) return ready;
    if (PQconsumeInput(connection_.get()) == 0) return lose(complaint());
  }
}

Result<void> PostgresSession::await_input(Deadline deadline) {
  while (PQisBusy(connection_.get()) != 0) {
    if (auto ready = wait_for(POLLIN, deadline); !ready) return ready;
    if (PQconsumeInput(connection_.get()) == 0) return lose(complaint());
  }
  return {};
}

Result<void> PostgresSession::wait_for(short events, Deadline deadline) {
  pollfd socket{.fd = PQsocket(connection_.get()), .events = events, .revents = 0};
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline.at - clock_.now()).count();
    if (left <= 0) return lose("no answer in time");
    const int ready = poll(&socket, 1, static_cast<int>(std::min<decltype(left)>(left, 3'600'000)));
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return lose("poll failed");
  }
}

std::unexpected<Error> PostgresSession::lose(std::string why) {
  connection_.reset();
  return fail(ErrorKind::unavailable, {}, "postgres: " + std::move(why));
}

std::string PostgresSession::complaint() const {
  // Several lines when several addresses were tried; those that begin with a tab are hints.
  std::string lines;
  for (const std::string_view line : split(PQerrorMessage(connection_.get()), '\n')) {
    if (!line.starts_with('\t')) lines.append(line).append(" ");
  }
  return url_.scrubbed(one_line(lines));
}

}  // namespace offhook::sql
