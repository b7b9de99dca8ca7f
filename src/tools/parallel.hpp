#pragma once

#include <string_view>
#include <vector>

#include "tools/invoker.hpp"

namespace offhook::tools {

/// One of several tool calls that came together.
struct PlannedCall {
  ToolContext context;
  ToolCall call;
};

/// A result and how long it took.
struct TimedResult {
  ToolResult result;
  Duration took{};
};

/// How many calls of one message run at the same time; the others wait for a free place.
inline constexpr std::size_t kMaxParallelCalls = 8;

/// May this call run at the same time as others? Reads and remote calls may; a write to our own database keeps its
/// place, since the one after it may mean what it has done (book, then cancel).
[[nodiscard]] bool can_run_beside_others(const ToolRegistry& registry, std::string_view tool, std::string_view agent);

/// Runs the calls and gives their results in the order of the calls: at the same time when all of them
/// can_run_beside_others(), else one after the other. One that is slow or fails does not touch the others: each has
/// its own time limit and its own apology. Errors: cancelled.
Task<std::vector<TimedResult>> invoke_all(store::Store& store, const ToolRegistry& registry,
                                          std::vector<PlannedCall> calls, Deadline deadline = {});

}  // namespace offhook::tools
