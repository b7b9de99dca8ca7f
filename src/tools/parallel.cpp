#include "tools/parallel.hpp"

#include <algorithm>
#include <memory>
#include <optional>

#include "async/loop.hpp"
#include "async/task_group.hpp"
#include "tools/results.hpp"

namespace offhook::tools {
namespace {

/// The calls, and who takes the next one. Owned by every worker, since a cancelled caller is gone first.
struct Batch {
  std::vector<PlannedCall> calls;
  std::vector<std::optional<TimedResult>> results;
  std::size_t next = 0;
};

Task<void> work_off(store::Store& store, const ToolRegistry& registry, std::shared_ptr<Batch> batch,
                    Deadline deadline) {
  Loop& loop = co_await this_loop();
  while (batch->next < batch->calls.size()) {
    const std::size_t index = batch->next++;
    const Instant start = loop.clock().now();
    auto& planned = batch->calls[index];
    auto result = co_await invoke(store, registry, std::move(planned.context), std::move(planned.call), deadline);
    if (!result) co_return fail(result);
    batch->results[index] = TimedResult{.result = std::move(*result), .took = loop.clock().now() - start};
  }
  co_return Result<void>{};
}

}  // namespace

bool can_run_beside_others(const ToolRegistry& registry, std::string_view tool, std::string_view agent) {
  const auto known = registry.find(tool, agent);
  return known == nullptr || known->effect == Effect::reads || known->remote;
}

Task<std::vector<TimedResult>> invoke_all(store::Store& store, const ToolRegistry& registry,
                                          std::vector<PlannedCall> calls, Deadline deadline) {
  Loop& loop = co_await this_loop();
  auto batch = std::make_shared<Batch>();
  batch->results.resize(calls.size());
  const bool is_together = std::ranges::all_of(calls, [&](const PlannedCall& planned) {
    return can_run_beside_others(registry, planned.call.name, planned.context.agent);
  });
  const std::size_t workers = is_together ? std::min(calls.size(), kMaxParallelCalls) : 1;
  batch->calls = std::move(calls);
  {
    TaskGroup group(loop);
    for (std::size_t i = 0; i < workers; ++i) {
      group.spawn("tool call", work_off(store, registry, batch, deadline));
    }
    if (auto joined = co_await group.join(); !joined) co_return fail(joined);
  }
  std::vector<TimedResult> results;
  for (auto& result : batch->results) {
    // A handler that threw took its worker with it: the call it was at gets an apology, like any failure.
    results.push_back(
        result ? std::move(*result)
               : TimedResult{.result = apology({.kind = ErrorKind::internal, .log = "a tool call broke off"})});
  }
  co_return results;
}

}  // namespace offhook::tools
