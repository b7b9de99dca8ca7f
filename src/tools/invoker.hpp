#pragma once

#include <string>

#include "async/task.hpp"
#include "base/clock.hpp"
#include "store/store.hpp"
#include "tools/registry.hpp"
#include "tools/results.hpp"

namespace offhook::tools {

/// A tool call as a model made it.
struct ToolCall {
  std::string name;
  std::string arguments;  ///< JSON text, unchecked; empty means none
};

/// Runs a tool call once and gives its result; everything that can go wrong is a result with ok = false
/// and a sentence the caller may hear, so this fails with ErrorKind::cancelled only.
///
/// Reading tools see a snapshot. Writing tools run in one transaction with their journal row (see
/// journal_key): a tool call that is journalled is answered from there, so however often, and however
/// many at once, the same call comes, it acts once. Refusals are journalled too when the platform issued
/// the id; else they are not, since the same words later in the call may then succeed.
///
/// A tool that may be one of a server which has not been reached yet (ToolRegistry::expect) is answered by an apology
/// and not journalled: asking again once the server is there runs it.
///
/// Remote tools are journalled before they are sent (see RemoteCalls); reading ones are not journalled.
///
/// After the tool's time limit, or at `deadline` if that is sooner, the answer is an apology; the write goes on
/// and is journalled, so asking again gives its result. `store` and `registry` must outlive the task.
Task<ToolResult> invoke(store::Store& store, const ToolRegistry& registry, ToolContext context, ToolCall call,
                        Deadline deadline = {});

}  // namespace offhook::tools
