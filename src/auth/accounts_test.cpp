#include "auth/accounts.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "async/loop.hpp"
#include "auth/api_key.hpp"
#include "auth/doors.hpp"
#include "auth/identities.hpp"
#include "store/sqlite_store.hpp"

namespace offhook::auth {
namespace {

using namespace std::chrono_literals;
using http::Access;
using http::Need;
using http::Principal;
using http::Role;
using http::Scope;

constexpr PasswordCost kCheap{.passes = 1, .memory_kib = 64, .lanes = 1};
constexpr const char* kTokenKey = "0123456789abcdef0123456789abcdef";

std::vector<Secret> token_keys() {
  std::vector<Secret> keys;
  keys.emplace_back(kTokenKey);
  return keys;
}

/// Counts the reads that the database is asked for.
class CountingStore final : public store::Store {
 public:
  explicit CountingStore(std::unique_ptr<store::Store> behind) : behind_(std::move(behind)) {}
  [[nodiscard]] store::StoreStats stats() const override { return behind_->stats(); }
  [[nodiscard]] std::uint64_t reads() const { return behind_->stats().reads; }
  bool is_broken = false;
  bool is_stuck = false;  ///< writes wait
  std::vector<std::unique_ptr<Job>> waiting;
  void go_on() {
    is_stuck = false;
    for (auto& job : std::exchange(waiting, {})) pass(std::move(job), true);
  }

 protected:
  void submit_write(std::unique_ptr<Job> job) override {
    if (is_stuck) return waiting.push_back(std::move(job));
    pass(std::move(job), true);
  }
  void submit_read(std::unique_ptr<Job> job) override { pass(std::move(job), false); }

 private:
  void pass(std::unique_ptr<Job> job, bool writes) {
    if (is_broken) return job->finish(Error{.kind = ErrorKind::unavailable, .log = "the disk is gone"});
    struct Door : Store {
      using Store::submit_read;
      using Store::submit_write;
    };
    auto submit = writes ? &Door::submit_write : &Door::submit_read;
    ((*behind_).*submit)(std::move(job));
  }
  std::unique_ptr<store::Store> behind_;
};

/// Accounts in virtual time over a database in memory.
struct World {
  explicit World(bool is_open = true)
      : desk({.store = store,
              .passwords = passwords,
              .tokens = tokens,
              .clock = clock,
              .log = log,
              .is_registration_open = is_open}) {}

  Result<store::User> sign_up(std::string email, std::string password = "correct horse", std::string from = "1.1.1.1") {
    Attempt attempt{
        .email = std::move(email), .password = Secret(std::move(password)), .client_address = std::move(from)};
    return loop.block_on(desk.sign_up(std::move(attempt)));
  }
  Result<Session> log_in(std::string email, std::string password = "correct horse", std::string from = "1.1.1.1") {
    Attempt attempt{
        .email = std::move(email), .password = Secret(std::move(password)), .client_address = std::move(from)};
    return loop.block_on(desk.log_in(std::move(attempt)));
  }
  template <class Work>
  auto in_database(Work work) {
    return loop.block_on(store.write(std::move(work)));
  }
  /// As the chain does it: by memory, else by the database.
  Result<Principal> identify(std::string_view credential, Access access = Access::crm) {
    http::Request request;
    request.headers.add("Authorization", "Bearer " + std::string(credential));
    auto presented = identities.read(request, access);
    if (!presented) return fail(presented);
    if (!*presented) return Principal{};
    auto known = identities.recall(**presented);
    if (!known) return fail(known);
    if (*known) return **known;
    return loop.block_on(identities.find(**presented));
  }
  std::string add_key(std::string account, http::Scopes scopes) {
    const NewApiKey key = make_api_key(std::move(account), "test", scopes, clock.utc_now());
    EXPECT_TRUE(in_database([row = key.row](sql::Connection& db) { return store::ApiKeys(db).insert(row); }));
    return std::string(key.text.reveal());
  }
  void pass(Duration time) { clock.advance_to(clock.now() + time); }

  VirtualClock clock{UtcTime(std::chrono::sys_days(std::chrono::year(2026) / 3 / 2))};
  Loop loop{clock, 1};
  CountingStore store{store::open_sqlite_store({.inline_on_caller = true}).value()};
  std::unique_ptr<Workers> workers = make_inline_workers();
  Passwords passwords{*workers, kCheap};
  Tokens tokens{token_keys(), 3600s};
  obs::Log log{clock, obs::Level::off, obs::Log::Format::key_value};
  AccountDesk desk;
  Identities identities{store, tokens, clock, 4};
};

TEST(AccountDesk, WhoRegistersOwnsAnAccountAndMayLogIn) {
  World world;
  const auto ann = world.sign_up("Ann@Example.com");
  ASSERT_TRUE(ann) << ann.error().message();
  EXPECT_EQ(ann->email, "ann@example.com");
  EXPECT_EQ(ann->role, "owner");
  const auto bob = world.sign_up("bob@example.com").value();
  EXPECT_NE(ann->account_id, bob.account_id);
  const auto session = world.log_in("ANN@example.com ");
  ASSERT_TRUE(session);
  EXPECT_EQ(session->expires_in, 3600s);
  const auto principal = world.identify(session->access_token).value();
  EXPECT_EQ(principal.kind, Principal::Kind::user);
  EXPECT_EQ(principal.account_id, ann->account_id);
  EXPECT_EQ(principal.user_id, ann->id);
  EXPECT_TRUE(principal.is_bound);
}

TEST(AccountDesk, RefusesWhatIsNoEmailNoPasswordOrTaken) {
  World world;
  ASSERT_TRUE(world.sign_up("ann@example.com"));
  EXPECT_EQ(world.sign_up("ANN@example.com").error().kind, ErrorKind::conflict);
  EXPECT_EQ(world.sign_up("ann").error().param, "email");
  EXPECT_EQ(world.sign_up("bob@example.com", "short").error().param, "password");
  World closed(false);
  EXPECT_EQ(closed.sign_up("ann@example.com").error().kind, ErrorKind::forbidden);
}

TEST(AccountDesk, WrongEmailAndWrongPasswordAreTheSameAnswer) {
  World world;
  ASSERT_TRUE(world.sign_up("ann@example.com"));
  const auto wrong_password = world.log_in("ann@example.com", "wrong horse").error();
  const auto wrong_email = world.log_in("bob@example.com").error();
  EXPECT_EQ(wrong_password.kind, ErrorKind::unauthorized);
  EXPECT_EQ(wrong_password.kind, wrong_email.kind);
  EXPECT_EQ(wrong_password.client, wrong_email.client);
  EXPECT_EQ(wrong_password.code, wrong_email.code);
}

TEST(AccountDesk, GuessingIsSlowByEmailAndByAddressAndWorkingIsNot) {
  World world;
  ASSERT_TRUE(world.sign_up("ann@example.com"));
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(world.log_in("ann@example.com")) << "right ones cost nothing";
  for (int i = 0; i < 10; ++i) {
    const auto from = "2.2.2." + std::to_string(i);
    EXPECT_EQ(world.log_in("ann@example.com", "guess number x", from).error().kind, ErrorKind::unauthorized);
  }
  const auto limited = world.log_in("ann@example.com", "guess number x", "3.3.3.3");
  EXPECT_EQ(limited.error().kind, ErrorKind::rate_limited) << "whatever the address";
  EXPECT_TRUE(limited.error().retry_after);
  world.pass(2min);
  EXPECT_TRUE(world.log_in("ann@example.com"));

  int refused = 0;
  for (int i = 0; i < 100; ++i) {
    const auto result = world.log_in("user" + std::to_string(i) + "@example.com", "guess number x", "4.4.4.4");
    if (result.error().kind == ErrorKind::rate_limited) ++refused;
  }
  EXPECT_EQ(refused, 70) << "whatever the e-mail";
}

TEST(AccountDesk, OnlyAWrongPasswordCosts) {
  World world;
  ASSERT_TRUE(world.sign_up("ann@example.com"));
  world.store.is_broken = true;
  for (int i = 0; i < 50; ++i) EXPECT_EQ(world.log_in("ann@example.com").error().kind, ErrorKind::unavailable);
  world.store.is_broken = false;
  EXPECT_TRUE(world.log_in("ann@example.com")) << "a failure of ours is no guess";
}

TEST(AccountDesk, ASubscriberOfIpv6IsOneAddress) {
  World world;
  int refused = 0;
  for (int i = 0; i < 100; ++i) {
    const auto n = std::to_string(i);
    const auto result = world.log_in("user" + n + "@example.com", "guess number x", "2001:db8:1:2::" + n);
    if (result.error().kind == ErrorKind::rate_limited) ++refused;
  }
  EXPECT_EQ(refused, 70);
  EXPECT_EQ(world.log_in("ann@example.com", "guess number x", "2001:db8:1:3::1").error().kind, ErrorKind::unauthorized);
}

TEST(AccountDesk, AHashOfAnotherCostIsRenewedAtLogin) {
  World world;
  const auto ann = world.sign_up("ann@example.com").value();
  const auto stronger = hash_password(Secret("correct horse"), {.passes = 2, .memory_kib = 64}).value();
  ASSERT_TRUE(world.in_database([ann, stronger](sql::Connection& db) {
    return store::Users(db).rehash_password(ann.id, ann.password_hash, stronger);
  }));
  const auto token = world.log_in("ann@example.com")->access_token;
  const auto stored = world.in_database([ann](sql::Connection& db) { return store::Users(db).find(ann.id); }).value();
  EXPECT_TRUE(stored->password_hash.starts_with("$argon2id$v=19$m=64,t=1,p=1$")) << stored->password_hash;
  EXPECT_TRUE(world.identify(token)) << "the password is the same: tokens stay good";
}

TEST(Identities, TokensOfRemovedUsersAndChangedPasswordsDieWithinSeconds) {
  World world;
  const auto ann = world.sign_up("ann@example.com").value();
  const auto token = world.log_in("ann@example.com")->access_token;
  ASSERT_TRUE(world.identify(token));
  ASSERT_TRUE(world.in_database([ann](sql::Connection& db) { return store::Users(db).change_password(ann.id, "x"); }));
  EXPECT_TRUE(world.identify(token)) << "remembered";
  world.pass(Identities::kMemory);
  EXPECT_EQ(world.identify(token).error().kind, ErrorKind::unauthorized);
  const auto newer = world.tokens.issue(ann.id, 2, world.clock.utc_now());
  EXPECT_TRUE(world.identify(newer));
  ASSERT_TRUE(world.in_database([](sql::Connection& db) { return store::Users(db).remove("ann@example.com"); }));
  world.pass(Identities::kMemory);
  EXPECT_EQ(world.identify(newer).error().kind, ErrorKind::unauthorized);
}

TEST(Identities, ABusyKeyCostsAReadInFiveSeconds) {
  World world;
  const auto key = world.add_key("local", {Scope::chat});
  const auto before = world.store.reads();
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(world.identify(key, Access::api_key));
  EXPECT_EQ(world.store.reads(), before + 1);
  const auto text = parse_api_key(key).value();
  const std::string wrong = "ohk_" + text.id + "_" + std::string(64, '0');
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(world.identify(wrong, Access::api_key));
  EXPECT_EQ(world.store.reads(), before + 1) << "guesses at a known key cost none";
  ASSERT_TRUE(
      world.in_database([text](sql::Connection& db) { return store::ApiKeys(db).revoke(text.id, UtcTime{} + 1s); }));
  world.pass(Identities::kMemory);
  EXPECT_EQ(world.identify(key, Access::api_key).error().kind, ErrorKind::unauthorized);
}

TEST(Identities, RememberFewAndForgetRatherThanGrow) {
  World world;
  std::vector<std::string> keys;
  for (int i = 0; i < 20; ++i) keys.push_back(world.add_key("local", {Scope::chat}));
  for (int round = 0; round < 3; ++round) {
    for (const auto& key : keys) EXPECT_TRUE(world.identify(key, Access::api_key));
  }
}

TEST(Identities, TheUseOfAKeyIsNotedCoarsely) {
  World world;
  const auto key = world.add_key("local", {Scope::chat});
  const auto id = parse_api_key(key)->id;
  const auto used = [&] {
    return world.in_database([id](sql::Connection& db) { return store::ApiKeys(db).find(id); }).value()->last_used_at;
  };
  EXPECT_FALSE(used());
  EXPECT_FALSE(world.identify("ohk_" + id + "_" + std::string(64, '0'), Access::api_key));
  EXPECT_FALSE(used()) << "a guess is no use";
  world.pass(10s);
  ASSERT_TRUE(world.identify(key, Access::api_key));
  const auto first = used();
  ASSERT_TRUE(first);
  world.pass(1min);
  ASSERT_TRUE(world.identify(key, Access::api_key));
  EXPECT_EQ(used(), first);
  world.pass(5min);
  ASSERT_TRUE(world.identify(key, Access::api_key));
  EXPECT_GT(used(), first);
}

TEST(Identities, NobodyWaitsForTheUseToBeNoted) {
  World world;
  const auto key = world.add_key("local", {Scope::chat});
  const auto id = parse_api_key(key)->id;
  const Instant before = world.clock.now();
  world.store.is_stuck = true;
  EXPECT_TRUE(world.identify(key, Access::api_key));
  EXPECT_EQ(world.clock.now(), before);
  world.store.go_on();
  EXPECT_TRUE(world.loop.block_on(world.identities.stop(Deadline::after(world.clock, 1s))));
  const auto row = world.in_database([id](sql::Connection& db) { return store::ApiKeys(db).find(id); }).value();
  EXPECT_TRUE(row->last_used_at);
}

TEST(Identities, WhatClaimsToBeOursIsOursOrRefused) {
  World world;
  const auto key = world.add_key("local", {Scope::chat});
  EXPECT_EQ(world.identify("ohk_nonsense", Access::api_key).error().code, "invalid_api_key");
  EXPECT_EQ(world.identify(key.substr(0, key.size() - 1), Access::api_key).error().kind, ErrorKind::unauthorized);
  EXPECT_EQ(world.identify("eyJhbGciOiJub25lIn0.e30.", Access::crm).error().code, "invalid_token");
  EXPECT_EQ(world.identify("eyJhbGciOiJub25lIn0.e30.", Access::api_key)->kind, Principal::Kind::nobody)
      << "somebody else's token on a door for keys";
  EXPECT_EQ(world.identify("sk-something", Access::api_key)->kind, Principal::Kind::nobody);
  world.store.is_broken = true;
  const auto another = world.tokens.issue("user_1", 1, world.clock.utc_now());
  EXPECT_EQ(world.identify(another).error().kind, ErrorKind::unavailable) << "not knowing is not refusing";
}

Principal user_of(Role role, std::string account = "acct_a") {
  Principal user{.kind = Principal::Kind::user, .name = "user-1", .account_id = std::move(account)};
  user.is_bound = true;
  user.role = role;
  return user;
}

Principal key_with(http::Scopes scopes, std::string account = "acct_a") {
  Principal key{.kind = Principal::Kind::api_key, .name = "key-1", .account_id = std::move(account)};
  key.is_bound = true;
  key.scopes = scopes;
  return key;
}

TEST(Doors, RolesAndScopesSayWhatAnIdentityMayDo) {
  struct Case {
    const char* name;
    Principal who;
    Access access;
    Need need;
    std::optional<ErrorKind> refused;
  };
  const auto forbidden = ErrorKind::forbidden;
  const auto unauthorized = ErrorKind::unauthorized;
  const Case cases[] = {
      {"a viewer reads", user_of(Role::viewer), Access::crm, Need::read, {}},
      {"a viewer does not write", user_of(Role::viewer), Access::crm, Need::write, forbidden},
      {"an agent writes", user_of(Role::agent), Access::crm, Need::write, {}},
      {"an agent does not manage", user_of(Role::agent), Access::crm, Need::manage, forbidden},
      {"an owner manages", user_of(Role::owner), Access::crm, Need::manage, {}},
      {"an owner of an account does not operate", user_of(Role::owner), Access::crm, Need::operate, forbidden},
      {"the owner of the server does", user_of(Role::owner, "local"), Access::crm, Need::operate, {}},
      {"a user's token does not chat", user_of(Role::owner), Access::api_key, Need::read, unauthorized},
      {"nor open the exchange", user_of(Role::owner), Access::exchange, Need::read, unauthorized},
      {"nor the voice", user_of(Role::owner), Access::voice, Need::read, unauthorized},
      {"chat", key_with({Scope::chat}), Access::api_key, Need::read, {}},
      {"chat is not voice", key_with({Scope::chat}), Access::voice, Need::read, forbidden},
      {"chat is not reading", key_with({Scope::chat}), Access::crm, Need::read, forbidden},
      {"voice", key_with({Scope::voice}), Access::voice, Need::read, {}},
      {"reading", key_with({Scope::crm_read}), Access::crm, Need::read, {}},
      {"reading is not writing", key_with({Scope::crm_read}), Access::crm, Need::write, forbidden},
      {"writing", key_with({Scope::crm_write}), Access::crm, Need::write, {}},
      {"writing reads", key_with({Scope::crm_write}), Access::crm, Need::read, {}},
      {"writing does not manage", key_with({Scope::crm_write}), Access::crm, Need::manage, forbidden},
      {"admin manages", key_with({Scope::admin}), Access::crm, Need::manage, {}},
      {"the exchange", key_with({Scope::exchange}), Access::exchange, Need::write, {}},
      {"not the exchange", key_with({Scope::crm_write}), Access::exchange, Need::read, forbidden},
      {"webhooks", key_with({Scope::webhooks}), Access::webhook, Need::read, {}},
      {"not webhooks", key_with({Scope::chat}), Access::webhook, Need::read, forbidden},
      {"metrics of the server", key_with({Scope::admin}), Access::api_key, Need::operate, forbidden},
      {"metrics for the server's own", key_with({Scope::admin}, "local"), Access::api_key, Need::operate, {}},
      {"metrics take admin", key_with({Scope::chat}, "local"), Access::api_key, Need::operate, forbidden},
      {"chat does not write what it is answered from", key_with({Scope::chat}), Access::api_key, Need::write,
       forbidden},
      {"writing does", key_with({Scope::crm_write}), Access::api_key, Need::write, {}},
      {"and does not manage", key_with({Scope::chat, Scope::crm_write}), Access::api_key, Need::manage, forbidden},
      {"no scope", key_with({}), Access::api_key, Need::read, forbidden},
  };
  http::Request request;
  request.headers.add("Host", "localhost");
  for (const bool is_open : {true, false}) {
    const Doors doors({}, is_open);
    for (const auto& c : cases) {
      const auto admitted = doors.admit(request, c.access, c.need, &c.who);
      EXPECT_EQ(admitted.has_value(), !c.refused.has_value()) << c.name;
      if (!admitted && c.refused) EXPECT_EQ(admitted.error().kind, *c.refused) << c.name;
      if (admitted) EXPECT_EQ(admitted->account_id, c.who.account_id) << c.name;
    }
  }
}

TEST(Doors, ACredentialThatIsNobodysIsNotTakenForTheLocalOwner) {
  const Doors doors({}, true);
  http::Request request;
  request.headers.add("Host", "localhost");
  ASSERT_TRUE(doors.admit(request, Access::crm));
  EXPECT_EQ(doors.admit(request, Access::crm)->account_id, "local");
  EXPECT_FALSE(doors.admit(request, Access::crm)->is_bound);
  request.headers.add("Authorization", "Bearer whatever");
  EXPECT_EQ(doors.admit(request, Access::crm).error().kind, ErrorKind::unauthorized);
  EXPECT_TRUE(doors.admit(request, Access::api_key)) << "OpenAI's clients always send some key";
}

}  // namespace
}  // namespace offhook::auth
