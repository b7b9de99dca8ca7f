#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "async/task.hpp"
#include "base/clock.hpp"
#include "json/json.hpp"
#include "store/owner.hpp"
#include "vendors/vapi/rest_client.hpp"

namespace offhook::call {

/// A call that a platform is asked to place.
struct CallOrder {
  store::Owner owner;
  std::string phone_number;           ///< normalised
  std::string customer_name;          ///< may be empty
  std::string platform_assistant_id;  ///< empty: `assistant` speaks
  json::object assistant;             ///< a whole configuration, when no id is given
  json::object metadata;
};

/// What the platform said about it.
struct PlacedCall {
  std::string platform_id;
  std::string status = "queued";
};

/// The telephone platform: keeps copies of assistants, places calls and ends them. Thread-safe. Configurations are
/// Vapi's CreateAssistantDTO. Every error but not_found (the platform knows no such object) and cancelled is a failure
/// of the platform's: `code` begins with "http_" when it answered with a status, and `client` is its message.
class Platform {
 public:
  virtual ~Platform() = default;
  /// "vapi" or "exchange": which platform a stored id belongs to.
  [[nodiscard]] virtual std::string_view name() const = 0;
  /// Gives the platform's id.
  virtual Task<std::string> create_assistant(store::Owner owner, json::object configuration, Deadline deadline) = 0;
  virtual Task<void> update_assistant(store::Owner owner, std::string id, json::object configuration,
                                      Deadline deadline) = 0;
  virtual Task<void> remove_assistant(store::Owner owner, std::string id, Deadline deadline) = 0;
  virtual Task<PlacedCall> place_call(CallOrder order, Deadline deadline) = 0;
  /// Asks for a hang-up; one that has ended already is fine.
  virtual Task<void> end_call(store::Owner owner, std::string platform_id, Deadline deadline) = 0;
};

/// The status that the platform answered with; nullopt when it gave none.
[[nodiscard]] std::optional<int> platform_status(const Error& error);

/// Vapi, by its REST API. `phone_number_id`: its id of the number that calls come from.
[[nodiscard]] std::unique_ptr<Platform> make_vapi_platform(net::HttpClient& client, vapi::RestOptions options,
                                                           std::string phone_number_id);

}  // namespace offhook::call
