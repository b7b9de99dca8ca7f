#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "crypto/hash.hpp"

namespace offhook::vapi {

/// How a signature is made: the fields of Vapi's HMACAuthenticationPlan, with its defaults but for the
/// signature header, which nearly everybody names x-vapi-signature.
struct HmacPlan {
  enum class Encoding : std::uint8_t { hex, base64 };
  crypto::HashAlgorithm algorithm = crypto::HashAlgorithm::sha256;
  std::string signature_header = "x-vapi-signature";
  std::string timestamp_header = "x-timestamp";       ///< empty: the plan has no timestamp
  std::string prefix;                                 ///< before the code, e.g. "sha256="
  std::string payload_format = "{timestamp}.{body}";  ///< also {method}, {url} and {svix-id}
  std::string message_id_header;                      ///< carries what stands for {svix-id}
  Encoding encoding = Encoding::hex;
  bool secret_is_base64 = false;                             ///< the key is the secret decoded
  std::chrono::seconds tolerance = std::chrono::minutes(5);  ///< how far a timestamp may be from now
};

/// What a door expects of its visitors.
struct SignatureSettings {
  Secret secret;                           ///< empty: the door is open
  std::optional<HmacPlan> plan;            ///< set: signatures follow it; unset: hex or base64 HMAC-SHA256 of the body
  bool accept_verbatim_signature = false;  ///< an x-vapi-signature that is the secret itself (old senders)
};

/// The value of a header by its name, in any case; empty when it is absent.
using HeaderLookup = std::function<std::string_view(std::string_view name)>;

/// The parts of a request that a signature may cover. Views live as long as the request.
struct SignedRequest {
  HeaderLookup header;
  std::string_view body;  ///< the raw bytes, before any parsing
  std::string_view method = "POST";
  std::string_view url;
};

/// How a sender proved itself: "secret", "bearer", "hmac", "hmac-timestamp", or "open" when nothing is
/// required.
struct Verified {
  std::string_view method;
};

/// Checks who sent a webhook. In this order: X-Vapi-Secret (the secret itself), Authorization: Bearer
/// with the secret, an HMAC in the signature header. A header that is present and wrong does not keep a
/// right one from being accepted. All comparisons take constant time.
///
/// A timestamp header that is present must be fresh, whether the signature covers it or not; when a plan
/// is set and has a timestamp header, it must be present and covered. Seconds and milliseconds are told
/// apart by magnitude. Source: reference of the platform's server authentication, HMAC plan.
class SignatureVerifier {
 public:
  explicit SignatureVerifier(SignatureSettings settings);
  /// Errors: unauthorized; the client's text names what was missing or wrong, never a value. Thread-safe.
  [[nodiscard]] Result<Verified> verify(const SignedRequest& request, UtcTime now) const;
  [[nodiscard]] bool is_open() const { return settings_.secret.empty(); }

 private:
  [[nodiscard]] Result<Verified> verify_code(const SignedRequest& request, UtcTime now) const;
  [[nodiscard]] bool matches(std::string_view payload, std::string_view presented) const;

  SignatureSettings settings_;
  HmacPlan plan_;
  crypto::HmacKey key_;
};

using Headers = std::vector<std::pair<std::string, std::string>>;

/// What the platform adds to a message to prove itself: with a plan its signature (and timestamp, in
/// seconds, when it has one), without one X-Vapi-Secret and x-vapi-signature over the body. No secret,
/// no headers. `message_id` stands for {svix-id}.
[[nodiscard]] Headers sign(const SignatureSettings& settings, std::string_view body, UtcTime now,
                           std::string_view method = "POST", std::string_view url = {},
                           std::string_view message_id = {});

}  // namespace offhook::vapi
