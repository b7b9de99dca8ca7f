#include "tools/remote/child_process.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

namespace offhook::tools::remote {
namespace {

void close_if_open(int& fd) {
  if (fd >= 0) ::close(std::exchange(fd, -1));
}

/// Three pipes; what is still open closes with it.
struct PipeSet {
  std::array<std::array<int, 2>, 3> ends{{{-1, -1}, {-1, -1}, {-1, -1}}};
  ~PipeSet() {
    for (auto& pair : ends) {
      for (int& fd : pair) close_if_open(fd);
    }
  }
  PipeSet() = default;
  PipeSet(const PipeSet&) = delete;
  PipeSet& operator=(const PipeSet&) = delete;
};

struct SpawnOptions {
  posix_spawn_file_actions_t files{};
  posix_spawnattr_t attributes{};
  SpawnOptions(const PipeSet& pipes, const std::string& directory) {
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawn_file_actions_adddup2(&files, pipes.ends[0][0], 0);
    ::posix_spawn_file_actions_adddup2(&files, pipes.ends[1][1], 1);
    ::posix_spawn_file_actions_adddup2(&files, pipes.ends[2][1], 2);
    ::posix_spawn_file_actions_addclosefrom_np(&files, 3);
    if (!directory.empty()) ::posix_spawn_file_actions_addchdir_np(&files, directory.c_str());
    ::posix_spawnattr_init(&attributes);
    sigset_t none;
    sigset_t all;
    ::sigemptyset(&none);
    ::sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setsigdefault(&attributes, &all);
    ::posix_spawnattr_setpgroup(&attributes, 0);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  ~SpawnOptions() {
    ::posix_spawn_file_actions_destroy(&files);
    ::posix_spawnattr_destroy(&attributes);
  }
  SpawnOptions(const SpawnOptions&) = delete;
  SpawnOptions& operator=(const SpawnOptions&) = delete;
};

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (auto& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

std::string describe(int status) {
  if (WIFSIGNALED(status)) return "signal " + std::to_string(WTERMSIG(status));
  return "exit code " + std::to_string(WEXITSTATUS(status));
}

}  // namespace

Result<ChildProcess> ChildProcess::start(const std::vector<std::string>& command,
                                         const std::vector<std::string>& environment, const std::string& directory) {
  PipeSet pipes;
  for (auto& pair : pipes.ends) {
    // Above 2, so that no dup2 of ours closes another's source.
    if (::pipe2(pair.data(), O_CLOEXEC) != 0) {
      return fail(ErrorKind::unavailable, {}, std::string("pipe: ") + std::strerror(errno));
    }
    for (int& fd : pair) {
      if (fd > 2) continue;
      const int moved = ::fcntl(fd, F_DUPFD_CLOEXEC, 3);
      ::close(fd);
      fd = moved;
    }
  }
  auto arguments = command;
  auto variables = environment;
  const SpawnOptions options(pipes, directory);
  pid_t pid = 0;
  const int error = ::posix_spawnp(&pid, arguments.front().c_str(), &options.files, &options.attributes,
                                   pointers(arguments).data(), pointers(variables).data());
  if (error != 0) {
    return fail(ErrorKind::unavailable, {}, "cannot start " + command.front() + ": " + std::strerror(error));
  }
  Pipes ours{.input = std::exchange(pipes.ends[0][1], -1),
             .output = std::exchange(pipes.ends[1][0], -1),
             .error = std::exchange(pipes.ends[2][0], -1)};
  for (const int fd : {ours.input, ours.output, ours.error}) ::fcntl(fd, F_SETFL, O_NONBLOCK);
  return ChildProcess(pid, ours);
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, 0)), pipes_(std::exchange(other.pipes_, {})) {}

ChildProcess::~ChildProcess() {
  close_if_open(pipes_.input);
  close_if_open(pipes_.output);
  close_if_open(pipes_.error);
  if (pid_ <= 0) return;
  signal_group(SIGKILL);
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
}

ChildProcess::Pipes ChildProcess::release_pipes() { return std::exchange(pipes_, {}); }

std::optional<std::string> ChildProcess::poll_end() {
  if (pid_ <= 0) return "ended before";
  siginfo_t info{};
  // Looked at first, reaped afterwards: the group's number stays ours while its remains are ended.
  if (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid != pid_) {
    return std::nullopt;
  }
  signal_group(SIGKILL);
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = 0;
  return describe(status);
}

void ChildProcess::signal_group(int signal) const {
  if (pid_ > 0) ::kill(-pid_, signal);
}

}  // namespace offhook::tools::remote
