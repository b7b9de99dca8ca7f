#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "async/task.hpp"
#include "async/workers.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "store/store.hpp"

namespace offhook::call {

/// The WAV files of calls on this machine: "CALL.wav" by the platform's id of the call, in quarantine/ (0700) those
/// that nobody may hear. Moving a file is one rename; a call without a file is fine everywhere. Any thread.
class RecordingFiles {
 public:
  explicit RecordingFiles(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// "quarantined" moves the file away, "available" brings it back; other statuses do nothing. Errors: unavailable.
  Result<void> follow(std::string_view status, std::string_view platform_call_id) const;
  /// The platform's ids of the calls that have a file.
  [[nodiscard]] Result<std::vector<std::string>> calls() const;
  /// The call's files, wherever they are.
  [[nodiscard]] std::vector<std::filesystem::path> find(std::string_view platform_call_id) const;
  /// Files that were written before `before`, or all of them; `removes` them.
  Result<std::vector<std::filesystem::path>> expired(UtcTime before, bool removes) const;

  [[nodiscard]] std::filesystem::path quarantine() const { return folder_ / "quarantine"; }

 private:
  std::filesystem::path folder_;
};

/// Moves a call's file to where the database wants it now. Two that do so at once end where the later status says:
/// each looks again after it has moved. Errors: unavailable, the store's.
Task<void> follow_recording(store::Store& store, const RecordingFiles& files, std::string platform_call_id);

/// The same for every file there is: after a crash between a commit and its rename. The disk is read by `workers`.
/// Returns how many calls have a file. Errors: as follow_recording().
Task<std::size_t> reconcile_recordings(store::Store& store, RecordingFiles files, Workers& workers);

}  // namespace offhook::call
