#include "knowledge/parser_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <utility>

#include "async/spawn.hpp"
#include "knowledge/parse/document_json.hpp"

namespace offhook::knowledge {
namespace {

/// Closes what it holds.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  ~Descriptor() { reset(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return fd_; }
  void reset() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  int fd_;
};

enum class End : std::uint8_t { finished, too_slow, too_much, stopped };

/// So often it is looked whether the result is still wanted.
constexpr std::chrono::milliseconds kLook{200};

End read_output(int fd, const ParserOptions& options, std::string& output) {
  const RealClock clock;
  const Deadline deadline = Deadline::after(clock, options.time_limit);
  std::array<char, 65536> buffer{};
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline.at - clock.now());
    if (left.count() <= 0) return End::too_slow;
    if (options.is_stopping != nullptr && options.is_stopping->load()) return End::stopped;
    pollfd wait{.fd = fd, .events = POLLIN, .revents = 0};
    const int ready = ::poll(&wait, 1, static_cast<int>(std::min(left, kLook).count()));
    if (ready == 0) continue;
    if (ready < 0 && errno == EINTR) continue;
    const ssize_t count = ::read(fd, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return End::finished;
    output.append(buffer.data(), static_cast<std::size_t>(count));
    if (output.size() > options.output_bytes) return End::too_much;
  }
}

std::unexpected<Error> cannot_start(const std::string& why) {
  return fail(ErrorKind::unavailable, "Files cannot be read at the moment.", "offhook-parse: " + why);
}

}  // namespace

Result<ParsedDocument> parse_in_process(const ParserOptions& options, const std::filesystem::path& file,
                                        const std::string& name) {
  const Descriptor input(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (input.get() < 0)
    return fail(ErrorKind::not_found, "The upload is gone.", file.string() + ": " + std::strerror(errno));
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return cannot_start(std::strerror(errno));
  const Descriptor output(ends[0]);
  Descriptor far(ends[1]);
  std::string program = options.helper_path.string();
  std::string file_name = name;
  std::array<char*, 3> argv{program.data(), file_name.data(), nullptr};
  std::array<char*, 1> no_environment{nullptr};
  pid_t pid = 0;
  {
    SpawnOptions spawn;
    ::posix_spawn_file_actions_adddup2(&spawn.files, input.get(), 0);
    ::posix_spawn_file_actions_adddup2(&spawn.files, far.get(), 1);
    ::posix_spawn_file_actions_addopen(&spawn.files, 2, "/dev/null", O_WRONLY, 0);
    spawn.close_others();
    const int error =
        ::posix_spawn(&pid, program.c_str(), &spawn.files, &spawn.attributes, argv.data(), no_environment.data());
    if (error != 0) return cannot_start(program + ": " + std::strerror(error));
  }
  far.reset();
  std::string text;
  const End end = read_output(output.get(), options, text);
  if (end != End::finished) ::kill(pid, SIGKILL);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (end == End::stopped) return fail(ErrorKind::cancelled);
  if (end == End::too_slow || (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)) {
    return fail(Error{.kind = ErrorKind::too_large, .client = "Reading the file takes too long.", .code = "too_large"});
  }
  if (end == End::too_much) {
    return fail(Error{
        .kind = ErrorKind::too_large, .client = "The file holds more text than can be kept.", .code = "too_large"});
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    return fail(Error{.kind = ErrorKind::invalid_argument,
                      .client = "The file is damaged: it cannot be read.",
                      .log = "offhook-parse ended with " + describe_end(status),
                      .code = "corrupt"});
  }
  return parse::from_json_text(text);
}

}  // namespace offhook::knowledge
