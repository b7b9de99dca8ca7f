#pragma once

#include <memory>
#include <string>

#include "base/secret.hpp"
#include "llm/providers/http_model.hpp"
#include "llm/providers/sigv4.hpp"

namespace offhook::llm {

struct BedrockOptions {
  std::string region = "us-east-1";
  std::string base_url;  ///< empty: that of the region
  Secret bearer_token;   ///< a Bedrock API key; empty: requests are signed with `credentials`
  AwsCredentials credentials;
  std::string model = "amazon.nova-lite-v1:0";  ///< a model id, inference profile or ARN
  Patience patience;
};

/// AWS Bedrock's ConverseStream. `client` must outlive it. A request's own model is not looked at.
/// Source of the wire: Amazon Bedrock API reference, "ConverseStream".
[[nodiscard]] std::unique_ptr<ChatModel> make_bedrock_model(net::HttpClient& client, BedrockOptions options);

}  // namespace offhook::llm
