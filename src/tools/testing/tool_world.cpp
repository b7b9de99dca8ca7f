#include "tools/testing/tool_world.hpp"

#include "base/time_text.hpp"
#include "store/migrations.hpp"
#include "store/sample_data.hpp"

namespace offhook::tools::testing {
namespace {

const UtcTime kStart = *parse_rfc3339("2026-03-02T10:00:00-08:00");

Result<int> fill(sql::Connection& db) {
  auto migrated = store::migrate(db, kStart);
  if (!migrated) return migrated;
  if (auto loaded = store::load_sample_data(db, kStart); !loaded) return fail(loaded);
  return migrated;
}

}  // namespace

ToolWorld::ToolWorld(const ToolRegistry& tools)
    : clock(kStart),
      store(store::open_sqlite_store({.inline_on_caller = true}).value()),
      registry(tools),
      context{.property_id = "prop_sunset", .time_zone = TimeZone::find("America/Los_Angeles").value()} {
  loop.block_on(store->write(fill)).value();
}

ToolResult ToolWorld::call(std::string_view tool, std::string_view arguments, ToolContext with) {
  auto result = loop.block_on(
      invoke(*store, registry, std::move(with), {.name = std::string(tool), .arguments = std::string(arguments)}));
  return std::move(result.value());
}

}  // namespace offhook::tools::testing
