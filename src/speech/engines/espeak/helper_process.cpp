#include "speech/engines/espeak/helper_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace offhook::speech::espeak {

namespace {

/// posix_spawn's two option objects, filled in. posix_spawn, unlike fork, is safe among threads.
struct SpawnOptions {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;

  explicit SpawnOptions(int socket) {
    ::posix_spawn_file_actions_init(&files);
    // Descriptor 0 may be the socket itself when the server was started without standard input; dup2 onto
    // itself clears close-on-exec (POSIX.1-2024, posix_spawn_file_actions_adddup2).
    ::posix_spawn_file_actions_adddup2(&files, socket, 0);
    ::posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_addclosefrom_np(&files, 3);

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

std::string describe(int status) {
  if (WIFSIGNALED(status)) return "signal " + std::to_string(WTERMSIG(status));
  return "exit code " + std::to_string(WEXITSTATUS(status));
}

}  // namespace

Result<HelperProcess> HelperProcess::start(const std::filesystem::path& program,
                                           const std::vector<std::string>& arguments) {
  int sockets[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0) {
    return fail(ErrorKind::unavailable, {}, std::string("socketpair: ") + std::strerror(errno));
  }
  std::string name = program.string();
  std::vector<std::string> texts = arguments;
  std::vector<char*> argv{name.data()};
  for (auto& text : texts) argv.push_back(text.data());
  argv.push_back(nullptr);
  char* no_environment[] = {nullptr};

  const SpawnOptions options(sockets[1]);
  pid_t pid = 0;
  const int error = ::posix_spawn(&pid, name.c_str(), &options.files, &options.attributes, argv.data(), no_environment);
  ::close(sockets[1]);
  if (error != 0) {
    ::close(sockets[0]);
    return fail(ErrorKind::unavailable, {}, "cannot start " + name + ": " + std::strerror(error));
  }
  ::fcntl(sockets[0], F_SETFL, O_NONBLOCK);  // this end only: the other is a description of its own
  return HelperProcess(pid, sockets[0]);
}

HelperProcess::HelperProcess(HelperProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, 0)), socket_(std::exchange(other.socket_, -1)) {}

HelperProcess::~HelperProcess() {
  if (socket_ >= 0) ::close(socket_);
  (void)end();
}

int HelperProcess::release_socket() { return std::exchange(socket_, -1); }

std::string HelperProcess::end() {
  const pid_t pid = std::exchange(pid_, 0);
  if (pid <= 0) return "ended before";
  int status = 0;
  // The number cannot belong to somebody else: nobody but us reaps this child.
  if (::waitpid(pid, &status, WNOHANG) == pid) return describe(status);
  ::kill(pid, SIGKILL);
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return describe(status);
}

}  // namespace offhook::speech::espeak
