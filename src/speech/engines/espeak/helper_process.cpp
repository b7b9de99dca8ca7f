#include "speech/engines/espeak/helper_process.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include "async/spawn.hpp"

namespace offhook::speech::espeak {

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

  SpawnOptions options;
  // Descriptor 0 may be the socket itself when the server was started without standard input; dup2 onto
  // itself clears close-on-exec (POSIX.1-2024, posix_spawn_file_actions_adddup2).
  ::posix_spawn_file_actions_adddup2(&options.files, sockets[1], 0);
  ::posix_spawn_file_actions_addopen(&options.files, 1, "/dev/null", O_WRONLY, 0);
  options.close_others();
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
  if (::waitpid(pid, &status, WNOHANG) == pid) return describe_end(status);
  ::kill(pid, SIGKILL);
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return describe_end(status);
}

}  // namespace offhook::speech::espeak
