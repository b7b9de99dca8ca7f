#include "async/loop_groups.hpp"

#include <boost/asio/co_spawn.hpp>

#include <utility>
#include <vector>

#include "async/cancel.hpp"

namespace offhook {
namespace {

/// Ends and joins a group on its own loop, wherever the caller is.
Task<void> end_group(TaskGroup& group, Deadline deadline) {
  (void)co_await with_deadline(deadline, group.join());
  group.cancel();
  co_return co_await group.join();
}

Task<void> end_group_on(Loop& owner, TaskGroup& group, Deadline deadline) {
  co_return co_await suspend<void>([&owner, &group, deadline](Promise<void> promise) {
    asio::co_spawn(owner.context(), end_group(group, deadline),
                   [promise](std::exception_ptr thrown, Result<void> ended) {
                     promise.set(thrown ? Result<void>(fail(error_from(thrown))) : std::move(ended));
                   });
  });
}

}  // namespace

bool LoopGroups::spawn(Loop& loop, std::string name, Task<void> task) {
  const std::scoped_lock lock(mutex_);
  if (is_stopping_) return false;
  auto& group = groups_[&loop];
  if (!group) group = std::make_unique<TaskGroup>(loop);
  if (group->size() >= most_each_) return false;
  group->spawn(std::move(name), std::move(task));
  return true;
}

Task<void> LoopGroups::stop(Deadline deadline) {
  std::vector<std::pair<Loop*, TaskGroup*>> groups;
  {
    const std::scoped_lock lock(mutex_);
    is_stopping_ = true;
    for (auto& [loop, group] : groups_) groups.emplace_back(loop, group.get());
  }
  Loop& loop = co_await this_loop();
  TaskGroup ending(loop);
  for (auto& [owner, group] : groups) ending.spawn("end", end_group_on(*owner, *group, deadline));
  co_return co_await ending.join();
}

}  // namespace offhook
