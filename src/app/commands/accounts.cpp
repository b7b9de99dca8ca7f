#include <fmt/format.h>

#include "app/commands.hpp"
#include "app/commands/commands.hpp"
#include "app/password_prompt.hpp"
#include "app/runtime.hpp"
#include "auth/api_key.hpp"
#include "auth/email.hpp"
#include "base/time_text.hpp"

namespace offhook::app {
namespace {

/// What the commands of both families may be given.
struct AccountFlags {
  ServeFlags serve;
  std::string email;
  std::string role = "owner";
  std::string account = "local";
  std::string name;
  std::string id;
  std::vector<std::string> scopes;
};

/// Runs `work` (Result<T>(sql::Connection&)) in a transaction on the database of the settings.
template <class Work>
auto in_database(const AccountFlags& flags, Work work) -> std::invoke_result_t<Work&, sql::Connection&> {
  auto settings = flags.serve.load();
  if (!settings) return fail(settings);
  auto library = Library::load(*settings);
  if (!library) return fail(library);
  Runtime runtime(1);
  auto server = Server::create(*library, {.settings = *settings, .loops = runtime.loops()});
  if (!server) return fail(server);
  return runtime.home().block_on((*server)->store().write(std::move(work)));
}

UtcTime utc_now() { return RealClock().utc_now(); }

Result<std::string> read_email(const std::string& text) {
  auto email = auth::normal_email(text);
  if (!email) return fail(ErrorKind::invalid_argument, fmt::format("'{}' is no e-mail address", text));
  return std::move(*email);
}

Result<std::string> read_new_hash() {
  auto password = read_password();
  if (!password) return fail(password);
  if (auto checked = auth::check_password(password->reveal()); !checked) return fail(checked);
  return auth::hash_password(*password, {});
}

Result<store::User> new_user(const AccountFlags& flags) {
  auto email = read_email(flags.email);
  if (!email) return fail(email);
  if (!auth::parse_role(flags.role))
    return fail(ErrorKind::invalid_argument, fmt::format("there is no role '{}': owner, agent or viewer", flags.role));
  auto hash = read_new_hash();
  if (!hash) return fail(hash);
  Random random(entropy_seed());
  store::User user{.id = make_id(random, "user"), .account_id = flags.account, .email = std::move(*email)};
  if (flags.account == "new") user.account_id = make_id(random, "acct");
  user.password_hash = std::move(*hash);
  user.role = flags.role;
  user.created_at = utc_now();
  return user;
}

int add_one_user(const AccountFlags& flags) {
  auto user = new_user(flags);
  if (!user) return report(user.error());
  auto added = in_database(flags, [user = *user, is_new = flags.account == "new"](sql::Connection& db) {
    return auth::enroll(db, user, is_new);
  });
  if (!added) return report(added.error());
  fmt::print("{} is now {} of account {} ({})\n", user->email, user->role, user->account_id, user->id);
  return kFine;
}

int change_password(const AccountFlags& flags) {
  auto email = read_email(flags.email);
  if (!email) return report(email.error());
  auto hash = read_new_hash();
  if (!hash) return report(hash.error());
  auto changed = in_database(flags, [email = *email, hash = *hash](sql::Connection& db) -> Result<void> {
    store::Users users(db);
    auto user = users.find_by_email(email);
    if (!user) return fail(user);
    if (!*user) return fail(ErrorKind::not_found, fmt::format("there is no user {}", email));
    return users.change_password((*user)->id, hash);
  });
  if (!changed) return report(changed.error());
  fmt::print("the password of {} is changed; tokens of the old one work no longer\n", *email);
  return kFine;
}

int list_users(const AccountFlags& flags) {
  auto users = in_database(flags, [](sql::Connection& db) { return store::Users(db).list(); });
  if (!users) return report(users.error());
  for (const auto& user : *users) {
    fmt::print("{}  {:<7} {:<28} {}  {}\n", user.id, user.role, user.account_id, to_rfc3339(user.created_at),
               user.email);
  }
  return kFine;
}

int remove_user(const AccountFlags& flags) {
  auto email = read_email(flags.email);
  if (!email) return report(email.error());
  auto removed = in_database(flags, [email = *email](sql::Connection& db) { return store::Users(db).remove(email); });
  if (!removed) return report(removed.error());
  if (!*removed) return report({.kind = ErrorKind::not_found, .client = fmt::format("there is no user {}", *email)});
  fmt::print("{} is removed; what belongs to the account stays\n", *email);
  return kFine;
}

int create_key(const AccountFlags& flags) {
  http::Scopes scopes = auth::default_scopes();
  if (!flags.scopes.empty()) {
    auto read = auth::parse_scopes(fmt::format("{}", fmt::join(flags.scopes, " ")));
    if (!read) return report(read.error());
    if (read->empty()) return report({.kind = ErrorKind::invalid_argument, .client = "--scope names no scope"});
    scopes = *read;
  }
  const auth::NewApiKey key = auth::make_api_key(flags.account, flags.name, scopes, utc_now());
  auto added = in_database(flags, [row = key.row](sql::Connection& db) -> Result<void> {
    auto account = store::Accounts(db).find(row.account_id);
    if (!account) return fail(account);
    if (!*account) return fail(ErrorKind::not_found, fmt::format("there is no account '{}'", row.account_id));
    return store::ApiKeys(db).insert(row);
  });
  if (!added) return report(added.error());
  // The key alone on standard output, for scripts.
  fmt::print("{}\n", key.text.reveal());
  fmt::print(stderr, "Key {} of account {}, for {}. It is not shown again.\n", key.row.id, key.row.account_id,
             key.row.scopes);
  return kFine;
}

int list_keys(const AccountFlags& flags) {
  auto keys = in_database(flags, [](sql::Connection& db) { return store::ApiKeys(db).list(); });
  if (!keys) return report(keys.error());
  for (const auto& key : *keys) {
    const std::string used = key.last_used_at ? to_rfc3339(*key.last_used_at) : "never";
    fmt::print("{}  {:<28} {:<8} used {:<24} {}  [{}]\n", key.id, key.account_id, key.revoked_at ? "revoked" : "valid",
               used, key.name, key.scopes);
  }
  return kFine;
}

int revoke_key(const AccountFlags& flags) {
  // The whole key is taken too: who has to revoke one may have nothing else at hand.
  const auto whole = auth::parse_api_key(flags.id);
  const std::string id = whole ? whole->id : flags.id;
  auto revoked =
      in_database(flags, [id, now = utc_now()](sql::Connection& db) { return store::ApiKeys(db).revoke(id, now); });
  if (!revoked) return report(revoked.error());
  if (!*revoked) return report({.kind = ErrorKind::not_found, .client = fmt::format("there is no valid key {}", id)});
  fmt::print("key {} is revoked; running servers notice within seconds\n", id);
  return kFine;
}

using Run = int (*)(const AccountFlags&);

/// One command of a family, with the flags that say which database.
CLI::App* add_command(CLI::App& family, const std::shared_ptr<AccountFlags>& flags, const char* name, const char* does,
                      Run run, int& exit_code) {
  auto* command = family.add_subcommand(name, does);
  command->add_option("--config", flags->serve.config, "Settings file (default: offhook.yaml here, when there is one)");
  command->add_option("--data", flags->serve.data, "Folder of the database");
  command->callback([flags, run, &exit_code] { exit_code = run(*flags); });
  return command;
}

}  // namespace

void add_user(CLI::App& cli, int& exit_code) {
  auto* family = cli.add_subcommand("user", "Users: add, list, remove, change a password");
  family->require_subcommand(1);
  auto flags = std::make_shared<AccountFlags>();
  auto* add = add_command(*family, flags, "add", "Add a user; the password is asked for, or read from standard input",
                          add_one_user, exit_code);
  add->add_option("email", flags->email, "E-mail address")->required();
  add->add_option("--role", flags->role, "owner (default), agent or viewer");
  add->add_option("--account", flags->account, "Account id, or 'new' for one of its own (default local)");
  auto* password = add_command(*family, flags, "password", "Change a user's password", change_password, exit_code);
  password->add_option("email", flags->email, "E-mail address")->required();
  add_command(*family, flags, "list", "List all users", list_users, exit_code);
  auto* remove =
      add_command(*family, flags, "remove", "Remove a user; what belongs to the account stays", remove_user, exit_code);
  remove->add_option("email", flags->email, "E-mail address")->required();
}

void add_key(CLI::App& cli, int& exit_code) {
  auto* family = cli.add_subcommand("key", "API keys: create, list, revoke");
  family->require_subcommand(1);
  auto flags = std::make_shared<AccountFlags>();
  auto* create = add_command(*family, flags, "create", "Create an API key and show it, once", create_key, exit_code);
  create->add_option("name", flags->name, "What it is for, to know it again")->required();
  create->add_option("--scope", flags->scopes,
                     "What it may be used for: chat, voice, crm:read, crm:write, exchange, webhooks, admin; may be "
                     "given more than once (default: all but admin)");
  create->add_option("--account", flags->account, "Account id (default local)");
  add_command(*family, flags, "list", "List all keys, without their secrets", list_keys, exit_code);
  auto* revoke = add_command(*family, flags, "revoke", "Make a key worthless", revoke_key, exit_code);
  revoke->add_option("id", flags->id, "The key's id, as 'key list' shows it")->required();
}

}  // namespace offhook::app
