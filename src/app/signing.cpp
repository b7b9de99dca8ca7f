#include "app/signing.hpp"

#include "crypto/hash.hpp"

namespace offhook::app {

vapi::SignatureSettings signature_settings(const config::Settings& settings) {
  vapi::SignatureSettings signatures{.secret = settings.webhook_secret};
  const config::HmacPlan& wanted = settings.hmac;
  const config::HmacPlan defaults;
  const bool is_plain = wanted.algorithm == defaults.algorithm &&
                        wanted.signature_header == defaults.signature_header && wanted.timestamp_header.empty() &&
                        wanted.prefix.empty() && wanted.format == defaults.format &&
                        wanted.encoding == defaults.encoding;
  if (is_plain) return signatures;
  vapi::HmacPlan plan;
  plan.algorithm = crypto::parse_hash_algorithm(wanted.algorithm).value_or(crypto::HashAlgorithm::sha256);
  plan.signature_header = wanted.signature_header;
  plan.timestamp_header = wanted.timestamp_header;
  plan.prefix = wanted.prefix;
  plan.payload_format = wanted.timestamp_header.empty() && wanted.format == defaults.format ? "{body}" : wanted.format;
  plan.encoding = wanted.encoding == "base64" ? vapi::HmacPlan::Encoding::base64 : vapi::HmacPlan::Encoding::hex;
  signatures.plan = std::move(plan);
  return signatures;
}

}  // namespace offhook::app
