#pragma once

#include <string>

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
  /// Both must outlive it.
  CallDesk(store::Store& store, AssistantDesk& assistants) : store_(store), assistants_(assistants) {}

  /// Asks the platform for the call and stores it, queued. A platform that fails leaves nothing stored. Errors:
  /// not_found with param (assistant_id, lead_id), those of the platform, marked with param kPlatformFailed.
  Task<store::Call> place(store::Owner owner, CallWish wish, Deadline deadline);
  /// Asks the platform to hang up; a call that has ended stays as it is. By our id or the platform's. Gives the call
  /// as it is stored now: that it has ended, a message of the platform's will say. Errors: not_found, conflict (the
  /// platform never heard of it), the platform's.
  Task<store::Call> end(store::Owner owner, std::string id, Deadline deadline);

 private:
  store::Store& store_;
  AssistantDesk& assistants_;
};

}  // namespace offhook::call
