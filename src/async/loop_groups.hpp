#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "async/task_group.hpp"
#include "base/clock.hpp"

namespace offhook {

/// The owner of tasks that are spawned on several loops, and that end together. Thread-safe.
class LoopGroups {
 public:
  /// At most `most_each` run on one loop.
  explicit LoopGroups(std::size_t most_each) : most_each_(most_each) {}

  /// Starts `task` on `loop`, which is the caller's own. False, and the task never begins: after stop(), or when so
  /// many run there.
  bool spawn(Loop& loop, std::string name, Task<void> task);

  /// Lets running tasks end until `deadline`, cancels the rest and joins them, each on its loop. From any loop.
  Task<void> stop(Deadline deadline);

 private:
  const std::size_t most_each_;
  std::mutex mutex_;
  std::map<Loop*, std::unique_ptr<TaskGroup>> groups_;
  bool is_stopping_ = false;
};

}  // namespace offhook
