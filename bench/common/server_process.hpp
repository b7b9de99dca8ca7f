#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace offhook::bench {

/// Ties this process (core 1) or a server (core 0) to one core, so that the load does not run in the
/// server's place. On a machine with one core both share it.
inline constexpr int kServerCore = 0;
inline constexpr int kLoadCore = 1;
void pin_this_process(int core);

/// A server under measurement: a program of its own that prints "listening on http://127.0.0.1:PORT".
/// Its environment holds `environment` and nothing else that settings could come from.
class ServerProcess {
 public:
  struct Launch {
    std::vector<std::string> command;      ///< program and arguments
    std::vector<std::string> environment;  ///< NAME=value
    std::filesystem::path folder;          ///< where it runs; must exist
    int core = kServerCore;                ///< the only one it may use
  };
  /// Starts it and waits until it listens. Throws std::runtime_error when it ends before that.
  explicit ServerProcess(const Launch& launch);
  /// Ends it (SIGTERM) and waits for its end.
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// From just before the start of the process to its "listening on" line.
  [[nodiscard]] double start_ms() const { return start_ms_; }
  /// Processor time of all its threads so far.
  [[nodiscard]] double cpu_seconds() const;
  /// A field of /proc/PID/status in MB (10^6 bytes): "VmRSS", "RssAnon", "VmHWM".
  [[nodiscard]] double memory_mb(const std::string& field) const;

 private:
  void wait_until_listening(int output);

  pid_t pid_ = -1;
  int output_ = -1;
  std::uint16_t port_ = 0;
  double start_ms_ = 0;
};

}  // namespace offhook::bench
