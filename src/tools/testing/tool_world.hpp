#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "async/loop.hpp"
#include "store/sqlite_store.hpp"
#include "tools/invoker.hpp"

namespace offhook::tools::testing {

/// Sample data in memory, a clock that stands at Monday, March 2nd, 2026, 10 am in San Francisco, and the
/// tools on top: what a test of a tool needs. Failures of the set-up throw.
class ToolWorld {
 public:
  explicit ToolWorld(const ToolRegistry& tools = ToolRegistry());

  /// Runs one tool call with `context`; its time is the clock's.
  ToolResult call(std::string_view tool, std::string_view arguments, ToolContext context);
  ToolResult call(std::string_view tool, std::string_view arguments) { return call(tool, arguments, context); }

  /// Runs `function` (Result<T>(sql::Connection&)) on the database and gives its value.
  template <class Function>
  auto in_database(Function function) {
    return loop.block_on(store->write(std::move(function))).value();
  }

  VirtualClock clock;
  Loop loop{clock, 1};
  std::unique_ptr<store::Store> store;
  ToolRegistry registry;
  ToolContext context;  ///< the sample property in its zone; nobody known is calling; no call
};

}  // namespace offhook::tools::testing
