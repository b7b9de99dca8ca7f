#include "exchange/exchange.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "async/cancel.hpp"
#include "async/task_group.hpp"
#include "store/migrations.hpp"
#include "store/sqlite_store.hpp"

namespace offhook::exchange {
namespace {

using namespace std::chrono_literals;

/// Writes down what is asked of it, and reaches nobody.
class NotingClient final : public net::HttpClient {
 public:
  struct Asked {
    std::string url;
    bool bears_key = false;
  };
  Task<std::unique_ptr<net::ResponseStream>> open(net::ClientRequest request) override {
    const auto is_key = [](const auto& header) { return header.second == "Bearer our-key"; };
    asked.push_back({.url = request.url, .bears_key = std::ranges::any_of(request.headers, is_key)});
    co_return fail(ErrorKind::unavailable, {}, "nobody is there");
  }
  std::vector<Asked> asked;
};

class NobodyListens final : public CallObserver {
 public:
  void on_turn(const HeardTurn&) override {}
};

struct World {
  [[nodiscard]] Lines lines() {
    return {.client = ours,
            .base_url = "http://us.test:8000",
            .public_url = "https://pub.test",
            .signatures = {},
            .api_key = Secret("our-key"),
            .guarded = &guarded};
  }
  VirtualClock clock{UtcTime(std::chrono::hours(24 * 20000))};
  Loop loop{clock, 1};
  NotingClient ours;
  NotingClient guarded;
};

TEST(PhoneCall, OurKeyIsForOurCustomLlmAndAccountsReachPublicAddressesOnly) {
  const struct {
    const char *owner, *url, *asked;
    bool by_ours, bears_key;
  } cases[] = {
      {"acct_2", "http://us.test:8000/api", "http://us.test:8000/api/chat/completions/", true, true},
      {"acct_2", "http://us.test:8000/v1/chat/completions/", "http://us.test:8000/v1/chat/completions/", true, true},
      // Its own public address is this machine.
      {"acct_2", "https://pub.test/api", "http://us.test:8000/api/chat/completions/", true, true},
      // Another door of ours, at which the key would act for the account.
      {"acct_2", "http://us.test:8000/exchange/call?x=", "http://us.test:8000/exchange/call?x=/chat/completions/", true,
       false},
      {"acct_2", "http://us.test:8000/exchange", "http://us.test:8000/exchange/chat/completions/", true, false},
      // What only begins like ours.
      {"acct_2", "http://us.test:80001/api", "http://us.test:80001/api/chat/completions/", false, false},
      {"acct_2", "http://us.test:8000@evil.test/api", "http://us.test:8000@evil.test/api/chat/completions/", false,
       false},
      {"acct_2", "https://pub.test.evil.test/api", "https://pub.test.evil.test/api/chat/completions/", false, false},
      {"acct_2", "http://169.254.169.254/latest", "http://169.254.169.254/latest/chat/completions/", false, false},
      // The operator may ask whom this machine can reach.
      {"local", "http://10.0.0.5/llm", "http://10.0.0.5/llm/chat/completions/", true, false}};
  for (const auto& c : cases) {
    World world;
    const Lines lines = world.lines();
    CallPlan plan{.owner = store::Owner(c.owner)};
    plan.assistant = {{"model", json::object{{"provider", "custom-llm"}, {"url", c.url}}}};
    ListCaller caller({"Hello."});
    NobodyListens nobody;
    ASSERT_TRUE(world.loop.block_on(play_call(lines, std::move(plan), caller, {.observer = nobody})));
    const auto& client = c.by_ours ? world.ours : world.guarded;
    const auto found = std::ranges::find(client.asked, c.asked, &NotingClient::Asked::url);
    ASSERT_NE(found, client.asked.end()) << c.url;
    EXPECT_EQ(found->bears_key, c.bears_key) << c.url;
    for (const auto& asked : world.guarded.asked) EXPECT_FALSE(asked.bears_key) << asked.url;
  }
}

struct ExchangeWorld : World {
  ExchangeWorld() {
    loop.block_on(store->write([now = clock.utc_now()](sql::Connection& db) { return store::migrate(db, now); }))
        .value();
  }
  json::object call_fields() {
    return {{"assistant", json::object{{"name", "Desk"}}}, {"customer", json::object{{"number", "+14155550101"}}}};
  }
  json::value ended(const std::string& id) {
    json::value call;
    for (int i = 0; i < 60 && find_string(call, "status") != "ended"; ++i) {
      EXPECT_TRUE(loop.block_on(sleep_for(1s)));
      call = loop.block_on(exchange.find(store::Owner::local(), "call", id)).value();
    }
    return call;
  }
  std::unique_ptr<store::Store> store = store::open_sqlite_store({.inline_on_caller = true}).value();
  obs::Log log{clock, obs::Level::off, obs::Log::Format::key_value};
  Exchange exchange{loop, *store, lines(), log, "/nonexistent"};
};

Task<void> place_and_hang_up(Exchange& exchange, json::object fields, std::string& id) {
  auto made = co_await exchange.create_call(store::Owner::local(), std::move(fields));
  if (!made) co_return fail(made);
  id = to_std_string(made->at("id"));
  auto ended = co_await exchange.end_call(store::Owner::local(), id);
  if (!ended) co_return fail(ended);
  co_return Result<void>{};
}

TEST(Exchange, AHangUpRightAfterTheCallIsNotLost) {
  ExchangeWorld world;
  std::string id;
  ASSERT_TRUE(world.loop.block_on(place_and_hang_up(world.exchange, world.call_fields(), id)));
  const auto call = world.ended(id);
  EXPECT_EQ(find_string(call, "endedReason"), "manually-canceled");
  EXPECT_TRUE(world.loop.block_on(world.exchange.stop(Deadline::after(world.clock, 1s))));
}

Task<void> place(Exchange& exchange, json::object fields, std::string& id) {
  auto made = co_await exchange.create_call(store::Owner::local(), std::move(fields));
  if (!made) co_return fail(made);
  id = to_std_string(made->at("id"));
  co_return Result<void>{};
}

TEST(Exchange, ACallAtTheEdgeOfStopEndsAndRingsNobody) {
  ExchangeWorld world;
  std::string id;
  TaskGroup group(world.loop);
  group.spawn("place", place(world.exchange, world.call_fields(), id));
  group.spawn("stop", world.exchange.stop(Deadline::after(world.clock, 1s)));
  ASSERT_TRUE(world.loop.block_on(group.join()));
  ASSERT_FALSE(id.empty()) << "it was taken before the stop";
  EXPECT_EQ(find_string(world.ended(id), "endedReason"), "manually-canceled");
  EXPECT_TRUE(world.ours.asked.empty()) << "it never rang";
  EXPECT_TRUE(world.loop.block_on(world.exchange.stop(Deadline::after(world.clock, 1s))));
}

}  // namespace
}  // namespace offhook::exchange
