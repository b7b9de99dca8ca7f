#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/sql/connection.hpp"

namespace offhook::store {

/// A tenant. Its id is what the owner_id of its rows holds; "local" is always there.
struct Account {
  std::string id;
  std::string name;
  UtcTime created_at{};
};

class Accounts {
 public:
  explicit Accounts(sql::Connection& db) : db_(db) {}
  /// Errors: conflict (the id is taken).
  Result<void> insert(const Account& account);
  Result<std::optional<Account>> find(std::string_view id);

 private:
  sql::Connection& db_;
};

/// A person who logs in, of one account.
struct User {
  std::string id;
  std::string account_id;
  std::string email;               ///< in lower case; unique among all accounts
  std::string password_hash;       ///< as argon2 encodes it
  std::string role;                ///< "owner", "agent" or "viewer"
  std::int64_t token_version = 1;  ///< tokens with another one are worthless
  UtcTime created_at{};
};

class Users {
 public:
  explicit Users(sql::Connection& db) : db_(db) {}
  /// Errors: conflict with code "duplicate" (the e-mail or the id is taken); conflict without code when
  /// there is no such account.
  Result<void> insert(const User& user);
  Result<std::optional<User>> find(std::string_view id);
  /// `email` in lower case.
  Result<std::optional<User>> find_by_email(std::string_view email);
  /// Oldest first.
  Result<std::vector<User>> list();
  /// A new password: the tokens of the old one work no longer. Errors: not_found.
  Result<void> change_password(std::string_view id, std::string_view password_hash);
  /// The same password under new parameters, unless it was changed meanwhile; tokens stay as they are.
  Result<void> rehash_password(std::string_view id, std::string_view from_hash, std::string_view to_hash);
  /// Returns whether there was one. Its account and what belongs to it stay.
  Result<bool> remove(std::string_view email);

 private:
  sql::Connection& db_;
};

/// A key that programs present. Its secret is not here: only what proves it.
struct ApiKey {
  std::string id;  ///< the public part of the key's text
  std::string account_id;
  std::string name;
  std::string secret_hash;  ///< SHA-256 of the secret part, hex
  std::string scopes;       ///< names with spaces between them
  UtcTime created_at{};
  std::optional<UtcTime> last_used_at;  ///< coarse
  std::optional<UtcTime> revoked_at;
};

class ApiKeys {
 public:
  explicit ApiKeys(sql::Connection& db) : db_(db) {}
  /// Errors: conflict with code "duplicate" (the id is taken); conflict without code when there is no such
  /// account.
  Result<void> insert(const ApiKey& key);
  Result<std::optional<ApiKey>> find(std::string_view id);
  /// Oldest first, revoked ones too.
  Result<std::vector<ApiKey>> list();
  /// Returns whether a key that was valid is not any more.
  Result<bool> revoke(std::string_view id, UtcTime at);
  /// Moves last_used_at forward.
  Result<void> note_use(std::string_view id, UtcTime at);

 private:
  sql::Connection& db_;
};

}  // namespace offhook::store
