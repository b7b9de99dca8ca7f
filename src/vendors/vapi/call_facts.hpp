#pragma once

#include <optional>
#include <string>

#include "base/clock.hpp"
#include "json/json.hpp"

namespace offhook::vapi {

/// What a platform knows about a call, from which the call object of its messages and of its REST API is
/// made. Empty texts are left out.
struct CallFacts {
  std::string id;
  std::string org_id;
  std::string type = "inboundPhoneCall";  ///< or "outboundPhoneCall", "webCall"
  std::string status;                     ///< "queued", "ringing", "in-progress", "forwarding", "ended"
  UtcTime created_at{};
  UtcTime updated_at{};
  std::optional<UtcTime> started_at;
  std::optional<UtcTime> ended_at;
  std::string ended_reason;
  std::string customer_number;
  std::string customer_name;
  std::string phone_number;  ///< the organisation's
  std::string phone_number_id;
  std::string phone_number_name;
  std::string assistant_id;
  json::object assistant;  ///< its configuration; travels with messages once it is chosen
  json::object metadata;   ///< of the call
  std::optional<double> cost;
};

/// The `call` object.
[[nodiscard]] json::object call_object(const CallFacts& facts);

/// {"message":{"type","timestamp", <fields>, "call","phoneNumber","customer","assistant"}}.
[[nodiscard]] json::object server_message(const CallFacts& facts, std::string_view type, UtcTime at,
                                          json::object fields = {});

/// Milliseconds since the epoch, as the platform writes times in messages.
[[nodiscard]] std::int64_t to_epoch_ms(UtcTime time);

}  // namespace offhook::vapi
