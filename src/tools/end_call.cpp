#include "tools/arguments.hpp"
#include "tools/factories.hpp"
#include "tools/results.hpp"

namespace offhook::tools {

Tool end_call() {
  return {.name = "end_call",
          .description = "Hang up, after the caller has said goodbye.",
          .parameters = parameters_schema({}),
          .effect = Effect::reads,
          .handler = [](sql::Connection&, const ToolContext&, const json::object&) -> Result<ToolResult> {
            return success("Goodbye!", {{"end_call", true}});
          }};
}

}  // namespace offhook::tools
