#include "call/recording_files.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <system_error>

#include "store/call_recordings.hpp"

namespace offhook::call {
namespace {

namespace fs = std::filesystem;

/// The file's name for a call. Ids come from outside: one that is no plain name has no file.
std::optional<std::string> file_name(std::string_view id) {
  const bool is_plain = !id.empty() && id.size() <= 128 && id.front() != '.' && std::ranges::all_of(id, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' ||
           c == '.';
  });
  if (!is_plain) return std::nullopt;
  return std::string(id) + ".wav";
}

Result<void> outcome(const std::error_code& error, const fs::path& path) {
  if (!error || error == std::errc::no_such_file_or_directory) return {};
  return fail(ErrorKind::unavailable, {}, path.string() + ": " + error.message());
}

}  // namespace

Result<void> RecordingFiles::follow(std::string_view status, std::string_view platform_call_id) const {
  const auto name = file_name(platform_call_id);
  if (!name || (status != "quarantined" && status != "available")) return {};
  const bool hides = status == "quarantined";
  std::error_code error;
  if (hides && fs::exists(folder_ / *name, error)) {
    fs::create_directories(quarantine(), error);
    if (!error) fs::permissions(quarantine(), fs::perms::owner_all, error);
    if (error) return outcome(error, quarantine());
  }
  const fs::path from = hides ? folder_ / *name : quarantine() / *name;
  const fs::path to = hides ? quarantine() / *name : folder_ / *name;
  fs::rename(from, to, error);
  return outcome(error, from);
}

Result<std::vector<std::string>> RecordingFiles::calls() const {
  std::vector<std::string> ids;
  for (const fs::path& folder : {folder_, quarantine()}) {
    std::error_code error;
    for (fs::directory_iterator file(folder, error), end; !error && file != end; file.increment(error)) {
      if (file->path().extension() == ".wav") ids.push_back(file->path().stem().string());
    }
    if (auto done = outcome(error, folder); !done) return fail(done);
  }
  std::ranges::sort(ids);
  ids.erase(std::ranges::unique(ids).begin(), ids.end());
  return ids;
}

std::vector<fs::path> RecordingFiles::find(std::string_view platform_call_id) const {
  std::vector<fs::path> found;
  const auto name = file_name(platform_call_id);
  if (!name) return found;
  for (fs::path path : {folder_ / *name, quarantine() / *name}) {
    std::error_code error;
    if (fs::exists(path, error)) found.push_back(std::move(path));
  }
  return found;
}

Result<std::vector<fs::path>> RecordingFiles::expired(UtcTime before, bool removes) const {
  std::vector<fs::path> found;
  for (const fs::path& folder : {folder_, quarantine()}) {
    std::error_code error;
    for (fs::directory_iterator file(folder, error), end; !error && file != end; file.increment(error)) {
      if (!file->is_regular_file(error) || file->path().extension() != ".wav") continue;
      const auto written = fs::last_write_time(file->path(), error);
      if (error) continue;
      const auto at = std::chrono::floor<std::chrono::microseconds>(std::chrono::file_clock::to_sys(written));
      if (at < before) found.push_back(file->path());
    }
    if (auto done = outcome(error, folder); !done) return fail(done);
  }
  std::ranges::sort(found);
  if (!removes) return found;
  for (const auto& path : found) {
    std::error_code error;
    fs::remove(path, error);
    if (auto done = outcome(error, path); !done) return fail(done);
  }
  return found;
}

Task<void> follow_recording(store::Store& store, const RecordingFiles& files, std::string platform_call_id) {
  constexpr int kMostMoves = 4;
  std::string followed;
  for (int i = 0; i < kMostMoves; ++i) {
    auto status = co_await store.read(
        [platform_call_id](sql::Connection& db) { return store::CallRecordings::status_of(db, platform_call_id); });
    if (!status) co_return fail(status);
    if (*status == followed) break;
    if (auto moved = files.follow(*status, platform_call_id); !moved) co_return moved;
    followed = std::move(*status);
  }
  co_return Result<void>{};
}

Task<std::size_t> reconcile_recordings(store::Store& store, RecordingFiles files, Workers& workers) {
  auto calls = co_await offload(workers, [files] { return files.calls(); });
  if (!calls) co_return fail(calls);
  for (const auto& id : *calls) {
    if (auto followed = co_await follow_recording(store, files, id); !followed) co_return fail(followed);
  }
  co_return calls->size();
}

}  // namespace offhook::call
