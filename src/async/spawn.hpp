#pragma once

#include <spawn.h>

#include <string>

namespace offhook {

/// What every child process of ours begins with: no signal blocked or ignored, a process group of its own (so that
/// Ctrl-C in a terminal is the server's to pass on), and of our descriptors only those that `files` gives it: add them,
/// then end with close_others(). posix_spawn, unlike fork, is safe among threads.
struct SpawnOptions {
  posix_spawn_file_actions_t files{};
  posix_spawnattr_t attributes{};

  SpawnOptions();
  ~SpawnOptions();
  SpawnOptions(const SpawnOptions&) = delete;
  SpawnOptions& operator=(const SpawnOptions&) = delete;

  /// Closes every descriptor from 3 on in the child.
  void close_others();
};

/// "signal 9" or "exit code 1", from what waitpid() tells.
[[nodiscard]] std::string describe_end(int status);

}  // namespace offhook
