#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/random.hpp"
#include "base/result.hpp"

namespace offhook::store::testing {

/// A SQLite file layer over the default one that keeps what was written in memory until it is synced,
/// as a disk cache may. So the real files hold, at any moment, no more than what a power cut would leave.
/// Register one for a test and name it in SqliteOptions::vfs. Thread-safe.
class DroppingVfs {
 public:
  DroppingVfs();
  ~DroppingVfs();
  DroppingVfs(const DroppingVfs&) = delete;
  DroppingVfs& operator=(const DroppingVfs&) = delete;

  [[nodiscard]] const std::string& name() const;

  /// Copies the database file and its log, as they are on disk at one moment, into `folder` (created).
  /// With `lucky`, each write that was not synced is on the disk with a chance of one half: a disk may
  /// write early and in any order. Returns the path of the copied database.
  [[nodiscard]] Result<std::filesystem::path> copy_after_power_cut(const std::filesystem::path& database,
                                                                   const std::filesystem::path& folder,
                                                                   Random* lucky = nullptr) const;

  /// While set, every sync fails as a broken disk's does.
  void set_syncs_fail(bool fail);
  /// How many syncs reached a file.
  [[nodiscard]] std::uint64_t syncs() const;

  struct State;

 private:
  std::unique_ptr<State> state_;
};

}  // namespace offhook::store::testing
