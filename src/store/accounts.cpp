#include "store/accounts.hpp"

#include "store/rows.hpp"

namespace offhook::store {
namespace {

#define OFFHOOK_SELECT_USER "SELECT id, account_id, email, password_hash, role, token_version, created_at FROM users"
#define OFFHOOK_SELECT_KEY \
  "SELECT id, account_id, name, secret_hash, scopes, created_at, last_used_at, revoked_at FROM api_keys"

User read_user(const sql::Row& row) {
  return {.id = row.string(0),
          .account_id = row.string(1),
          .email = row.string(2),
          .password_hash = row.string(3),
          .role = row.string(4),
          .token_version = row.integer(5),
          .created_at = row.time(6)};
}

ApiKey read_key(const sql::Row& row) {
  return {.id = row.string(0),
          .account_id = row.string(1),
          .name = row.string(2),
          .secret_hash = row.string(3),
          .scopes = row.string(4),
          .created_at = row.time(5),
          .last_used_at = row.optional_time(6),
          .revoked_at = row.optional_time(7)};
}

}  // namespace

Result<void> Accounts::insert(const Account& account) {
  return rows::insert(db_, "INSERT INTO accounts (id, name, created_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                      {account.id, account.name, account.created_at}, "account");
}

Result<std::optional<Account>> Accounts::find(std::string_view id) {
  return rows::find(db_, "SELECT id, name, created_at FROM accounts WHERE id = ?", {id}, [](const sql::Row& row) {
    return Account{.id = row.string(0), .name = row.string(1), .created_at = row.time(2)};
  });
}

Result<void> Users::insert(const User& user) {
  return rows::insert(
      db_,
      "INSERT INTO users (id, account_id, email, password_hash, role, token_version, created_at) "
      "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
      {user.id, user.account_id, user.email, user.password_hash, user.role, user.token_version, user.created_at},
      "user");
}

Result<std::optional<User>> Users::find(std::string_view id) {
  return rows::find(db_, OFFHOOK_SELECT_USER " WHERE id = ?", {id}, read_user);
}

Result<std::optional<User>> Users::find_by_email(std::string_view email) {
  return rows::find(db_, OFFHOOK_SELECT_USER " WHERE email = ?", {email}, read_user);
}

Result<std::vector<User>> Users::list() {
  return rows::all(db_, OFFHOOK_SELECT_USER " ORDER BY created_at, id", {}, read_user);
}

Result<void> Users::change_password(std::string_view id, std::string_view password_hash) {
  return rows::update(db_, "UPDATE users SET password_hash = ?, token_version = token_version + 1 WHERE id = ?",
                      {password_hash, id}, "user");
}

Result<void> Users::rehash_password(std::string_view id, std::string_view from_hash, std::string_view to_hash) {
  auto done =
      db_.execute("UPDATE users SET password_hash = ? WHERE id = ? AND password_hash = ?", {to_hash, id, from_hash});
  if (!done) return fail(done);
  return {};
}

Result<bool> Users::remove(std::string_view email) {
  auto removed = db_.execute("DELETE FROM users WHERE email = ?", {email});
  if (!removed) return fail(removed);
  return *removed > 0;
}

Result<void> ApiKeys::insert(const ApiKey& key) {
  return rows::insert(db_,
                      "INSERT INTO api_keys (id, account_id, name, secret_hash, scopes, created_at) "
                      "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                      {key.id, key.account_id, key.name, key.secret_hash, key.scopes, key.created_at}, "API key");
}

Result<std::optional<ApiKey>> ApiKeys::find(std::string_view id) {
  return rows::find(db_, OFFHOOK_SELECT_KEY " WHERE id = ?", {id}, read_key);
}

Result<std::vector<ApiKey>> ApiKeys::list() {
  return rows::all(db_, OFFHOOK_SELECT_KEY " ORDER BY created_at, id", {}, read_key);
}

Result<bool> ApiKeys::revoke(std::string_view id, UtcTime at) {
  auto revoked = db_.execute("UPDATE api_keys SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL", {at, id});
  if (!revoked) return fail(revoked);
  return *revoked > 0;
}

Result<void> ApiKeys::note_use(std::string_view id, UtcTime at) {
  auto done = db_.execute(
      "UPDATE api_keys SET last_used_at = ? WHERE id = ? AND (last_used_at IS NULL OR last_used_at < ?)", {at, id, at});
  if (!done) return fail(done);
  return {};
}

#undef OFFHOOK_SELECT_KEY
#undef OFFHOOK_SELECT_USER

}  // namespace offhook::store
