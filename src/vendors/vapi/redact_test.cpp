#include "vendors/vapi/redact.hpp"

#include <gtest/gtest.h>

namespace offhook::vapi {
namespace {

std::string redacted(std::string_view text) {
  auto value = parse_json(text).value();
  static_cast<void>(redact(value));
  return json::serialize(value);
}

TEST(Redact, CredentialsGoAtAnyDepthAndInAnySpelling) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {R"({"phoneNumber":{"number":"+1","twilioAccountSid":"AC1","twilioAuthToken":"t"}})",
       R"({"phoneNumber":{"number":"+1"}})"},
      {R"({"a":[{"b":{"server":{"url":"u","secret":"s"}}}]})", R"({"a":[{"b":{"server":{"url":"u"}}}]})"},
      {R"({"api_key":"k","API-KEY":"k","apiKey":"k","x":1})", R"({"x":1})"},
      {R"({"headers":{"Authorization":"Bearer t","X-Vapi-Secret":"s","Accept":"*/*"}})",
       R"({"headers":{"Accept":"*/*"}})"},
      {R"({"serverUrlSecret":"s","twilioApiSecret":"s","password":"p","token":"t","secretKey":"k"})", R"({})"},
      {R"({"credentials":[{"apiKey":"k"}],"credentialId":"c1"})", R"({"credentialId":"c1"})"},
      {R"({"token":{"nested":1},"list":["token"]})", R"({"list":["token"]})"},
      {R"({"body":"{\"pin\":1,\"password\":\"p\"}"})", R"({"body":"{\"pin\":1}"})"},
      // What a tool is called with is judged by its values.
      {R"({"function":{"arguments":"{\"passcode\":\"4711\",\"key\":\"sk-live0123456789\"}"}})",
       R"({"function":{"arguments":"{\"passcode\":\"4711\",\"key\":\"[removed]\"}"}})"}};
  for (const auto& [before, after] : cases) EXPECT_EQ(redacted(before), after);
}

TEST(Redact, TheRestStaysByteForByte) {
  for (const char* text :
       {R"({"promptTokens":640,"maxTokens":250,"customerId":"c","tokens":[1]})", R"([1,"secret",null])",
        R"("password")", R"({"arguments":"{ \"party\" : 2 }"})", R"({"arguments":"not json"})"}) {
    EXPECT_EQ(redacted(text), text);
  }
}

}  // namespace
}  // namespace offhook::vapi
