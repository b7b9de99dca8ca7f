#include <fmt/format.h>

#include <algorithm>

#include "crypto/hash.hpp"
#include "vendors/vapi/server_message.hpp"

namespace offhook::vapi {

bool has_identity(const ServerMessage& message) {
  return message.timestamp ||
         std::ranges::any_of(message.tool_calls, [](const auto& call) { return !call.id.empty(); });
}

std::string dedupe_key(const ServerMessage& message) {
  std::string facts;
  // Each part with its length, so that parts cannot flow into one another.
  const auto add = [&facts](std::string_view part) {
    facts.append(std::to_string(part.size())).append(":").append(part).append(";");
  };
  add(message.platform_call_id);
  add(message.type);
  add(message.timestamp ? std::to_string(message.timestamp->time_since_epoch().count()) : std::string());
  add(message.role);
  add(message.status);
  add(message.turn ? fmt::format("{}", *message.turn) : std::string());
  add(message.text);
  add(message.is_final ? "final" : "partial");
  for (const auto& call : message.tool_calls) add(call.id);
  if (message.function_call) {
    add(message.function_call->name);
    add(message.function_call->arguments);
  }
  if (!has_identity(message)) add(json::serialize(message.raw));
  // The time in front keeps the keys of messages that come together together; 128 bits of the hash tell them apart.
  const auto at = message.timestamp.value_or(UtcTime{}).time_since_epoch().count() / 1000;
  return fmt::format("{:011x}-{}", std::max<std::int64_t>(0, at), crypto::sha256_hex(facts).substr(0, 32));
}

}  // namespace offhook::vapi
