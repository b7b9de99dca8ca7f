#include "privacy/credentials.hpp"

#include <gtest/gtest.h>

namespace offhook::privacy {
namespace {

std::string dropped(std::string_view text) {
  auto value = parse_json(text).value();
  drop_credentials(value);
  return json::serialize(value);
}

TEST(Credentials, NamesInEverySpelling) {
  for (const char* key : {"twilioAuthToken",
                          "twilioAccountSid",
                          "TWILIO_AUTH_TOKEN",
                          "twilio-api-secret",
                          "twilioApiKey",
                          "vonageApiKey",
                          "vonageApiSecret",
                          "vonageApplicationPrivateKey",
                          "telnyxApiKey",
                          "plivoAuthId",
                          "authId",
                          "authToken",
                          "AuthToken",
                          "apiKey",
                          "api_key",
                          "API-KEY",
                          "x-api-key",
                          "token",
                          "accessToken",
                          "refresh_token",
                          "id_token",
                          "secret",
                          "clientSecret",
                          "serverUrlSecret",
                          "X-Vapi-Secret",
                          "secretKey",
                          "password",
                          "sipPassword",
                          "authPassword",
                          "authUsername",
                          "passwd",
                          "pwd",
                          "passphrase",
                          "credentials",
                          "Authorization",
                          "Proxy-Authorization",
                          "Cookie",
                          "Set-Cookie",
                          "privateKey",
                          "signingKey",
                          "hmacKey",
                          "awsSecretAccessKey",
                          "awsAccessKeyId",
                          "connectionString",
                          "secrets",
                          "apiKeys",
                          "bearer",
                          "jwt",
                          "auth",
                          "pem",
                          "serviceAccount"}) {
    EXPECT_TRUE(names_a_credential(key)) << key;
  }
  for (const char* key : {"promptTokens", "maxTokens", "tokens", "customerId", "credentialId", "credentialIds",
                          "number", "phoneCallProviderId", "keyboard", "monkey", "secretary", "author", "authenticated",
                          "pin", "cookies_accepted", "tokenCount", "passwordless"}) {
    EXPECT_FALSE(names_a_credential(key)) << key;
  }
}

TEST(Credentials, GoWhereverTheyAre) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {R"({"phoneNumber":{"number":"+1","twilioAuthToken":"t","credential":{"a":[{"vonageApiSecret":"v","b":1}]}}})",
       R"({"phoneNumber":{"number":"+1","credential":{"a":[{"b":1}]}}})"},
      {R"({"headers":[{"name":"Authorization","value":"Bearer abc"},{"name":"Accept","value":"*/*"}]})",
       R"({"headers":[{"name":"Authorization","value":"[removed]"},{"name":"Accept","value":"*/*"}]})"},
      {R"({"headers":[{"key":"x-api-key","value":"k"}]})", R"({"headers":[{"key":"x-api-key","value":"[removed]"}]})"},
      {R"({"x":"{\"a\":\"{\\\"apiKey\\\":\\\"k\\\",\\\"b\\\":1}\"}"})", R"({"x":"{\"a\":\"{\\\"b\\\":1}\"}"})"},
      {R"({"body":"[{\"password\":\"p\"}]"})", R"({"body":"[{}]"})"},
      {R"({"note":"Bearer eyJhbGciOiJIUzI1NiJ9"})", R"({"note":"[removed]"})"},
      {R"({"k":"sk-live0123456789"})", R"({"k":"[removed]"})"},
      {R"({"k":"-----BEGIN PRIVATE KEY-----\nMII"})", R"({"k":"[removed]"})"}};
  for (const auto& [before, after] : cases) EXPECT_EQ(dropped(before), after);
}

TEST(Credentials, TheRestStaysByteForByte) {
  for (const char* text : {R"({"tokens":[1],"promptTokens":640})", R"("Basic instinct was a film of 1992")",
                           R"({"arguments":"{ \"party\" : 2 }"})", R"({"a":"{not json","b":"[also] not"})"}) {
    EXPECT_EQ(dropped(text), text);
  }
}

TEST(Credentials, OrdinaryWordsAreNone) {
  for (const char* text :
       {"Basic coverage", "Basic coverage.", "Basic Insurance", "Bearer certificate", "Basic COVERAGE"})
    EXPECT_FALSE(looks_like_credential(text)) << text;
  for (const char* text :
       {"Basic dXNlcjpwYXNz", "Basic abcdefghi=", "Bearer abc.defghij", "Bearer abcdefg1", "Bearer aB3dEfGh"})
    EXPECT_TRUE(looks_like_credential(text)) << text;
}

TEST(Credentials, ArgumentsOfToolsAreJudgedByTheirValues) {
  for (const char* text :
       {R"({"function":{"name":"open_gate","arguments":{"passcode":"4711","gate":{"token":"blue"}}}})",
        R"({"function":{"name":"open_gate","arguments":"{\"passcode\":\"4711\"}"}})",
        R"({"functionCall":{"name":"open_gate","parameters":{"passcode":"4711"}}})",
        R"({"parameters":{"type":"object","properties":{"passcode":{"type":"string"}}}})"}) {
    EXPECT_EQ(dropped(text), text);
  }
  EXPECT_EQ(dropped(R"({"arguments":{"passcode":"Bearer eyJhbGciOiJIUzI1NiJ9"},"passcode":"1"})"),
            R"({"arguments":{"passcode":"[removed]"}})");
}

TEST(Credentials, DeepTextsEnd) {
  std::string text = R"({"apiKey":"k"})";
  for (int i = 0; i < 8; ++i) text = json::serialize(json::value(json::object{{"x", text}}));
  auto value = parse_json(text).value();
  drop_credentials(value);  // comes back, whatever it found
  EXPECT_TRUE(value.is_object());
}

}  // namespace
}  // namespace offhook::privacy
