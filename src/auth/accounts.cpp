#include "auth/accounts.hpp"

#include <utility>

#include "async/cancel.hpp"
#include "async/loop.hpp"
#include "auth/api_key.hpp"
#include "auth/client_address.hpp"
#include "auth/email.hpp"

namespace offhook::auth {
namespace {

/// Guesses an hour: OWASP's cheat sheet on authentication asks for a limit by account as well as by address;
/// NIST SP 800-63B-4, section 3.2.2, allows at most 100 failures in a row.
constexpr RateLimit::Options kByEmail{.per_hour = 30, .burst = 10};
constexpr RateLimit::Options kByAddress{.per_hour = 120, .burst = 30};
constexpr RateLimit::Options kRegistrations{.per_hour = 100, .burst = 100};

std::unexpected<Error> taken() {
  return fail(Error{.kind = ErrorKind::conflict,
                    .client = "There is an account with this e-mail address already.",
                    .code = "email_taken"}
                  .with_param("email"));
}

std::unexpected<Error> wait_first(std::chrono::seconds wait) {
  return fail(Error{
      .kind = ErrorKind::rate_limited, .client = "Too many attempts: wait before the next one.", .retry_after = wait});
}

std::unexpected<Error> bad_email() {
  Error error{.kind = ErrorKind::invalid_argument,
              .client = "Invalid value for 'email': expected an address such as ann@example.com"};
  return fail(std::move(error).with_param("email").with_code("invalid_value"));
}

std::unexpected<Error> wrong_credentials() {
  return fail(Error{.kind = ErrorKind::unauthorized,
                    .client = "The e-mail address or the password is wrong.",
                    .code = "invalid_credentials"});
}

}  // namespace

Result<void> enroll(sql::Connection& db, const store::User& user, bool is_new_account) {
  store::Accounts accounts(db);
  auto known = store::Users(db).find_by_email(user.email);
  if (!known) return fail(known);
  if (*known) return taken();
  if (is_new_account) {
    if (auto added = accounts.insert({.id = user.account_id, .created_at = user.created_at}); !added) return added;
  } else {
    auto account = accounts.find(user.account_id);
    if (!account) return fail(account);
    if (!*account) return fail(ErrorKind::not_found, "There is no account '" + user.account_id + "'.");
  }
  auto added = store::Users(db).insert(user);
  if (!added && added.error().code == "duplicate") return taken();
  return added;
}

AccountDesk::AccountDesk(const Parts& parts)
    : parts_(parts),
      by_address_(parts.clock, kByAddress),
      by_email_(parts.clock, kByEmail),
      registrations_(parts.clock, kRegistrations) {}

/// An attempt that counts until it is over: only a guess that was wrong counts on.
class AccountDesk::Spent {
 public:
  Spent(AccountDesk& desk, std::string email, std::string address)
      : desk_(desk), email_(std::move(email)), address_(std::move(address)) {
    desk_.by_address_.spend(address_);
    desk_.by_email_.spend(email_);
  }
  ~Spent() {
    if (was_wrong_) return;
    desk_.by_address_.give_back(address_);
    desk_.by_email_.give_back(email_);
  }
  Spent(const Spent&) = delete;
  Spent& operator=(const Spent&) = delete;
  void was_wrong() { was_wrong_ = true; }

 private:
  AccountDesk& desk_;
  std::string email_;
  std::string address_;
  bool was_wrong_ = false;
};

Task<store::User> AccountDesk::sign_up(Attempt attempt) {
  if (!parts_.is_registration_open) {
    co_return fail(ErrorKind::forbidden, "Registration is closed on this server: ask its operator for an account.");
  }
  auto email = normal_email(attempt.email);
  if (!email) co_return bad_email();
  if (auto checked = check_password(attempt.password.reveal()); !checked) co_return fail(checked);
  const std::string address = limit_key(attempt.client_address);
  if (const auto wait = registrations_.wait_for(address); wait.count() > 0) co_return wait_first(wait);
  registrations_.spend(address);
  auto hash = co_await parts_.passwords.hash(std::move(attempt.password), attempt.deadline);
  if (!hash) co_return fail(hash);

  Loop& loop = co_await this_loop();
  store::User user{.id = make_id(loop.random(), "user"), .account_id = make_id(loop.random(), "acct")};
  user.email = std::move(*email);
  user.password_hash = std::move(*hash);
  user.role = to_string(http::Role::owner);
  user.created_at = parts_.clock.utc_now();
  auto enrolled = co_await with_deadline(
      attempt.deadline, parts_.store.write([user](sql::Connection& db) { return enroll(db, user, true); }));
  if (!enrolled) co_return fail(enrolled);
  parts_.log.write(obs::Level::info, "account registered", attempt.trace,
                   {{"account", user.account_id}, {"email", MaskedEmail{user.email}}});
  co_return user;
}

Task<Session> AccountDesk::log_in(Attempt attempt) {
  auto email = normal_email(attempt.email);
  if (!email) co_return bad_email();
  const std::string address = limit_key(attempt.client_address);
  const auto wait = std::max(by_address_.wait_for(address), by_email_.wait_for(*email));
  if (wait.count() > 0) co_return wait_first(wait);
  Spent spent(*this, *email, address);
  auto user = co_await with_deadline(attempt.deadline, parts_.store.read([address = *email](sql::Connection& db) {
    return store::Users(db).find_by_email(address);
  }));
  if (!user) co_return fail(user);
  // Nobody is compared with nothing, at the same cost.
  const std::string encoded = *user ? (*user)->password_hash : std::string();
  auto verdict = co_await parts_.passwords.verify(attempt.password, encoded, attempt.deadline);
  if (!verdict) co_return fail(verdict);
  if (!verdict->matches) {
    spent.was_wrong();
    parts_.log.write(obs::Level::info, "login refused", attempt.trace, {{"email", MaskedEmail{*email}}});
    co_return wrong_credentials();
  }
  if (verdict->is_outdated) {
    auto renewed = co_await parts_.passwords.hash(attempt.password, attempt.deadline);
    if (renewed) {
      // The login is right whether or not this is stored.
      auto work = [id = (*user)->id, from = encoded, to = *renewed](sql::Connection& db) {
        return store::Users(db).rehash_password(id, from, to);
      };
      (void)co_await with_deadline(attempt.deadline, parts_.store.write(std::move(work)));
    }
  }
  co_return Session{.access_token = parts_.tokens.issue((*user)->id, (*user)->token_version, parts_.clock.utc_now()),
                    .expires_in = parts_.tokens.lifetime()};
}

Task<store::User> AccountDesk::find(std::string user_id) {
  auto user = co_await parts_.store.read([user_id](sql::Connection& db) { return store::Users(db).find(user_id); });
  if (!user) co_return fail(user);
  if (!*user) co_return fail(ErrorKind::not_found, "There is no such user.");
  co_return std::move(**user);
}

}  // namespace offhook::auth
