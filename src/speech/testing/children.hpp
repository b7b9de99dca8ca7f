#pragma once

#include <signal.h>
#include <sys/types.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace offhook::speech::testing {

struct Child {
  pid_t pid;
  char state;  ///< 'Z' is a zombie
};

/// The processes that we started and that were not reaped (proc(5), /proc/pid/stat and task/tid/children).
inline std::vector<Child> children() {
  std::vector<Child> found;
  for (const auto& thread : std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream list(thread.path() / "children");
    for (pid_t pid = 0; list >> pid;) {
      std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
      std::string line;
      std::getline(stat, line);
      const auto name_end = line.rfind(')');
      if (name_end != std::string::npos && name_end + 2 < line.size()) found.push_back({pid, line[name_end + 2]});
    }
  }
  return found;
}

inline void signal_children(int signal) {
  for (const auto& child : children()) ::kill(child.pid, signal);
}

}  // namespace offhook::speech::testing
