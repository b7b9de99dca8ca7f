#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace offhook::tools::remote {

/// A child process with pipes at its standard input, output and error. It gets the environment it is given
/// and nothing else, no other descriptor, and a process group of its own, so that it can be ended with all
/// it started. One thread at a time; movable.
class ChildProcess {
 public:
  struct Pipes {
    int input = -1;   ///< we write
    int output = -1;  ///< we read
    int error = -1;   ///< we read
  };
  /// `command` is looked up in our PATH unless it holds a slash; `directory` empty: ours.
  /// Errors: unavailable (it cannot be started; the log says why).
  [[nodiscard]] static Result<ChildProcess> start(const std::vector<std::string>& command,
                                                  const std::vector<std::string>& environment,
                                                  const std::string& directory);
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;
  /// Kills the group and reaps the child.
  ~ChildProcess();

  /// Our ends, non-blocking and closed on exec; the caller closes them.
  [[nodiscard]] Pipes release_pipes();
  /// How it ended ("exit code 1"), once it has; reaps it.
  [[nodiscard]] std::optional<std::string> poll_end();
  /// Sends a signal to the whole group; nothing when it has ended.
  void signal_group(int signal) const;

 private:
  ChildProcess(pid_t pid, Pipes pipes) : pid_(pid), pipes_(pipes) {}
  pid_t pid_;
  Pipes pipes_;
};

}  // namespace offhook::tools::remote
