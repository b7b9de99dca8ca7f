#pragma once

#include <string>

#include "json/json.hpp"

namespace offhook::api {

/// What a platform that calls our custom LLM says beside OpenAI's fields. All of it comes from outside.
struct CallContext {
  bool is_platform_call = false;  ///< there is a "call": a telephone platform's own request
  std::string platform_call_id;
  std::string assistant_id;
  std::string assistant_name;
  std::string agent;        ///< wanted by the metadata
  std::string property_id;  ///< wanted by the metadata
  std::string caller_phone;
  std::string caller_name;  ///< in one line, and only what can be a name
  std::string dialled_number;
};

/// Reads `call`, `assistant`, `customer`, `phoneNumber` and `metadata`; the metadata's keys also where the platform
/// spreads them over the body or leaves them with the assistant. What is missing or of another type stays empty. Its
/// `timestamp` is not read: dates are counted from this server's clock. Source: Vapi, "Connecting your custom LLM",
/// `metadataSendMode`.
[[nodiscard]] CallContext read_call_context(const json::value& body);

}  // namespace offhook::api
