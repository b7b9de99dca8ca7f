#include "privacy/log_scrubber.hpp"

#include <gtest/gtest.h>

namespace offhook::privacy {
namespace {

TEST(LogScrubber, WhatMustNotBeLoggedIsNot) {
  const LogScrubber scrubber({Secret("hunter2-hunter2"), Secret("ab")});
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"caller +14155550101 hung up", "caller +1*******101 hung up"},
      {"to=+1 (415) 555-0101", "to=+1*******101"},
      {"415-555-0101", "*******101"},
      {"(415) 555-0101", "(*******101"},
      {"555-0101", "****101"},
      {"9876543210", "*******210"},
      {"+447911123456,", "+4********456,"},
      {"card 4242424242424242", "card [card ending 4242]"},
      {"four two four two four two four two four two four two four two four two", "[card ending 4242]"},
      {"mail ann.lee@example.test bounced", "mail a***@e*** bounced"},
      {"Authorization: Bearer abcdef.123456", "Authorization: Bearer ***"},
      {"GET /x?api_key=abcdef123&n=1", "GET /x?api_key=***&n=1"},
      {"key sk-abc123def456", "key sk-***"},
      {"the secret is hunter2-hunter2.", "the secret is ***."}};
  for (const auto& [before, after] : cases) EXPECT_EQ(scrubber.scrub(before), after);
}

TEST(LogScrubber, WhatHelpsStays) {
  const LogScrubber scrubber({Secret("ab")});
  for (const char* text :
       {"", "request", "127.0.0.1:8000", "192.168.100.200", "2026-11-21T14:30:00.000Z", "2026-11-21 14:30:00",
        "status 200 in 12.345678 ms", "6a1f2c3d-1111-4e5f-8a9b-00000000c001", "call_r9h4v7s9ka9bz2bmjydn",
        "/webhooks/twilio/voice", "abc", "1234567", "CA00000000000000000000000000000001",
        "sqlite: no such table (code 1)", "task-force", "a@", "line 12, column 3456"}) {
    EXPECT_EQ(scrubber.scrub(text), text);
  }
}

}  // namespace
}  // namespace offhook::privacy
