#pragma once

#include <functional>
#include <string>

#include "call/platform.hpp"
#include "call/stored_assistant.hpp"
#include "obs/log.hpp"
#include "store/store.hpp"

namespace offhook::call {

/// Makes, changes and removes assistants: in the database and on the telephone platform. The platform comes first, so
/// that one that fails leaves nothing half-stored; when the database fails afterwards, the platform's copy is taken
/// back. Thread-safe.
class AssistantDesk {
 public:
  /// All references must outlive it.
  AssistantDesk(store::Store& store, Platform& platform, AssistantParts parts, obs::Log& log)
      : store_(store), platform_(platform), parts_(std::move(parts)), log_(log) {}

  /// `wish`: as given; what is empty is filled from `property_id` (of the owner's) and the agent. Gives it as stored.
  /// Errors: not_found (the property), those of the platform, marked with param kPlatformFailed.
  Task<store::Assistant> create(store::Owner owner, store::Assistant wish, Deadline deadline);
  /// `change` is applied to the stored one, twice: before the platform is asked, and in the transaction that stores it,
  /// so it has no effect outside its argument. Errors: not_found, its own, the platform's.
  Task<store::Assistant> update(store::Owner owner, std::string id,
                                std::function<Result<void>(store::Assistant&)> change, Deadline deadline);
  Task<void> remove(store::Owner owner, std::string id, Deadline deadline);
  /// The same assistant with a copy on the platform that is used now: one made on another platform is made here too.
  Task<store::Assistant> bring_to_platform(store::Owner owner, store::Assistant assistant, Deadline deadline);

  [[nodiscard]] Platform& platform() { return platform_; }
  [[nodiscard]] const AssistantParts& parts() const { return parts_; }

 private:
  void warn(const store::Assistant& assistant);
  Task<void> take_back(store::Owner owner, store::Assistant before, std::string platform_id, bool was_there,
                       Deadline deadline);

  store::Store& store_;
  Platform& platform_;
  AssistantParts parts_;
  obs::Log& log_;
};

/// Error::param of what the telephone platform failed at.
inline constexpr std::string_view kPlatformFailed = "platform";
/// Marks an error of a Platform's.
[[nodiscard]] Error platform_failed(Error error);

}  // namespace offhook::call
