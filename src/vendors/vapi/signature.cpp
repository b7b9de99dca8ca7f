#include "vendors/vapi/signature.hpp"

#include <charconv>

#include "base/text.hpp"
#include "crypto/encoding.hpp"
#include "crypto/secrets.hpp"

namespace offhook::vapi {
namespace {

using crypto::equal_in_constant_time;

constexpr std::string_view kSecretHeader = "x-vapi-secret";

HmacPlan plan_of(const SignatureSettings& settings) { return settings.plan.value_or(HmacPlan{}); }

std::string key_of(const SignatureSettings& settings) {
  const auto secret = settings.secret.reveal();
  if (plan_of(settings).secret_is_base64) {
    if (auto decoded = crypto::from_base64(secret)) return std::move(*decoded);
  }
  return std::string(secret);
}

struct Placeholders {
  std::string_view timestamp;
  std::string_view message_id;
};

/// The text that is signed. One pass, so that braces inside the body are left alone.
std::string fill(std::string_view format, const SignedRequest& request, const Placeholders& values) {
  const std::pair<std::string_view, std::string_view> names[] = {{"{body}", request.body},
                                                                 {"{timestamp}", values.timestamp},
                                                                 {"{method}", request.method},
                                                                 {"{url}", request.url},
                                                                 {"{svix-id}", values.message_id}};
  std::string text;
  text.reserve(format.size() + request.body.size() + values.timestamp.size());
  for (std::size_t at = 0; at < format.size();) {
    bool found = false;
    for (const auto& [name, value] : names) {
      if (!format.substr(at).starts_with(name)) continue;
      text += value;
      at += name.size();
      found = true;
      break;
    }
    if (!found) text.push_back(format[at++]);
  }
  return text;
}

/// Seconds or milliseconds since the epoch: what is beyond the year 5138 in seconds is milliseconds.
std::optional<UtcTime> read_timestamp(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number < 0) return std::nullopt;
  constexpr std::int64_t kLargestSeconds = 100'000'000'000;
  if (number < kLargestSeconds) return UtcTime(std::chrono::seconds(number));
  if (number < kLargestSeconds * 1000) return UtcTime(std::chrono::milliseconds(number));
  return std::nullopt;
}

bool is_fresh(std::string_view timestamp, std::chrono::seconds tolerance, UtcTime now) {
  const auto sent = read_timestamp(trim(timestamp));
  return sent && *sent >= now - tolerance && *sent <= now + tolerance;
}

std::unexpected<Error> refuse(std::string_view why) {
  return fail(Error{.kind = ErrorKind::unauthorized, .client = std::string(why), .code = "invalid_signature"});
}

std::string_view bearer_token(std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer ";
  if (authorization.size() < kScheme.size() || !iequals(authorization.substr(0, kScheme.size()), kScheme)) return {};
  return trim(authorization.substr(kScheme.size()));
}

}  // namespace

SignatureVerifier::SignatureVerifier(SignatureSettings settings)
    : settings_(std::move(settings)), plan_(plan_of(settings_)), key_(plan_.algorithm, key_of(settings_)) {}

Result<Verified> SignatureVerifier::verify(const SignedRequest& request, UtcTime now) const {
  if (is_open()) return Verified{"open"};
  const auto secret = settings_.secret.reveal();
  if (equal_in_constant_time(trim(request.header(kSecretHeader)), secret)) return Verified{"secret"};
  if (equal_in_constant_time(bearer_token(request.header("authorization")), secret)) return Verified{"bearer"};
  return verify_code(request, now);
}

Result<Verified> SignatureVerifier::verify_code(const SignedRequest& request, UtcTime now) const {
  const auto presented = trim(request.header(plan_.signature_header));
  if (presented.empty()) {
    const bool tried = !request.header(kSecretHeader).empty() || !request.header("authorization").empty();
    return refuse(tried ? "The webhook secret is wrong" : "The webhook secret or signature is missing");
  }
  if (settings_.accept_verbatim_signature && equal_in_constant_time(presented, settings_.secret.reveal())) {
    return Verified{"secret"};
  }
  const auto timestamp =
      plan_.timestamp_header.empty() ? std::string_view{} : trim(request.header(plan_.timestamp_header));
  const bool must_cover_timestamp = settings_.plan && !plan_.timestamp_header.empty();
  if (must_cover_timestamp && timestamp.empty()) return refuse("The webhook timestamp is missing");
  const Placeholders values{
      .timestamp = timestamp,
      .message_id = plan_.message_id_header.empty() ? std::string_view{} : request.header(plan_.message_id_header)};

  const bool follows_plan =
      (settings_.plan || !timestamp.empty()) && matches(fill(plan_.payload_format, request, values), presented);
  // Without a timestamp Vapi's default payload is taken to be the body alone.
  const bool covers_body_only = !follows_plan && !must_cover_timestamp && matches(request.body, presented);
  if (!follows_plan && !covers_body_only) return refuse("The webhook signature is wrong");
  if (!timestamp.empty() && !is_fresh(timestamp, plan_.tolerance, now)) {
    return refuse("The webhook timestamp is too old or in the future");
  }
  return Verified{follows_plan && !timestamp.empty() ? "hmac-timestamp" : "hmac"};
}

bool SignatureVerifier::matches(std::string_view payload, std::string_view presented) const {
  for (const auto prefix : {std::string_view(plan_.prefix), std::string_view("sha256=")}) {
    if (!prefix.empty() && presented.starts_with(prefix)) {
      presented.remove_prefix(prefix.size());
      break;
    }
  }
  // Hex in either case and base64 are both accepted whatever the plan says: they cannot be confused,
  // since the lengths differ, and it spares integrators one setting.
  const auto code = key_.sign(payload);
  const auto from_hex = crypto::from_hex(presented);
  if (from_hex && equal_in_constant_time(*from_hex, code)) return true;
  const auto from_base64 = crypto::from_base64(presented);
  return from_base64 && equal_in_constant_time(*from_base64, code);
}

Headers sign(const SignatureSettings& settings, std::string_view body, UtcTime now, std::string_view method,
             std::string_view url, std::string_view message_id) {
  if (settings.secret.empty()) return {};
  const HmacPlan plan = plan_of(settings);
  const bool has_timestamp = settings.plan && !plan.timestamp_header.empty();
  const auto timestamp = has_timestamp
                             ? std::to_string(std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count())
                             : std::string();
  const SignedRequest request{.header = {}, .body = body, .method = method, .url = url};
  const Placeholders values{.timestamp = timestamp, .message_id = message_id};
  // A plan whose format names the timestamp but that has none signs the body alone (see verify_code).
  const bool names_missing = !has_timestamp && plan.payload_format.find("{timestamp}") != std::string::npos;
  const auto payload = settings.plan && !names_missing ? fill(plan.payload_format, request, values) : std::string(body);
  const auto code = crypto::hmac(plan.algorithm, key_of(settings), payload);

  Headers headers;
  if (!settings.plan) headers.emplace_back("X-Vapi-Secret", std::string(settings.secret.reveal()));
  headers.emplace_back(
      plan.signature_header,
      plan.prefix + (plan.encoding == HmacPlan::Encoding::hex ? crypto::to_hex(code) : crypto::to_base64(code)));
  if (has_timestamp) headers.emplace_back(plan.timestamp_header, timestamp);
  if (!plan.message_id_header.empty()) headers.emplace_back(plan.message_id_header, std::string(message_id));
  return headers;
}

}  // namespace offhook::vapi
