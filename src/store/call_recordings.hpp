#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/owner.hpp"
#include "store/sql/connection.hpp"

namespace offhook::store {

/// Consent to a call's recording, and where the recording stands.
struct CallRecording {
  std::string call_id;       ///< ours
  std::string policy;        ///< the agent's: "none", "announced", "required"
  std::string consent;       ///< "granted", "declined"; empty: nobody has told
  std::string consent_type;  ///< how it was asked: "verbal", "stay-on-line"
  std::string consent_key;   ///< names the message that told; of two the one with the greater key is believed
  std::optional<UtcTime> granted_at;
  std::string status;          ///< "available", "quarantined", "deleted"; empty: there is no recording yet
  std::string url;             ///< where it is, while it must not be shown
  std::string release_reason;  ///< why a person let it out of quarantine; empty: nobody did
  std::optional<UtcTime> released_at;
  UtcTime updated_at{};

  friend bool operator==(const CallRecording&, const CallRecording&) = default;
};

class CallRecordings {
 public:
  CallRecordings(sql::Connection& db, Owner owner) : db_(db), owner_(std::move(owner)) {}
  /// Adds it, or replaces the one of that call.
  Result<void> put(const CallRecording& recording);
  Result<std::optional<CallRecording>> find(std::string_view call_id);
  /// The status of the call with that id at the platform, whoever's it is; empty: nothing is said about it.
  static Result<std::string> status_of(sql::Connection& db, std::string_view platform_call_id);
  /// All with that status, of every owner, oldest first.
  static Result<std::vector<CallRecording>> list(sql::Connection& db, std::string_view status,
                                                 std::size_t limit = 1000);

 private:
  sql::Connection& db_;
  Owner owner_;
};

}  // namespace offhook::store
