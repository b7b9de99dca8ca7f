#include "store/sql/postgres_connection.hpp"

#include <array>
#include <charconv>
#include <utility>
#include <vector>

#include "store/sql/postgres_error.hpp"
#include "store/sql/postgres_row.hpp"
#include "store/sql/postgres_session.hpp"
#include "store/sql/postgres_statements.hpp"
#include "store/sql/postgres_text.hpp"

namespace offhook::sql {
namespace {

/// How much longer than the server we wait for its word that a statement took too long.
constexpr std::chrono::milliseconds kGrace{1000};

template <class Number>
std::string digits_of(Number number) {
  std::array<char, 32> buffer{};  // the longest double takes 24
  const auto [end, problem] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
  return {buffer.data(), end};
}

/// The values in libpq's text format; the server finds out their types from where they stand.
class Bound {
 public:
  explicit Bound(std::span<const Value> values) {
    texts_.reserve(values.size());  // so that what pointers_ points to stays where it is
    for (const Value& value : values) {
      const bool is_null = std::holds_alternative<std::nullptr_t>(value.data());
      texts_.push_back(std::visit(ToText{}, value.data()));
      pointers_.push_back(is_null ? nullptr : texts_.back().c_str());
    }
  }
  [[nodiscard]] int count() const { return static_cast<int>(pointers_.size()); }
  [[nodiscard]] const char* const* pointers() const { return pointers_.data(); }

 private:
  struct ToText {
    std::string operator()(std::nullptr_t) const { return {}; }
    std::string operator()(std::int64_t number) const { return digits_of(number); }
    std::string operator()(double number) const { return digits_of(number); }
    std::string operator()(std::string_view text) const { return to_storable(text).value_or(std::string(text)); }
  };
  std::vector<std::string> texts_;
  std::vector<const char*> pointers_;
};

/// What begins, ends or marks a transaction: it needs no savepoint of its own and is not worth preparing.
bool is_control(std::string_view sql) {
  for (const std::string_view word : {"BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "SET ", "DEALLOCATE"}) {
    if (sql.starts_with(word)) return true;
  }
  return false;
}

class Postgres final : public PostgresConnection {
 public:
  Postgres(const Clock& clock, PostgresOptions options)
      : clock_(clock), options_(std::move(options)), statements_(options_.max_cached_statements) {}
  ~Postgres() override = default;

  Result<void> query(std::string_view sql, std::span<const Value> values, const EachRow& each_row) override {
    auto result = run(sql, values);
    if (!result) return fail(result);
    if (!each_row) return {};
    PostgresRow row(result->get());
    for (int i = 0; i < PQntuples(result->get()); ++i) {
      row.move_to(i);
      if (auto go_on = each_row(row); !go_on) return go_on;
    }
    return {};
  }

  Result<std::int64_t> execute(std::string_view sql, std::span<const Value> values) override {
    auto result = run(sql, values);
    if (!result) return fail(result);
    // The command tag of a SELECT counts what it found, which is no change.
    if (std::string_view(PQcmdStatus(result->get())).starts_with("SELECT")) return 0;
    const std::string_view digits = PQcmdTuples(result->get());
    std::int64_t changed = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), changed);
    return changed;
  }

  bool in_transaction() const override { return !is_lost() && session_->transaction() != PQTRANS_IDLE; }

  Result<void> run_script(std::string_view sql) override {
    const std::string script(sql);
    auto result = checked(ask([&](PGconn* c) { return PQsendQuery(c, script.c_str()); }), sql.substr(0, 200));
    if (!result) return fail(result);
    return {};
  }

  Trouble take_trouble() override { return std::exchange(trouble_, Trouble::none); }
  const std::string& last_failure() const override { return last_failure_; }
  bool is_lost() const override { return session_ == nullptr || session_->is_lost(); }
  void set_careful(bool is_careful) override { is_careful_ = is_careful; }

  Result<void> reconnect() override {
    session_.reset();
    statements_.forget_prepared();
    trouble_ = Trouble::none;
    is_careful_ = false;
    auto session = PostgresSession::connect(clock_, options_.url, options_.connect_timeout);
    if (!session) return fail(session);
    session_ = std::move(*session);
    // A process that hangs in the middle of a transaction must not keep others waiting for its locks.
    if (auto set = run_control("SET idle_in_transaction_session_timeout = 60000", {}); !set) return fail(set);
    return limit_statements(options_.statement_timeout);
  }

  Result<void> limit_statements(std::chrono::milliseconds limit) override {
    limit_ = limit;
    auto set = run_control("SET statement_timeout = " + std::to_string(limit.count()), {});
    if (!set) return fail(set);
    return {};
  }

 private:
  using Send = std::function<int(PGconn*)>;

  Result<PostgresResult> ask(const Send& send) {
    auto result = is_lost() ? Result<PostgresResult>(fail(ErrorKind::unavailable, {}, "postgres: not connected"))
                            : session_->run(send, limit_ + kGrace);
    if (!result) note(Trouble::lost, result.error());
    return result;
  }

  /// Makes an Error of a failed result.
  Result<PostgresResult> checked(Result<PostgresResult> result, std::string_view sql) {
    if (!result) {
      result.error().log.append(" in: ").append(sql);
      return result;
    }
    const ExecStatusType status = PQresultStatus(result->get());
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return result;
    if (status == PGRES_EMPTY_QUERY) return fail(ErrorKind::internal, {}, "an empty SQL statement");
    Error error = postgres_error(result->get(), sql);
    note(meaning_of(sqlstate_of(result->get())).trouble, error);
    return fail(std::move(error));
  }

  void note(Trouble trouble, const Error& error) {
    // The first of its kind is the cause: what follows it only says that the transaction is doomed.
    if (trouble <= trouble_) return;
    trouble_ = trouble;
    last_failure_ = error.log;
  }

  Result<PostgresResult> run(std::string_view sql, std::span<const Value> values) {
    if (is_control(sql)) return run_control(sql, values);
    if (!is_careful_ || is_lost() || session_->transaction() != PQTRANS_INTRANS) return run_prepared(sql, values);
    if (auto marked = run_control("SAVEPOINT statement", {}); !marked) return marked;
    auto result = run_prepared(sql, values);
    if (result) {
      if (auto released = run_control("RELEASE statement", {}); !released) return released;
      return result;
    }
    // Nothing that the caller has to know of happened to its transaction, when this works.
    const Trouble before = trouble_;
    auto undone = run_control("ROLLBACK TO statement; RELEASE statement", {});
    if (undone && before == Trouble::statement) trouble_ = Trouble::none;
    return result;
  }

  /// Statements without parameters, perhaps several at once.
  Result<PostgresResult> run_control(std::string_view sql, std::span<const Value> values) {
    if (!values.empty()) return fail(ErrorKind::internal, {}, "wrong number of values for: " + std::string(sql));
    if (sql.starts_with("COMMIT") && !is_lost() && session_->transaction() != PQTRANS_INTRANS) {
      Error error{.kind = ErrorKind::internal, .client = {}, .log = "postgres: there is nothing to commit"};
      note(Trouble::statement, error);
      return fail(std::move(error));
    }
    const std::string text(sql);
    return checked(ask([&](PGconn* c) { return PQsendQuery(c, text.c_str()); }), sql);
  }

  Result<PostgresResult> run_prepared(std::string_view sql, std::span<const Value> values) {
    if (const auto oldest = statements_.make_room(sql)) {
      if (auto gone = run_control("DEALLOCATE " + *oldest, {}); !gone) return gone;
    }
    PostgresStatements::Statement& statement = statements_.use(sql);
    if (statement.numbered.parameters != values.size()) {
      return fail(ErrorKind::internal, {}, "wrong number of values for: " + std::string(sql));
    }
    if (!statement.is_prepared) {
      auto prepared =
          checked(ask([&](PGconn* c) {
                    return PQsendPrepare(c, statement.name.c_str(), statement.numbered.text.c_str(), 0, nullptr);
                  }),
                  sql);
      if (!prepared) return prepared;
      statement.is_prepared = true;
    }
    const Bound bound(values);
    auto result = ask([&](PGconn* c) {
      return PQsendQueryPrepared(c, statement.name.c_str(), bound.count(), bound.pointers(), nullptr, nullptr, 0);
    });
    if (result && wants_preparing_again(sqlstate_of(result->get()))) statements_.rename(statement);
    return checked(std::move(result), sql);
  }

  const Clock& clock_;
  const PostgresOptions options_;
  std::chrono::milliseconds limit_{options_.statement_timeout};
  std::unique_ptr<PostgresSession> session_;
  PostgresStatements statements_;
  Trouble trouble_ = Trouble::none;
  std::string last_failure_;
  bool is_careful_ = false;
};

}  // namespace

Result<std::unique_ptr<PostgresConnection>> open_postgres(const Clock& clock, PostgresOptions options) {
  auto connection = std::make_unique<Postgres>(clock, std::move(options));
  if (auto connected = connection->reconnect(); !connected) return fail(connected);
  return connection;
}

}  // namespace offhook::sql
