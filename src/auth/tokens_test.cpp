#include "auth/tokens.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

#include "base/text.hpp"
#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"
#include "json/json.hpp"

namespace offhook::auth {
namespace {

using namespace std::chrono_literals;

constexpr const char* kKey = "0123456789abcdef0123456789abcdef";
constexpr const char* kOther = "another key of at least 32 bytes!";
const UtcTime kNow = UtcTime(std::chrono::sys_days(std::chrono::year(2026) / 3 / 2)) + 17h;
const std::int64_t kNowSeconds = std::chrono::duration_cast<std::chrono::seconds>(kNow.time_since_epoch()).count();

Tokens make_tokens(std::vector<std::string> keys, std::chrono::seconds lifetime = 3600s) {
  std::vector<Secret> secrets;
  for (auto& key : keys) secrets.emplace_back(std::move(key));
  return {std::move(secrets), lifetime};
}

std::string base64url(std::string_view bytes) {
  std::string text = crypto::to_base64(bytes);
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  text.erase(std::ranges::find(text, '='), text.end());
  return text;
}

/// A token as somebody with the key would make it; our own encoder, not the library's.
std::string forge(std::string_view header, std::string_view payload, std::string_view key = kKey,
                  crypto::HashAlgorithm algorithm = crypto::HashAlgorithm::sha256) {
  const std::string signed_part = base64url(header) + "." + base64url(payload);
  return signed_part + "." + base64url(crypto::hmac(algorithm, key, signed_part));
}

const std::string kHeader = R"({"alg":"HS256","typ":"JWT"})";

std::string claims(std::string_view exp = "", std::string_view nbf = "", std::string_view more = "") {
  const std::string until = exp.empty() ? std::to_string(kNowSeconds + 60) : std::string(exp);
  const std::string from = nbf.empty() ? std::to_string(kNowSeconds) : std::string(nbf);
  return R"({"iss":"offhook","aud":"offhook","sub":"user_1","ver":3,"exp":)" + until + R"(,"nbf":)" + from +
         std::string(more) + "}";
}

TEST(Tokens, SayWhoWasIssuedThem) {
  const Tokens tokens = make_tokens({kKey});
  const auto verified = tokens.verify(tokens.issue("user_1", 3, kNow), kNow + 3599s);
  ASSERT_TRUE(verified) << verified.error().log;
  EXPECT_EQ(verified->user_id, "user_1");
  EXPECT_EQ(verified->version, 3);
  EXPECT_EQ(verified->expires_s, kNowSeconds + 3600);
  EXPECT_FALSE(tokens.verify(tokens.issue("user_1", 3, kNow), kNow + 3600s)) << "expired on the second";
}

TEST(Tokens, OfAnOlderKeyAreVerifiedUntilItIsRemoved) {
  const Tokens before = make_tokens({kOther});
  const Tokens during = make_tokens({kKey, kOther});
  const Tokens after = make_tokens({kKey});
  const auto old_token = before.issue("user_1", 1, kNow);
  EXPECT_TRUE(during.verify(old_token, kNow));
  EXPECT_FALSE(after.verify(old_token, kNow));
  EXPECT_TRUE(after.verify(during.issue("user_1", 1, kNow), kNow)) << "the first key signs";
  EXPECT_FALSE(before.verify(during.issue("user_1", 1, kNow), kNow));
}

TEST(Tokens, WantLongKeysAndAtLeastOne) {
  EXPECT_THROW(make_tokens({}), std::invalid_argument);
  EXPECT_THROW(make_tokens({"short"}), std::invalid_argument);
  EXPECT_THROW(make_tokens({kKey, std::string(31, 'x')}), std::invalid_argument);
}

TEST(Tokens, AWellFormedOneFromElsewhereWithOurKeyIsGood) {
  // What the hostile ones below differ from, each in one point.
  const Tokens tokens = make_tokens({kKey});
  const auto verified = tokens.verify(forge(kHeader, claims()), kNow);
  ASSERT_TRUE(verified) << verified.error().log;
  EXPECT_TRUE(tokens.verify(forge(R"({"alg":"HS256"})", claims()), kNow));
  EXPECT_TRUE(tokens.verify(forge(kHeader, claims("", "", R"(,"name":"a \"quoted: {\" text")")), kNow));
}

struct Hostile {
  const char* name;
  std::string token;
};

TEST(Tokens, HostileOnesAreRefused) {
  const std::string good = forge(kHeader, claims());
  const auto parts = split(good, '.');
  const std::string head(parts[0]);
  const std::string payload(parts[1]);
  const std::string signature(parts[2]);
  std::string flipped = signature;
  flipped[5] = flipped[5] == 'A' ? 'B' : 'A';
  const std::string unsigned_head = base64url(R"({"alg":"none","typ":"JWT"})");
  const std::string jwk = R"({"alg":"HS256","typ":"JWT","jwk":{"kty":"oct","k":")" + base64url(kOther) + R"("}})";
  const std::string kid = R"({"alg":"HS256","kid":"../../dev/null"})";
  const std::string past = std::to_string(kNowSeconds - 1);
  const std::string future = std::to_string(kNowSeconds + 1);
  const std::vector<Hostile> cases = {
      {"empty", ""},
      {"dots", ".."},
      {"one part", head},
      {"two parts", head + "." + payload},
      {"four parts", good + "." + signature},
      {"no signature", head + "." + payload + "."},
      {"no payload", head + ".." + signature},
      {"no header", "." + payload + "." + signature},
      {"alg none", unsigned_head + "." + payload + "."},
      {"alg none with a signature", unsigned_head + "." + payload + "." + signature},
      {"alg None", base64url(R"({"alg":"None"})") + "." + payload + "."},
      {"alg nOnE signed", forge(R"({"alg":"nOnE"})", claims())},
      {"alg none, signed with an empty key", forge(R"({"alg":"none"})", claims(), "")},
      {"RS256 in the header, HMAC in the signature", forge(R"({"alg":"RS256","typ":"JWT"})", claims())},
      {"ES256", forge(R"({"alg":"ES256"})", claims())},
      {"PS256", forge(R"({"alg":"PS256"})", claims())},
      {"HS512 with our key", forge(R"({"alg":"HS512"})", claims(), kKey, crypto::HashAlgorithm::sha512)},
      {"HS384", forge(R"({"alg":"HS384"})", claims())},
      {"HS256 said, HS512 done", forge(kHeader, claims(), kKey, crypto::HashAlgorithm::sha512)},
      {"hs256 in small letters", forge(R"({"alg":"hs256"})", claims())},
      {"alg is a number", forge(R"({"alg":256})", claims())},
      {"alg is a list", forge(R"({"alg":["HS256"]})", claims())},
      {"no alg", forge(R"({"typ":"JWT"})", claims())},
      {"alg twice", forge(R"({"alg":"none","alg":"HS256"})", claims())},
      {"another type", forge(R"({"alg":"HS256","typ":"JWE"})", claims())},
      {"a key of its own", forge(jwk, claims(), kOther)},
      {"a key of its own beside ours", forge(jwk, claims())},
      {"a key by URL", forge(R"({"alg":"HS256","jku":"https://evil.test/keys"})", claims())},
      {"a certificate", forge(R"({"alg":"HS256","x5c":["MIIB"]})", claims())},
      {"a critical extension", forge(R"({"alg":"HS256","crit":["exp"]})", claims())},
      {"unencoded payload", forge(R"({"alg":"HS256","b64":false})", claims())},
      {"an unknown kid", forge(kid, claims())},
      {"an empty kid", forge(R"({"alg":"HS256","kid":""})", claims())},
      {"kid is a number", forge(R"({"alg":"HS256","kid":1})", claims())},
      {"another key", forge(kHeader, claims(), kOther)},
      {"an empty key", forge(kHeader, claims(), "")},
      {"a key cut short", forge(kHeader, claims(), std::string_view(kKey).substr(0, 31))},
      {"a changed signature", head + "." + payload + "." + flipped},
      {"a signature cut short", head + "." + payload + "." + signature.substr(0, 20)},
      {"a padded signature", good + "="},
      {"a signature in plain base64", head + "." + payload + "." + signature.substr(0, 40) + "+/a"},
      {"another payload under the signature", head + "." + base64url(claims("", "", R"(,"x":1)")) + "." + signature},
      {"bad base64 in the header", "!" + good},
      {"a space", good.substr(0, 10) + " " + good.substr(10)},
      {"a line end", good + "\n"},
      {"a zero byte", good.substr(0, 10) + std::string(1, '\0') + good.substr(10)},
      {"the header is no JSON", forge("alg", claims())},
      {"the header is a list", forge("[]", claims())},
      {"the payload is no JSON", forge(kHeader, "sub")},
      {"the payload is a text", forge(kHeader, "\"sub\"")},
      {"the payload is not UTF-8", forge(kHeader, claims("", "", ",\"x\":\"\xff\""))},
      {"no claims", forge(kHeader, "{}")},
      {"expired", forge(kHeader, claims(past))},
      {"expires now", forge(kHeader, claims(std::to_string(kNowSeconds)))},
      {"not yet", forge(kHeader, claims("", future))},
      {"exp is a text", forge(kHeader, claims("\"" + future + "\""))},
      {"exp is a fraction", forge(kHeader, claims(future + ".5"))},
      {"exp is huge", forge(kHeader, claims("1e300"))},
      {"exp is beyond 64 bits", forge(kHeader, claims("99999999999999999999999"))},
      {"exp is beyond signed 64 bits", forge(kHeader, claims("18446744073709551615"))},
      {"exp is true", forge(kHeader, claims("true"))},
      {"exp is null", forge(kHeader, claims("null"))},
      {"nbf is a text", forge(kHeader, claims("", "\"0\""))},
      {"exp twice", forge(kHeader, claims(past, "", R"(,"exp":)" + future))},
      {"sub twice", forge(kHeader, claims("", "", R"(,"sub":"user_2")"))},
      {"sub twice, once in disguise", forge(kHeader, claims("", "", R"(,"s\u0075b":"user_2")"))},
      {"another issuer", forge(kHeader, replace_all(claims(), R"("iss":"offhook")", R"("iss":"evil")"))},
      {"another audience", forge(kHeader, replace_all(claims(), R"("aud":"offhook")", R"("aud":"vapi")"))},
      {"a list of audiences", forge(kHeader, replace_all(claims(), R"("aud":"offhook")", R"("aud":["offhook"])"))},
      {"no audience", forge(kHeader, replace_all(claims(), R"("aud":"offhook",)", ""))},
      {"no subject", forge(kHeader, replace_all(claims(), R"("sub":"user_1",)", ""))},
      {"an empty subject", forge(kHeader, replace_all(claims(), "user_1", ""))},
      {"the subject is a number", forge(kHeader, replace_all(claims(), R"("user_1")", "1"))},
      {"no version", forge(kHeader, replace_all(claims(), R"("ver":3,)", ""))},
      {"the version is a text", forge(kHeader, replace_all(claims(), R"("ver":3)", R"("ver":"3")"))},
      {"huge", forge(kHeader, claims("", "", R"(,"x":")" + std::string(100'000, 'x') + "\""))},
      {"deep", forge(kHeader, claims("", "", R"(,"x":)" + std::string(500, '[') + std::string(500, ']')))},
  };
  const Tokens tokens = make_tokens({kKey});
  ASSERT_TRUE(tokens.verify(good, kNow));
  for (const auto& c : cases) {
    const auto verified = tokens.verify(c.token, kNow);
    ASSERT_FALSE(verified) << c.name;
    EXPECT_EQ(verified.error().kind, ErrorKind::unauthorized) << c.name;
    EXPECT_EQ(verified.error().client, tokens.verify("", kNow).error().client) << c.name << ": tells no more";
  }
}

TEST(Tokens, EveryChangedCharacterIsNoticed) {
  const Tokens tokens = make_tokens({kKey});
  const std::string token = tokens.issue("user_1", 1, kNow);
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'x' ? 'y' : 'x';
    EXPECT_FALSE(tokens.verify(changed, kNow)) << i;
    changed.erase(i, 1);
    EXPECT_FALSE(tokens.verify(changed, kNow)) << i;
  }
}

}  // namespace
}  // namespace offhook::auth
