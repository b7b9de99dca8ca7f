#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/sql/connection.hpp"

namespace offhook::store {

/// Consent to a call's recording, and where the recording stands.
struct CallRecording {
  std::string call_id;       ///< ours
  std::string policy;        ///< the agent's: "none", "announced", "required"
  std::string consent;       ///< "granted", "declined"; empty: nobody has told
  std::string consent_type;  ///< how it was asked: "verbal", "stay-on-line"
  std::optional<UtcTime> granted_at;
  std::string status;  ///< "available", "quarantined", "deleted"; empty: there is no recording yet
  std::string url;     ///< where it is, while it must not be shown
  UtcTime updated_at{};
};

class CallRecordings {
 public:
  explicit CallRecordings(sql::Connection& db) : db_(db) {}
  /// Adds it, or replaces the one of that call.
  Result<void> put(const CallRecording& recording);
  Result<std::optional<CallRecording>> find(std::string_view call_id);
  /// All with that status, oldest first.
  Result<std::vector<CallRecording>> list(std::string_view status, std::size_t limit = 1000);

 private:
  sql::Connection& db_;
};

}  // namespace offhook::store
