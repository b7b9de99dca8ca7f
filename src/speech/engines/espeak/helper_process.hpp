#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace offhook::speech::espeak {

/// A child process that is spoken to over a socketpair, its end being descriptor 0. It inherits nothing but
/// standard error: no other descriptor, no environment (the server's holds secrets), no signal mask. It is
/// in a process group of its own, so that Ctrl-C in a terminal does not end it before the server has ended
/// its calls. One thread at a time; movable.
class HelperProcess {
 public:
  /// Errors: unavailable (the program cannot be started; the log says why).
  [[nodiscard]] static Result<HelperProcess> start(const std::filesystem::path& program,
                                                   const std::vector<std::string>& arguments);

  HelperProcess(HelperProcess&& other) noexcept;
  HelperProcess& operator=(HelperProcess&&) = delete;
  /// Kills the process and closes our end of the socket, if it is still ours.
  ~HelperProcess();

  /// Gives our end of the socket (non-blocking, closed on exec) to the caller.
  [[nodiscard]] int release_socket();
  /// Kills the process, reaps it and says how it had ended, e.g. "signal 11". Waits about a millisecond.
  std::string end();

 private:
  HelperProcess(pid_t pid, int socket) : pid_(pid), socket_(socket) {}
  pid_t pid_;
  int socket_;
};

}  // namespace offhook::speech::espeak
