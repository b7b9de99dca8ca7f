#include "bench/common/server_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <stdexcept>
#include <string_view>
#include <thread>

namespace offhook::bench {
namespace {

constexpr std::chrono::seconds kStartLimit{30};
constexpr std::string_view kLine = "listening on http://127.0.0.1:";

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  all.reserve(texts.size() + 1);
  for (std::string& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

}  // namespace

void pin_this_process(int core) {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET(static_cast<unsigned>(core) % std::max(1U, std::thread::hardware_concurrency()), &cores);
  sched_setaffinity(0, sizeof cores, &cores);  // refused in some containers: then the figures are noisier
}

ServerProcess::ServerProcess(const Launch& launch) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  std::vector<std::string> command = launch.command;
  std::vector<std::string> environment = launch.environment;
  for (const char* name : {"PATH", "HOME", "TMPDIR", "LANG"}) {
    if (const char* value = std::getenv(name)) environment.push_back(std::string(name) + "=" + value);
  }
  const auto arguments = pointers(command);
  const auto variables = pointers(environment);
  const auto start = std::chrono::steady_clock::now();
  pid_ = fork();
  if (pid_ < 0) throw std::runtime_error("cannot start another process");
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    pin_this_process(launch.core);
    dup2(ends[1], STDOUT_FILENO);
    if (chdir(launch.folder.c_str()) == 0) execve(arguments[0], arguments.data(), variables.data());
    _exit(127);
  }
  ::close(ends[1]);
  output_ = ends[0];
  wait_until_listening(output_);
  start_ms_ = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

ServerProcess::~ServerProcess() {
  kill(pid_, SIGTERM);
  waitpid(pid_, nullptr, 0);
  ::close(output_);
}

void ServerProcess::wait_until_listening(int output) {
  const auto give_up_at = std::chrono::steady_clock::now() + kStartLimit;
  std::string printed;
  while (std::chrono::steady_clock::now() < give_up_at) {
    pollfd readable{.fd = output, .events = POLLIN, .revents = 0};
    if (poll(&readable, 1, 100) <= 0) continue;
    std::array<char, 1024> bytes{};
    const ssize_t count = read(output, bytes.data(), bytes.size());
    if (count <= 0) break;
    printed.append(bytes.data(), static_cast<std::size_t>(count));
    const auto line = printed.find(kLine);
    if (line != std::string::npos && printed.find('\n', line) != std::string::npos) {
      port_ = static_cast<std::uint16_t>(std::stoi(printed.substr(line + kLine.size())));
      return;
    }
  }
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  throw std::runtime_error("the server did not begin to listen; it printed: " + printed);
}

double ServerProcess::cpu_seconds() const {
  clockid_t clock{};
  timespec time{};
  if (clock_getcpuclockid(pid_, &clock) != 0 || clock_gettime(clock, &time) != 0) {
    throw std::runtime_error("the server has ended");
  }
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

double ServerProcess::memory_mb(const std::string& field) const {
  std::ifstream status("/proc/" + std::to_string(pid_) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(field + ":")) return std::stod(line.substr(field.size() + 1)) * 1024 / 1e6;
  }
  throw std::runtime_error("no " + field + " in the server's status");
}

}  // namespace offhook::bench
