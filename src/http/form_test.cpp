#include "http/form.hpp"

#include <gtest/gtest.h>

#include <random>

namespace offhook::http {
namespace {

using Fields = std::vector<FormField>;

TEST(Form, IsDecoded) {
  const struct {
    std::string_view body;
    Fields fields;
  } cases[] = {
      {"", {}},
      {"&&&", {}},
      {"a=1", {{"a", "1"}}},
      {"a=1&b=2&a=3", {{"a", "1"}, {"b", "2"}, {"a", "3"}}},
      {"a", {{"a", ""}}},
      {"a=&=b&=", {{"a", ""}, {"", "b"}, {"", ""}}},
      {"a=b=c", {{"a", "b=c"}}},
      {"Body=Hello+World%21&From=%2B14155550101", {{"Body", "Hello World!"}, {"From", "+14155550101"}}},
      {"%C3%A9=%e2%82%ac", {{"\xC3\xA9", "\xE2\x82\xAC"}}},
      {"a%3Db=%26%3D%00", {{"a=b", std::string("&=\0", 3)}}},
      {"a=\xFF", {{"a", "\xFF"}}},
  };
  for (const auto& [body, fields] : cases) {
    const auto form = parse_form(body);
    ASSERT_TRUE(form) << body;
    EXPECT_EQ(form->fields, fields) << body;
  }
  // As Twilio sends it (Voice, "TwiML: Gather", action callback).
  const auto form = parse_form("CallSid=CA123&Digits=1&SpeechResult=Yes%2C+please.&Confidence=0.91").value();
  EXPECT_EQ(form.find("SpeechResult"), "Yes, please.");
  EXPECT_FALSE(form.find("speechresult"));
}

TEST(Form, FaultsAreNamed) {
  for (const char* body : {"a=%", "a=%2", "a=%zz", "%=1", "ok=1&b=%g0"}) {
    const auto form = parse_form(body);
    ASSERT_FALSE(form) << body;
    EXPECT_EQ(form.error().kind, ErrorKind::invalid_argument) << body;
  }
  EXPECT_EQ(parse_form("a=1&b=2&c=3", 2).error().kind, ErrorKind::too_large);
  EXPECT_TRUE(parse_form("a=1&b=2&", 2));
}

TEST(Form, WhatIsEncodedIsDecoded) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::mt19937 random(5);  // NOLINT(bugprone-random-generator-seed): the same forms every time
  for (int round = 0; round < 300; ++round) {
    Fields fields;
    std::string body;
    for (std::size_t i = random() % 6; i > 0; --i) {
      FormField field;
      for (std::string* text : {&field.name, &field.value}) {
        for (std::size_t n = random() % 9; n > 0; --n) text->push_back(static_cast<char>(random() % 256));
      }
      const auto append = [&](std::string_view text) {
        for (const char c : text) {
          const auto byte = static_cast<unsigned char>(c);
          const bool stays = std::string_view("%+&=").find(c) == std::string_view::npos && random() % 2 == 0;
          if (stays) {
            body.push_back(c);
          } else if (c == ' ') {
            body.push_back('+');
          } else {
            body.append({'%', kHex[byte >> 4], kHex[byte & 15]});
          }
        }
      };
      append(field.name);
      body.push_back('=');
      append(field.value);
      body.push_back('&');
      fields.push_back(std::move(field));
    }
    const auto form = parse_form(body);
    ASSERT_TRUE(form) << body;
    EXPECT_EQ(form->fields, fields) << body;
  }
}

}  // namespace
}  // namespace offhook::http
