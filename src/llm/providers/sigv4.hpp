#pragma once

#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/secret.hpp"
#include "net/http_client.hpp"

namespace offhook::llm {

struct AwsCredentials {
  std::string access_key_id;
  Secret secret_access_key;
  Secret session_token;  ///< of temporary credentials; else empty
};

/// Percent-encodes everything but letters, digits and "-._~", as AWS wants path segments.
[[nodiscard]] std::string aws_percent_encode(std::string_view text);

/// Signs a request with AWS Signature Version 4: adds x-amz-date, x-amz-content-sha256, x-amz-security-token (with a
/// session token) and Authorization. All headers that the request has by then are signed. The path is encoded once
/// more in the canonical form, as every service but S3 does. Errors: invalid_argument (the URL). Pure.
/// Source: AWS IAM User Guide, "Create a signed AWS API request".
[[nodiscard]] Result<void> sign_aws_request(net::ClientRequest& request, const AwsCredentials& credentials,
                                            std::string_view region, std::string_view service, UtcTime now);

}  // namespace offhook::llm
