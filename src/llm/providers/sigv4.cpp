#include "llm/providers/sigv4.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>
#include <map>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "base/text.hpp"
#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"

namespace offhook::llm {
namespace {

using crypto::HashAlgorithm;

/// Each segment of a path that is encoded already, encoded once more; a ':' that was left bare first becomes "%3A".
std::string canonical_path(std::string_view path) {
  if (path.empty()) return "/";
  std::string canonical;
  for (const char c : path) {
    if (c == '/') {
      canonical.push_back('/');
    } else {
      canonical.append(aws_percent_encode({&c, 1}));
    }
  }
  return canonical;
}

/// Query parameters sorted by their encoded name, then value.
std::string canonical_query(std::string_view query) {
  if (query.empty()) return {};
  std::vector<std::string> parts;
  for (const auto part : split(query, '&')) {
    parts.emplace_back(part.find('=') == std::string_view::npos ? std::string(part) + "=" : std::string(part));
  }
  std::ranges::sort(parts);
  return join(parts, "&");
}

std::string hmac256(std::string_view key, std::string_view data) {
  return crypto::hmac(HashAlgorithm::sha256, key, data);
}

}  // namespace

std::string aws_percent_encode(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
                       c == '.' || c == '_' || c == '~';
    if (plain) {
      encoded.push_back(c);
    } else {
      fmt::format_to(std::back_inserter(encoded), "%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
  }
  return encoded;
}

Result<void> sign_aws_request(net::ClientRequest& request, const AwsCredentials& credentials, std::string_view region,
                              std::string_view service, UtcTime now) {
  const auto url = boost::urls::parse_uri(request.url);
  if (!url || url->host().empty()) return fail(ErrorKind::invalid_argument, {}, "not a URL: " + request.url);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now);
  const std::string time = fmt::format("{:%Y%m%dT%H%M%SZ}", seconds);
  const std::string date = time.substr(0, 8);
  const std::string body_hash = crypto::sha256_hex(request.body);
  request.headers.emplace_back("x-amz-date", time);
  request.headers.emplace_back("x-amz-content-sha256", body_hash);
  if (!credentials.session_token.empty()) {
    request.headers.emplace_back("x-amz-security-token", std::string(credentials.session_token.reveal()));
  }
  std::map<std::string, std::string> headers{{"host", std::string(url->encoded_host_and_port())}};
  for (const auto& [name, value] : request.headers) headers[to_lower(name)] = one_line(value);
  std::string canonical_headers;
  std::string signed_headers;
  for (const auto& [name, value] : headers) {
    canonical_headers.append(name).append(":").append(value).append("\n");
    signed_headers.append(signed_headers.empty() ? "" : ";").append(name);
  }
  const std::string canonical =
      fmt::format("{}\n{}\n{}\n{}\n{}\n{}", request.method, canonical_path(std::string(url->encoded_path())),
                  canonical_query(std::string(url->encoded_query())), canonical_headers, signed_headers, body_hash);
  const std::string scope = fmt::format("{}/{}/{}/aws4_request", date, region, service);
  const std::string to_sign = fmt::format("AWS4-HMAC-SHA256\n{}\n{}\n{}", time, scope, crypto::sha256_hex(canonical));
  std::string key = hmac256("AWS4" + std::string(credentials.secret_access_key.reveal()), date);
  for (const std::string_view step : {region, service, std::string_view("aws4_request")}) key = hmac256(key, step);
  request.headers.emplace_back(
      "Authorization",
      fmt::format("AWS4-HMAC-SHA256 Credential={}/{}, SignedHeaders={}, Signature={}", credentials.access_key_id, scope,
                  signed_headers, crypto::to_hex(hmac256(key, to_sign))));
  return {};
}

}  // namespace offhook::llm
