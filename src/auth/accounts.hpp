#pragma once

#include <chrono>
#include <string>

#include "async/task.hpp"
#include "auth/passwords.hpp"
#include "auth/rate_limit.hpp"
#include "auth/tokens.hpp"
#include "base/trace.hpp"
#include "http/principal.hpp"
#include "obs/log.hpp"
#include "store/accounts.hpp"
#include "store/store.hpp"

namespace offhook::auth {

/// An e-mail and a password, and where they came from.
struct Attempt {
  std::string email;  ///< as given
  Secret password;
  std::string client_address;  ///< see TrustedProxies::client_of
  Trace trace;
  Deadline deadline;
};

/// A user who has proved who they are.
struct Session {
  std::string access_token;
  std::chrono::seconds expires_in{};
};

/// Registering and logging in. Every attempt costs one from the bucket of its address and of its e-mail, and
/// gets it back unless the password was wrong, so that guessing is slow and working is not. Thread-safe.
class AccountDesk {
 public:
  /// References must outlive it.
  struct Parts {
    store::Store& store;
    Passwords& passwords;
    const Tokens& tokens;
    const Clock& clock;
    obs::Log& log;
    bool is_registration_open = true;
  };
  explicit AccountDesk(const Parts& parts);

  /// A new account and its owner. Errors: forbidden (registration is closed), invalid_argument (the field),
  /// conflict (the e-mail is taken), rate_limited, unavailable.
  Task<store::User> sign_up(Attempt attempt);
  /// Errors: unauthorized, the same for a wrong e-mail and a wrong password and at the same cost;
  /// invalid_argument, rate_limited, unavailable. A hash of an earlier cost is renewed.
  Task<Session> log_in(Attempt attempt);
  /// Errors: not_found.
  Task<store::User> find(std::string user_id);

 private:
  class Spent;

  const Parts parts_;
  RateLimit by_address_;
  RateLimit by_email_;
  RateLimit registrations_;
};

/// Writes a user, in a transaction; with `is_new_account` also the account. Errors: conflict with code
/// "email_taken"; not_found when there is no such account.
Result<void> enroll(sql::Connection& db, const store::User& user, bool is_new_account);

}  // namespace offhook::auth
