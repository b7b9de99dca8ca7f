#include "llm/providers/sigv4.hpp"

#include <gtest/gtest.h>

namespace offhook::llm {
namespace {

net::ClientRequest converse_request() {
  net::ClientRequest request{.method = "POST"};
  request.url =
      "https://bedrock-runtime.us-east-1.amazonaws.com/model/anthropic.claude-3-haiku-20240307-v1%3A0/converse";
  request.headers = {{"content-type", "application/json"}};
  request.body = R"({"messages":[{"role":"user","content":[{"text":"Hi"}]}]})";
  return request;
}

std::string header(const net::ClientRequest& request, std::string_view name) {
  for (const auto& [key, value] : request.headers) {
    if (key == name) return value;
  }
  return {};
}

constexpr UtcTime kNow{std::chrono::sys_days{std::chrono::year{2026} / 11 / 20} + std::chrono::hours(12)};
const AwsCredentials kCredentials{.access_key_id = "AKIDEXAMPLE",
                                  .secret_access_key = Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")};

/// Signatures of the vendor's own signer (npm @smithy/signature-v4) for the same requests.
TEST(SigV4, SignsAsTheOfficialSignerDoes) {
  auto request = converse_request();
  ASSERT_TRUE(sign_aws_request(request, kCredentials, "us-east-1", "bedrock", kNow));
  EXPECT_EQ(header(request, "x-amz-date"), "20261120T120000Z");
  EXPECT_EQ(header(request, "x-amz-content-sha256"),
            "45e583fed2564dc00e823303d7609f8587af7f685b993cb0f998afc0d480b01d");
  EXPECT_EQ(header(request, "Authorization"),
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261120/us-east-1/bedrock/aws4_request, "
            "SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date, "
            "Signature=f4f8712352f227c33e066327a64df25a6d8236b40c85aff8c52ae12e9b5bca0b");
}

TEST(SigV4, SignsASessionTokenToo) {
  AwsCredentials temporary = kCredentials;
  temporary.session_token = Secret("FwoGZXIvYXdzEXAMPLETOKEN==");
  auto request = converse_request();
  ASSERT_TRUE(sign_aws_request(request, temporary, "us-east-1", "bedrock", kNow));
  EXPECT_EQ(header(request, "x-amz-security-token"), "FwoGZXIvYXdzEXAMPLETOKEN==");
  EXPECT_TRUE(header(request, "Authorization")
                  .ends_with("Signature=eaedb4529fc8511924c65eeb85bd9649fa6cd518d870dfd28ad1f757565fd5a2"));
}

TEST(SigV4, ABareColonInThePathIsSignedAsAnEncodedOne) {
  auto request = converse_request();
  request.url.replace(request.url.find("%3A"), 3, ":");
  ASSERT_TRUE(sign_aws_request(request, kCredentials, "us-east-1", "bedrock", kNow));
  // %3A against %253A: another path, so another signature, of a valid form.
  EXPECT_FALSE(
      header(request, "Authorization").ends_with("f4f8712352f227c33e066327a64df25a6d8236b40c85aff8c52ae12e9b5bca0b"));
  EXPECT_EQ(aws_percent_encode("arn:aws/x-._~ é"), "arn%3Aaws%2Fx-._~%20%C3%A9");
}

TEST(SigV4, RefusesWhatIsNoUrl) {
  net::ClientRequest request{.url = "no url"};
  EXPECT_FALSE(sign_aws_request(request, kCredentials, "us-east-1", "bedrock", kNow));
}

}  // namespace
}  // namespace offhook::llm
