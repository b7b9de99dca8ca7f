#include "auth/request_limits.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace offhook::auth {
namespace {

using namespace std::chrono_literals;
using http::RateClass;

http::Request from(std::string address, std::string key = {}) {
  http::Request request;
  request.client_address = std::move(address);
  request.principal.kind = key.empty() ? http::Principal::Kind::local_owner : http::Principal::Kind::api_key;
  request.principal.name = key.empty() ? "local" : std::move(key);
  return request;
}

struct Desk {
  explicit Desk(const RequestLimitOptions& options) : limits(clock, options) {}
  bool ask(http::Request request, RateClass rate = RateClass::chat) {
    auto admitted = limits.admit(request, rate);
    if (!admitted) refusal = admitted.error();
    headers = std::move(request.answer_headers);
    return admitted.has_value();
  }
  Result<void> call(const std::string& phone) {
    http::Request request;
    auto admitted = limits.admit_caller(request, phone);
    headers = std::move(request.answer_headers);
    return admitted;
  }
  std::string header(std::string_view name) const {
    for (const auto& [key, value] : headers) {
      if (key == name) return value;
    }
    return "(none)";
  }

  VirtualClock clock{UtcTime{}};
  RequestLimits limits;
  std::vector<std::pair<std::string, std::string>> headers;
  Error refusal;
};

TEST(RequestLimits, NobodyIsLimitedUnlessSomethingIsSet) {
  Desk desk({});
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(desk.ask(from("203.0.113.9")));
  EXPECT_TRUE(desk.headers.empty());
}

TEST(RequestLimits, AnAddressWithoutAKeyHasItsHourAndReadsWhatIsLeft) {
  Desk desk({.address_per_hour = 3});
  ASSERT_TRUE(desk.ask(from("203.0.113.9")));
  EXPECT_EQ(desk.header("x-ratelimit-limit-requests"), "3");
  EXPECT_EQ(desk.header("x-ratelimit-remaining-requests"), "2");
  EXPECT_EQ(desk.header("x-ratelimit-reset-requests"), "20m0s");
  ASSERT_TRUE(desk.ask(from("203.0.113.9")));
  ASSERT_TRUE(desk.ask(from("203.0.113.9")));
  ASSERT_FALSE(desk.ask(from("203.0.113.9")));
  EXPECT_EQ(desk.refusal.kind, ErrorKind::rate_limited);
  EXPECT_EQ(desk.refusal.code, "rate_limit_exceeded");
  EXPECT_EQ(desk.refusal.retry_after, 20min);
  EXPECT_EQ(desk.header("x-ratelimit-remaining-requests"), "0");
  EXPECT_EQ(desk.header("x-ratelimit-reset-requests"), "1h0m0s");
  EXPECT_TRUE(desk.ask(from("203.0.113.10")));
  EXPECT_TRUE(desk.ask(from("203.0.113.9", "key-a")));
  EXPECT_TRUE(desk.ask(from("203.0.113.9"), RateClass::crm));
  desk.clock.advance_to(desk.clock.now() + 20min);
  EXPECT_TRUE(desk.ask(from("203.0.113.9")));
  EXPECT_FALSE(desk.ask(from("203.0.113.9")));
}

TEST(RequestLimits, ThisMachineIsSparedUnlessTheLimitWasAskedFor) {
  Desk spared({.address_per_hour = 1});
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(spared.ask(from("127.0.0.1")));
  Desk strict({.address_per_hour = 1, .spares_loopback = false});
  EXPECT_TRUE(strict.ask(from("127.0.0.1")));
  EXPECT_FALSE(strict.ask(from("127.0.0.1")));
}

TEST(RequestLimits, KeysAreCountedApartWhereverTheyComeFrom) {
  Desk desk({.key_per_hour = 2});
  EXPECT_TRUE(desk.ask(from("203.0.113.1", "key-a")));
  EXPECT_TRUE(desk.ask(from("203.0.113.2", "key-a")));
  EXPECT_FALSE(desk.ask(from("203.0.113.3", "key-a")));
  EXPECT_TRUE(desk.ask(from("203.0.113.1", "key-b")));
}

TEST(RequestLimits, ARequestThatOneLimitRefusesCostsNothingInTheOthers) {
  Desk desk({.per_minute = {{"chat", 10}}, .key_per_hour = 1});
  EXPECT_TRUE(desk.ask(from("203.0.113.1", "key-a")));
  EXPECT_EQ(desk.header("x-ratelimit-limit-requests"), "1");  // the tighter of the two
  for (int i = 0; i < 50; ++i) EXPECT_FALSE(desk.ask(from("203.0.113.1", "key-a")));
  desk.clock.advance_to(desk.clock.now() + 1h);
  ASSERT_TRUE(desk.ask(from("203.0.113.1", "key-a")));
}

TEST(RequestLimits, CallersAreCountedByNumberAndNobodyIsNot) {
  Desk desk({.caller_per_hour = 2});
  EXPECT_TRUE(desk.call("+15550100"));
  EXPECT_TRUE(desk.call("+15550100"));
  const auto third = desk.call("+15550100");
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().retry_after, 30min);
  EXPECT_EQ(desk.header("x-ratelimit-limit-requests"), "2");
  EXPECT_EQ(desk.header("x-ratelimit-remaining-requests"), "0");
  EXPECT_EQ(third.error().client.find("5550100"), std::string::npos);
  EXPECT_TRUE(desk.call("+15550101"));
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(desk.call(""));
}

TEST(RequestLimits, TheHeadersAreOfTheTightestLimit) {
  VirtualClock clock{UtcTime{}};
  RequestLimits limits(clock, {.key_per_hour = 5, .caller_per_hour = 2});
  http::Request first = from("203.0.113.1", "key-a");
  ASSERT_TRUE(limits.admit(first, RateClass::chat));
  ASSERT_TRUE(limits.admit_caller(first, "+15550100"));
  const std::vector<std::pair<std::string, std::string>> callers = {{"x-ratelimit-limit-requests", "2"},
                                                                    {"x-ratelimit-remaining-requests", "1"},
                                                                    {"x-ratelimit-reset-requests", "30m0s"}};
  EXPECT_EQ(first.answer_headers, callers);
  for (int i = 0; i < 4; ++i) {
    http::Request more = from("203.0.113.1", "key-a");
    ASSERT_TRUE(limits.admit(more, RateClass::chat));
    ASSERT_TRUE(limits.admit_caller(more, "+1555020" + std::to_string(i)));
    ASSERT_EQ(more.answer_headers.size(), 3u);
    EXPECT_EQ(more.answer_headers[0].second, i < 2 ? "2" : "5") << i;
  }
}

TEST(RequestLimits, ManyAtOnceTakeNoMoreThanThereIs) {
  VirtualClock clock{UtcTime{}};
  RateLimit limit(clock, {.per_hour = 500, .burst = 500});
  std::atomic<int> allowed = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 200; ++i) allowed += limit.take("key").is_allowed ? 1 : 0;
      });
    }
  }
  EXPECT_EQ(allowed, 500);
}

TEST(RateLimit, WhoeverIsNearlyThroughIsRememberedWhenRoomIsMade) {
  VirtualClock clock{UtcTime{}};
  RateLimit limit(clock, {.per_hour = 10, .burst = 10, .max_keys = 100});
  for (int i = 0; i < 10; ++i) (void)limit.take("busy");
  for (int i = 0; i < 10'000; ++i) (void)limit.take("passer-by " + std::to_string(i));
  EXPECT_FALSE(limit.take("busy").is_allowed);
}

TEST(RequestLimits, WritesDurationsAsOpenAiDoes) {
  EXPECT_EQ(duration_text(120ms), "120ms");
  EXPECT_EQ(duration_text(1s), "1s");
  EXPECT_EQ(duration_text(59001ms), "1m0s");
  EXPECT_EQ(duration_text(6min), "6m0s");
  EXPECT_EQ(duration_text(3630s), "1h0m30s");
  EXPECT_EQ(duration_text(0s), "0ms");
}

}  // namespace
}  // namespace offhook::auth
