#include "auth/api_key.hpp"

#include <gtest/gtest.h>

#include "auth/email.hpp"

namespace offhook::auth {
namespace {

using http::Scope;

TEST(ApiKeyText, ComesApartAgainAndProvesItself) {
  const auto key = make_api_key("local", "desk", {Scope::chat, Scope::crm_read}, UtcTime{});
  const auto text = parse_api_key(key.text.reveal());
  ASSERT_TRUE(text);
  EXPECT_EQ(text->id, key.row.id);
  EXPECT_TRUE(is_secret_of(key.row, text->secret));
  EXPECT_FALSE(is_secret_of(key.row, text->secret.substr(1) + "0"));
  EXPECT_FALSE(is_secret_of(key.row, ""));
  EXPECT_FALSE(is_secret_of({}, text->secret));
  EXPECT_EQ(key.row.secret_hash.find(text->secret), std::string::npos);
  EXPECT_EQ(key.row.scopes, "chat crm:read");
  EXPECT_NE(make_api_key("local", "desk", {}, UtcTime{}).text.reveal(), key.text.reveal());
}

TEST(ApiKeyText, OfAnotherFormIsNone) {
  const std::string id(16, 'a');
  const std::string secret(64, 'b');
  EXPECT_TRUE(parse_api_key("ohk_" + id + "_" + secret));
  for (const std::string& text : std::initializer_list<std::string>{
           "", "ohk_", "ohk_" + id, "ohk_" + id + "_", "ohk_" + id + secret, "OHK_" + id + "_" + secret,
           "ohk_" + id + "_" + secret + "b", "ohk_" + id + "-" + secret, "ohk_" + std::string(16, 'G') + "_" + secret,
           "ohk_" + id + "_" + std::string(64, '%'), "sk_" + id + "_" + secret}) {
    EXPECT_FALSE(parse_api_key(text)) << text;
  }
}

TEST(Scopes, AreReadAndWritten) {
  const auto scopes = parse_scopes("crm:write, chat").value();
  EXPECT_EQ(to_text(scopes), "chat crm:write");
  EXPECT_TRUE(scopes.allow(Scope::crm_read)) << "who may write may read";
  EXPECT_FALSE(scopes.allow(Scope::voice));
  EXPECT_TRUE(parse_scopes("admin").value().allow(Scope::exchange));
  EXPECT_FALSE(parse_scopes("crm:read").value().allow(Scope::crm_write));
  EXPECT_TRUE(parse_scopes("").value().empty());
  EXPECT_NE(parse_scopes("chat,everything").error().client.find("everything"), std::string::npos);
  EXPECT_FALSE(default_scopes().allow(Scope::admin));
}

TEST(Email, IsBroughtToOneFormOrRefused) {
  struct Case {
    const char* given;
    const char* normal;  // nullptr: refused
  };
  const std::string long_local(65, 'a');
  const std::string long_label(64, 'a');
  const std::string refused_local = long_local + "@example.com";
  const std::string refused_label = "a@" + long_label + ".com";
  const Case cases[] = {
      {"ann@example.com", "ann@example.com"},
      {"  Ann.Lee+tours@Example.CO.uk ", "ann.lee+tours@example.co.uk"},
      {"o'neil@a-b.example", "o'neil@a-b.example"},
      {"", nullptr},
      {"ann", nullptr},
      {"@example.com", nullptr},
      {"ann@", nullptr},
      {"ann@localhost", nullptr},
      {"ann@@example.com", nullptr},
      {"a b@example.com", nullptr},
      {".ann@example.com", nullptr},
      {"ann.@example.com", nullptr},
      {"a..n@example.com", nullptr},
      {"ann@example..com", nullptr},
      {"ann@-example.com", nullptr},
      {"ann@example-.com", nullptr},
      {"ann@exa_mple.com", nullptr},
      {"ann@example.com.", nullptr},
      {"\"ann\"@example.com", nullptr},
      {"ann@example.com\r\nBcc: x@y.z", nullptr},
      {"\xc3\xa4nn@example.com", nullptr},
      {refused_local.c_str(), nullptr},
      {refused_label.c_str(), nullptr},
  };
  for (const auto& c : cases) {
    const auto normal = normal_email(c.given);
    EXPECT_EQ(normal.has_value(), c.normal != nullptr) << c.given;
    if (normal && c.normal != nullptr) EXPECT_EQ(*normal, c.normal);
  }
}

TEST(Password, IsBoundedInCharactersNotBytes) {
  EXPECT_FALSE(check_password("1234567"));
  EXPECT_TRUE(check_password("12345678"));
  EXPECT_FALSE(check_password("\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4")) << "four characters in eight bytes";
  std::string umlauts;
  for (int i = 0; i < 200; ++i) umlauts += "\xc3\xa4";
  EXPECT_TRUE(check_password(umlauts));
  EXPECT_FALSE(check_password(umlauts + "a"));
  EXPECT_EQ(check_password("short").error().param, "password");
}

}  // namespace
}  // namespace offhook::auth
