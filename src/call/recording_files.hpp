#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace offhook::call {

/// The WAV files of calls on this machine: "CALL.wav" by the platform's id of the call, in quarantine/ (0700) those
/// that nobody may hear. Moving a file is one rename; a call without a file is fine everywhere. Any thread.
class RecordingFiles {
 public:
  explicit RecordingFiles(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// "quarantined" moves the file away, "available" brings it back; other statuses do nothing. Errors: unavailable.
  Result<void> follow(std::string_view status, std::string_view platform_call_id) const;
  /// The call's files, wherever they are.
  [[nodiscard]] std::vector<std::filesystem::path> find(std::string_view platform_call_id) const;
  /// Files that were written before `before`, or all of them; `removes` them.
  Result<std::vector<std::filesystem::path>> expired(UtcTime before, bool removes) const;

  [[nodiscard]] std::filesystem::path quarantine() const { return folder_ / "quarantine"; }

 private:
  std::filesystem::path folder_;
};

}  // namespace offhook::call
