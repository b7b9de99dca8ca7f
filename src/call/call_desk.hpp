#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "call/assistant_desk.hpp"
#include "store/calls.hpp"

namespace offhook::call {

/// A call that somebody wants placed.
struct CallWish {
  std::string phone_number;  ///< normalised
  std::string assistant_id;  ///< ours or the platform's; empty: `agent` speaks
  std::string lead_id;       ///< may be empty
  std::string agent;         ///< who speaks without an assistant
  json::object metadata;
};

/// Places calls through the telephone platform and ends them. Thread-safe.
class CallDesk {
 public:
  /// All must outlive it.
  CallDesk(store::Store& store, AssistantDesk& assistants, obs::Log& log)
      : store_(store), assistants_(assistants), log_(log) {}

  /// Stores the call, queued, asks the platform for it and ties the two. A platform that fails leaves nothing stored;
  /// a database that fails after the platform has accepted is no failure: the telephone rings. Errors:
  /// not_found with param (assistant_id, lead_id), those of the platform, marked with param kPlatformFailed.
  Task<store::Call> place(store::Owner owner, CallWish wish, Deadline deadline);
  /// Asks the platform to hang up; a call that has ended stays as it is. By our id or the platform's. Gives the call
  /// as it is stored now: that it has ended, a message of the platform's will say. Errors: not_found, conflict (the
  /// platform never heard of it), the platform's.
  Task<store::Call> end(store::Owner owner, std::string id, Deadline deadline);

 private:
  store::Store& store_;
  AssistantDesk& assistants_;
  obs::Log& log_;
};

/// In the metadata of a call that we placed: our id of it.
inline constexpr std::string_view kPlacedCall = "call_id";

/// Ties a call that we placed to the platform's, when one of the platform's messages comes before the platform's own
/// answer is stored. `sender`: the only account that the message may speak of. One that is tied already, or is not
/// ours, stays as it is. Errors: the store's.
Task<void> tie_placed_call(store::Store& store, std::string id, std::string platform_id,
                           std::optional<store::Owner> sender);

}  // namespace offhook::call
