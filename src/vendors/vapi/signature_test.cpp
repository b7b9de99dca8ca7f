#include "vendors/vapi/signature.hpp"

#include <gtest/gtest.h>

#include <map>

#include "base/text.hpp"
#include "crypto/encoding.hpp"

namespace offhook::vapi {
namespace {

using namespace std::chrono_literals;

// Vectors computed for the reference, section 4.1.
constexpr std::string_view kBody = R"({"message":{"type":"hang","timestamp":1763650000000}})";
constexpr std::string_view kSecret = "whsec-demo-key";
constexpr std::string_view kTimestampedHex = "7a1221e03b2b536bbb8c788576c788d5289757a0701462f12c6345c83cb2b833";
constexpr std::string_view kTimestampedBase64 = "ehIh4DsrU2u7jHiFdseI1SiXV6BwFGLxLGNFyDyyuDM=";
constexpr std::string_view kBodyHex = "39cefae870ec944583fa14f77600484847f99e46b254c27418adff08a8badff3";
constexpr std::string_view kTimestampedSha1 = "819231f9b66bf0222c15c052d94ccb7d5bb528e6";
const UtcTime kNow = UtcTime(1763650000s);

using HeaderMap = std::map<std::string, std::string>;

HeaderLookup lookup(const HeaderMap& headers) {
  return [&headers](std::string_view name) -> std::string_view {
    for (const auto& [key, value] : headers) {
      if (iequals(key, name)) return value;
    }
    return {};
  };
}

SignatureSettings with_secret(std::optional<HmacPlan> plan = std::nullopt) {
  return {.secret = Secret(std::string(kSecret)), .plan = std::move(plan)};
}

/// The method that let the request in, or "refused: " and the reason.
std::string outcome(const SignatureSettings& settings, const HeaderMap& headers, std::string_view body = kBody,
                    UtcTime now = kNow) {
  const SignatureVerifier verifier(settings);
  const SignedRequest request{.header = lookup(headers), .body = body};
  const auto verified = verifier.verify(request, now);
  if (verified) return std::string(verified->method);
  EXPECT_EQ(verified.error().kind, ErrorKind::unauthorized);
  return "refused: " + verified.error().client;
}

TEST(Signature, EveryUsualProofIsAcceptedWithoutAnyPlan) {
  const std::string body_hex(kBodyHex);
  const auto body_base64 = crypto::to_base64(*crypto::from_hex(kBodyHex));
  std::string upper = body_hex;
  for (char& c : upper) c = c >= 'a' ? static_cast<char>(c - 32) : c;
  const struct {
    HeaderMap headers;
    std::string_view method;
  } cases[] = {{{{"X-Vapi-Secret", "whsec-demo-key"}}, "secret"},
               {{{"x-vapi-secret", " whsec-demo-key "}}, "secret"},
               {{{"Authorization", "Bearer whsec-demo-key"}}, "bearer"},
               {{{"authorization", "bearer whsec-demo-key"}}, "bearer"},
               {{{"x-vapi-signature", body_hex}}, "hmac"},
               {{{"X-VAPI-SIGNATURE", upper}}, "hmac"},
               {{{"x-vapi-signature", "sha256=" + body_hex}}, "hmac"},
               {{{"x-vapi-signature", body_base64}}, "hmac"},
               {{{"x-vapi-signature", body_hex}, {"x-timestamp", "1763650000"}}, "hmac"},
               {{{"x-vapi-signature", std::string(kTimestampedHex)}, {"x-timestamp", "1763650000"}}, "hmac-timestamp"},
               {{{"x-vapi-secret", "wrong"}, {"x-vapi-signature", body_hex}}, "hmac"}};
  for (const auto& [headers, method] : cases) EXPECT_EQ(outcome(with_secret(), headers), method);
}

TEST(Signature, WhatIsMissingOrWrongIsRefusedByName) {
  const std::string body_hex(kBodyHex);
  const struct {
    HeaderMap headers;
    std::string_view why;
  } cases[] = {{{}, "refused: The webhook secret or signature is missing"},
               {{{"X-Vapi-Secret", ""}, {"x-vapi-signature", ""}, {"Authorization", ""}},
                "refused: The webhook secret or signature is missing"},
               {{{"X-Vapi-Secret", "whsec-demo-ke"}}, "refused: The webhook secret is wrong"},
               {{{"X-Vapi-Secret", "whsec-demo-keyy"}}, "refused: The webhook secret is wrong"},
               {{{"Authorization", "whsec-demo-key"}}, "refused: The webhook secret is wrong"},
               {{{"Authorization", "Basic whsec-demo-key"}}, "refused: The webhook secret is wrong"},
               {{{"x-vapi-signature", "sha256="}}, "refused: The webhook signature is wrong"},
               {{{"x-vapi-signature", body_hex.substr(2)}}, "refused: The webhook signature is wrong"},
               {{{"x-vapi-signature", "00" + body_hex.substr(2)}}, "refused: The webhook signature is wrong"},
               {{{"x-vapi-signature", "not hex at all"}}, "refused: The webhook signature is wrong"},
               {{{"x-vapi-signature", std::string(kSecret)}}, "refused: The webhook signature is wrong"},
               {{{"x-vapi-signature", std::string(kTimestampedHex)}}, "refused: The webhook signature is wrong"}};
  for (const auto& [headers, why] : cases) EXPECT_EQ(outcome(with_secret(), headers), why);
}

TEST(Signature, ATamperedBodyIsRefused) {
  std::string body(kBody);
  body.back() = ' ';
  EXPECT_EQ(outcome(with_secret(), {{"x-vapi-signature", std::string(kBodyHex)}}, body),
            "refused: The webhook signature is wrong");
}

TEST(Signature, APlanFollowsTheReferenceVectors) {
  using enum HmacPlan::Encoding;
  const HmacPlan plan{.signature_header = "x-signature"};
  const struct {
    HmacPlan plan;
    std::string_view code;
  } cases[] = {{plan, kTimestampedHex},
               {{.signature_header = "x-signature", .encoding = base64}, kTimestampedBase64},
               {{.algorithm = crypto::HashAlgorithm::sha1, .signature_header = "x-signature"}, kTimestampedSha1}};
  for (const auto& [used, code] : cases) {
    const HeaderMap headers{{"X-Signature", std::string(code)}, {"X-Timestamp", "1763650000"}};
    EXPECT_EQ(outcome(with_secret(used), headers), "hmac-timestamp");
  }
}

TEST(Signature, SvixStyleSignaturesAreAPlanToo) {
  const SignatureSettings settings{.secret = Secret("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="),
                                   .plan = HmacPlan{.signature_header = "svix-signature",
                                                    .timestamp_header = "svix-timestamp",
                                                    .prefix = "v1,",
                                                    .payload_format = "{svix-id}.{timestamp}.{body}",
                                                    .message_id_header = "svix-id",
                                                    .encoding = HmacPlan::Encoding::base64,
                                                    .secret_is_base64 = true}};
  HeaderMap headers{{"svix-id", "msg_2demo"},
                    {"svix-timestamp", "1763650000"},
                    {"svix-signature", "v1,xj5SAFwOq0T0Acx8z0OhwWnAvtDpAyE3L7Rj4gOeA6Y="}};
  EXPECT_EQ(outcome(settings, headers), "hmac-timestamp");
  headers["svix-id"] = "msg_other";
  EXPECT_EQ(outcome(settings, headers), "refused: The webhook signature is wrong");
}

TEST(Signature, ATimestampMustBeFreshWhetherItIsSignedOrNot) {
  const HeaderMap signed_headers{{"x-vapi-signature", std::string(kTimestampedHex)}, {"x-timestamp", "1763650000"}};
  for (const auto& settings : {with_secret(), with_secret(HmacPlan{})}) {
    EXPECT_EQ(outcome(settings, signed_headers, kBody, kNow + 5min), "hmac-timestamp");
    EXPECT_EQ(outcome(settings, signed_headers, kBody, kNow - 5min), "hmac-timestamp");
    EXPECT_EQ(outcome(settings, signed_headers, kBody, kNow + 5min + 1s),
              "refused: The webhook timestamp is too old or in the future");
    EXPECT_EQ(outcome(settings, signed_headers, kBody, kNow - 5min - 1s),
              "refused: The webhook timestamp is too old or in the future");
  }
  for (const char* stale : {"1763649000", "1763650000000000000", "soon", "-5", "12 34"}) {
    EXPECT_EQ(outcome(with_secret(), {{"x-vapi-signature", std::string(kBodyHex)}, {"x-timestamp", stale}}),
              "refused: The webhook timestamp is too old or in the future")
        << stale;
  }
}

TEST(Signature, MillisecondTimestampsAreUnderstood) {
  const auto headers = sign(with_secret(HmacPlan{}), kBody, kNow);
  EXPECT_EQ(headers.at(1).second, "1763650000");
  const HeaderMap millis{{"x-vapi-signature", std::string(kBodyHex)}, {"x-timestamp", "1763650000123"}};
  EXPECT_EQ(outcome(with_secret(), millis), "hmac");
  EXPECT_EQ(outcome(with_secret(), millis, kBody, kNow + 6min),
            "refused: The webhook timestamp is too old or in the future");
}

TEST(Signature, AConfiguredTimestampCannotBeLeftOut) {
  EXPECT_EQ(outcome(with_secret(HmacPlan{}), {{"x-vapi-signature", std::string(kBodyHex)}}),
            "refused: The webhook timestamp is missing");
  EXPECT_EQ(
      outcome(with_secret(HmacPlan{}), {{"x-vapi-signature", std::string(kBodyHex)}, {"x-timestamp", "1763650000"}}),
      "refused: The webhook signature is wrong");
}

TEST(Signature, ADoorWithoutSecretIsOpen) { EXPECT_EQ(outcome({}, {}), "open"); }

TEST(Signature, TheSecretAsSignatureIsAcceptedOnlyWhenAllowed) {
  auto settings = with_secret();
  settings.accept_verbatim_signature = true;
  EXPECT_EQ(outcome(settings, {{"x-vapi-signature", std::string(kSecret)}}), "secret");
}

TEST(Signature, WhatWeSignWeAccept) {
  using enum HmacPlan::Encoding;
  const std::optional<HmacPlan> plans[] = {
      std::nullopt,
      HmacPlan{},
      HmacPlan{.algorithm = crypto::HashAlgorithm::sha512, .prefix = "sha512=", .encoding = base64},
      HmacPlan{.timestamp_header = ""},
      HmacPlan{.payload_format = "{method} {url}|{timestamp}|{body}"},
      HmacPlan{.payload_format = "{svix-id}.{timestamp}.{body}", .message_id_header = "x-id"}};
  for (const auto& plan : plans) {
    HeaderMap headers;
    for (const auto& [name, value] : sign(with_secret(plan), kBody, kNow, "POST", "/vapi/webhook", "m1")) {
      headers[name] = value;
    }
    headers.erase("X-Vapi-Secret");
    const SignatureVerifier verifier(with_secret(plan));
    const SignedRequest request{.header = lookup(headers), .body = kBody, .url = "/vapi/webhook"};
    EXPECT_TRUE(verifier.verify(request, kNow + 1min));
    const SignedRequest other{.header = lookup(headers), .body = "{}", .url = "/vapi/webhook"};
    EXPECT_FALSE(verifier.verify(other, kNow + 1min));
  }
  EXPECT_TRUE(sign({}, kBody, kNow).empty());
}

TEST(Signature, PlaceholdersInsideTheBodyAreLeftAlone) {
  const std::string body = R"({"text":"{timestamp}{body}{url}"})";
  HeaderMap headers;
  for (const auto& [name, value] : sign(with_secret(HmacPlan{}), body, kNow)) headers[name] = value;
  EXPECT_EQ(outcome(with_secret(HmacPlan{}), headers, body), "hmac-timestamp");
}

}  // namespace
}  // namespace offhook::vapi
