#pragma once

#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>

#include "async/event.hpp"
#include "async/loop.hpp"

namespace offhook {

/// The owner of spawned tasks: it cancels and joins them. One loop.
///
/// Destroying a group whose tasks still run cancels them, but cannot wait for them: whatever they
/// borrowed must outlive them, so join first.
class TaskGroup {
 public:
  using OnError = std::function<void(std::string_view name, const Error& error)>;

  /// `on_error` hears of every task that ends with an error other than cancelled.
  explicit TaskGroup(Loop& loop, OnError on_error = {});
  ~TaskGroup();
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  /// Starts `task` (not before the caller yields to the loop).
  void spawn(std::string name, Task<void> task);
  void cancel();
  /// Ends when no task is left.
  Task<void> join();
  [[nodiscard]] std::size_t size() const;

 private:
  struct State;
  Loop& loop_;
  std::shared_ptr<State> state_;
};

}  // namespace offhook
