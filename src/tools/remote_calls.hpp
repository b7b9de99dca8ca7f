#pragma once

#include <memory>

#include "async/task.hpp"
#include "base/clock.hpp"
#include "store/store.hpp"
#include "tools/journal_key.hpp"
#include "tools/tool.hpp"

namespace offhook::tools {

/// One writing call of a remote tool, with everything it needs after the one who asked has left.
struct RemoteWork {
  std::shared_ptr<const Tool> tool;
  ToolContext context;
  json::object arguments;
  std::string journalled_arguments;  ///< JSON text as the journal keeps it
  JournalKey key;
};

/// Carries out the writing calls of remote tools, each at most once at a time in this process:
///
///     journal: started (committed) ─► send ─► journal: finished
///
/// A call that is found started, and that is not running here, was begun in an earlier life. It is sent
/// again with its old Idempotency-Key when the tool is idempotent; else its outcome is unknown, which is
/// then the result. A call goes on when the one who asked has left, up to the tool's own time limit, so
/// its result is there when it is asked for again. Thread-safe.
class RemoteCalls {
 public:
  RemoteCalls();
  ~RemoteCalls();
  RemoteCalls(const RemoteCalls&) = delete;
  RemoteCalls& operator=(const RemoteCalls&) = delete;

  /// The result of `work`, waited for until `deadline`. `store` must outlive stop(). Errors: timeout,
  /// unavailable (too many calls at once, or stopping; nothing was sent), cancelled, and the store's.
  Task<ToolResult> run(store::Store& store, std::shared_ptr<const RemoteWork> work, Deadline deadline);

  /// Lets running calls end until `deadline`, cancels the rest (they stay "started") and joins them.
  /// Afterwards run() is refused.
  Task<void> stop(Deadline deadline);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// What the caller hears when nobody knows whether a call had its effect.
[[nodiscard]] ToolResult unknown_outcome(std::string detail);

}  // namespace offhook::tools
