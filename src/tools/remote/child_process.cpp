#include "tools/remote/child_process.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include "async/spawn.hpp"

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

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (auto& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
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
  SpawnOptions options;
  ::posix_spawn_file_actions_adddup2(&options.files, pipes.ends[0][0], 0);
  ::posix_spawn_file_actions_adddup2(&options.files, pipes.ends[1][1], 1);
  ::posix_spawn_file_actions_adddup2(&options.files, pipes.ends[2][1], 2);
  options.close_others();
  if (!directory.empty()) ::posix_spawn_file_actions_addchdir_np(&options.files, directory.c_str());
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
  return describe_end(status);
}

void ChildProcess::signal_group(int signal) const {
  if (pid_ > 0) ::kill(-pid_, signal);
}

}  // namespace offhook::tools::remote
