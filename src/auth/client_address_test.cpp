#include "auth/client_address.hpp"

#include <gtest/gtest.h>

#include "auth/rate_limit.hpp"

namespace offhook::auth {
namespace {

using namespace std::chrono_literals;

TEST(TrustedProxies, SayWhoAsksAndNobodyElseDoes) {
  const struct {
    const char *trusted, *peer;
    std::vector<const char*> forwarded;
    const char* client;
  } cases[] = {{"", "10.0.0.1", {"203.0.113.9"}, "10.0.0.1"},
               {"10.0.0.0/8", "10.0.0.1", {}, "10.0.0.1"},
               {"10.0.0.0/8", "10.0.0.1", {"203.0.113.9"}, "203.0.113.9"},
               {"10.0.0.0/8", "198.51.100.7", {"203.0.113.9"}, "198.51.100.7"},
               // What the caller wrote itself stands in front.
               {"10.0.0.0/8", "10.0.0.1", {"1.2.3.4, 203.0.113.9"}, "203.0.113.9"},
               {"10.0.0.0/8", "10.0.0.1", {"1.2.3.4", "203.0.113.9"}, "203.0.113.9"},
               {"10.0.0.0/8", "10.0.0.1", {"1.2.3.4, 203.0.113.9, 10.0.0.2"}, "203.0.113.9"},
               {"10.0.0.0/8", "10.0.0.1", {"10.0.0.7, 10.0.0.8"}, "10.0.0.7"},
               {"10.0.0.0/8", "10.0.0.1", {"203.0.113.9, unknown"}, "10.0.0.1"},
               {"10.0.0.0/8", "10.0.0.1", {"203.0.113.9:4711"}, "203.0.113.9"},
               {"10.0.0.0/8,::1", "::1", {"[2001:db8::5]:4711"}, "2001:db8::5"},
               {"10.0.0.0/8", "::ffff:10.0.0.1", {"203.0.113.9"}, "203.0.113.9"},
               {"10.0.0.0/8", "", {"203.0.113.9"}, ""}};
  for (const auto& c : cases) {
    http::Request request;
    request.peer_address = c.peer;
    for (const char* value : c.forwarded) request.headers.add("x-forwarded-for", value);
    EXPECT_EQ(TrustedProxies::parse(c.trusted)->client_of(request), c.client) << c.trusted << " " << c.peer;
  }
  for (const char* wrong : {"10.0.0", "10.0.0.0/33", "proxy.lan", "10.0.0.0/", "::1/-1"}) {
    EXPECT_FALSE(TrustedProxies::parse(wrong)) << wrong;
  }
}

TEST(LimitKey, IsOneForASubscriber) {
  EXPECT_EQ(limit_key("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(limit_key("::ffff:192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(limit_key("2001:db8:1:2::1"), limit_key("2001:db8:1:2:ffff::9"));
  EXPECT_NE(limit_key("2001:db8:1:2::1"), limit_key("2001:db8:1:3::1"));
  EXPECT_EQ(limit_key(""), "");
}

TEST(RateLimit, ForgetsThoseWhoWereLimitedLeast) {
  VirtualClock clock{UtcTime(std::chrono::hours(24 * 20000))};
  RateLimit limit(clock, {.per_hour = 1, .burst = 5, .max_keys = 16});
  for (int i = 0; i < 5; ++i) limit.spend("guesser");
  ASSERT_GT(limit.wait_for("guesser"), 0s);
  for (int i = 0; i < 1000; ++i) limit.spend("passer-by " + std::to_string(i));
  EXPECT_GT(limit.wait_for("guesser"), 0s) << "a crowd frees nobody";
}

}  // namespace
}  // namespace offhook::auth
