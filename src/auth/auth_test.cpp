#include <gtest/gtest.h>

#include "auth/doors.hpp"
#include "auth/rate_limit.hpp"

namespace offhook::auth {
namespace {

using http::Access;
using http::Principal;

struct Header {
  const char* name;
  const char* value;
};

struct DoorCase {
  const char* name;
  Access access;
  std::vector<Header> headers;
  bool is_admitted;
};

http::Request request_with(const std::vector<Header>& headers) {
  http::Request request;
  for (const auto& [name, value] : headers) request.headers.add(name, value);
  return request;
}

DoorSecrets all_secrets() {
  DoorSecrets secrets;
  secrets.api_keys.emplace_back("key-one-1");
  secrets.api_keys.emplace_back("key-two-2");
  secrets.webhook_secret = Secret("whsec-1");
  secrets.vapi_api_key = Secret("vapi-key");
  return secrets;
}

TEST(Doors, EachOpensToItsOwnSecretsOnly) {
  const Doors doors(all_secrets(), true);
  const std::vector<DoorCase> cases = {
      {"api door without a key", Access::api_key, {}, false},
      {"bearer", Access::api_key, {{"Authorization", "Bearer key-two-2"}}, true},
      {"token", Access::api_key, {{"authorization", "token key-one-1"}}, true},
      {"x-vapi-secret", Access::api_key, {{"X-Vapi-Secret", "key-one-1"}}, true},
      {"wrong key", Access::api_key, {{"Authorization", "Bearer key-two-3"}}, false},
      {"prefix of a key", Access::api_key, {{"Authorization", "Bearer key-two"}}, false},
      {"empty bearer", Access::api_key, {{"Authorization", "Bearer "}}, false},
      {"webhook secret does not open the api", Access::api_key, {{"X-Vapi-Secret", "whsec-1"}}, false},
      {"webhook secret opens the voice", Access::voice, {{"X-Vapi-Secret", "whsec-1"}}, true},
      {"webhook secret as bearer opens the voice", Access::voice, {{"Authorization", "Bearer whsec-1"}}, true},
      {"the platform key opens the voice", Access::voice, {{"Authorization", "Bearer vapi-key"}}, true},
      {"voice without a secret", Access::voice, {}, false},
      {"the platform key opens the exchange", Access::exchange, {{"Authorization", "Bearer vapi-key"}}, true},
      {"the platform key does not open the crm", Access::crm, {{"Authorization", "Bearer vapi-key"}}, false},
      {"open is open", Access::open, {}, true},
      {"webhooks are checked by their handler", Access::webhook, {}, true},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(doors.admit(request_with(c.headers), c.access).has_value(), c.is_admitted) << c.name;
  }
}

TEST(Doors, WithoutSecretsAreOpenToThisMachineOnly) {
  const Doors doors({}, true);
  const std::vector<DoorCase> cases = {
      {"loopback name", Access::crm, {{"Host", "localhost:8000"}}, true},
      {"loopback address", Access::crm, {{"Host", "127.0.0.1:8000"}}, true},
      {"loopback v6", Access::crm, {{"Host", "[::1]:8000"}}, true},
      {"a name that rebinds to us", Access::crm, {{"Host", "evil.example"}}, false},
      {"a name that begins like us", Access::crm, {{"Host", "127.0.0.1.evil.example"}}, false},
      {"through a tunnel", Access::crm, {{"Host", "localhost"}, {"X-Forwarded-For", "203.0.113.9"}}, false},
      {"a foreign web page", Access::crm, {{"Host", "localhost"}, {"Origin", "http://evil.example"}}, false},
      {"a page without origin", Access::crm, {{"Host", "localhost"}, {"Origin", "null"}}, false},
      {"a cross-site fetch", Access::crm, {{"Host", "localhost"}, {"Sec-Fetch-Site", "cross-site"}}, false},
      {"our own page", Access::crm, {{"Host", "localhost"}, {"Origin", "http://localhost:8000"}}, true},
      {"through a proxy", Access::crm, {{"Host", "localhost"}, {"Forwarded", "for=203.0.113.9"}}, false},
  };
  for (const auto& c : cases) {
    const auto admitted = doors.admit(request_with(c.headers), c.access);
    EXPECT_EQ(admitted.has_value(), c.is_admitted) << c.name;
    if (!admitted) {
      EXPECT_NE(admitted.error().client.find("OFFHOOK_API_KEYS"), std::string::npos) << c.name;
    } else {
      EXPECT_EQ(admitted->kind, Principal::Kind::local_owner);
    }
  }
  EXPECT_FALSE(Doors({}, false).admit(request_with({{"Host", "localhost"}}), Access::crm));
}

TEST(Doors, AWebhookSecretAloneLeavesTheOtherLocalDoorsOpen) {
  DoorSecrets secrets;
  secrets.webhook_secret = Secret("whsec-1");
  const Doors doors(std::move(secrets), true);
  EXPECT_TRUE(doors.admit(request_with({{"Host", "localhost"}}), Access::crm));
  EXPECT_FALSE(doors.admit(request_with({{"Host", "localhost"}}), Access::voice));
}

TEST(RateLimit, RefillsWithTime) {
  VirtualClock clock{UtcTime{}};
  RateLimit limit(clock, {.per_hour = 60, .burst = 2});
  EXPECT_EQ(limit.wait_for("a").count(), 0);
  limit.spend("a");
  limit.spend("a");
  EXPECT_EQ(limit.wait_for("a").count(), 60);
  EXPECT_EQ(limit.wait_for("b").count(), 0);
  clock.advance_to(clock.now() + std::chrono::minutes(1));
  EXPECT_EQ(limit.wait_for("a").count(), 0);
}

TEST(RateLimit, ForgetsRatherThanGrows) {
  VirtualClock clock{UtcTime{}};
  RateLimit limit(clock, {.per_hour = 1, .burst = 1, .max_keys = 10});
  for (int i = 0; i < 100; ++i) limit.spend(std::to_string(i));
  EXPECT_GT(limit.wait_for("99").count(), 0);
}

}  // namespace
}  // namespace offhook::auth
