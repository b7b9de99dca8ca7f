#include "base/phone.hpp"
#include "tools/arguments.hpp"
#include "tools/factories.hpp"
#include "tools/results.hpp"

namespace offhook::tools {

Tool transfer_call() {
  return {
      .name = "transfer_call",
      .description = "Forward the call to another number or department.",
      .parameters = parameters_schema(
          {{.name = "destination", .description = "Number or department; leave out for the usual one"}}),
      .effect = Effect::reads,
      .handler = [](sql::Connection&, const ToolContext& context, const json::object& arguments) -> Result<ToolResult> {
        json::object data{{"transfer", true}};
        if (const auto destination = text_argument(arguments, "destination")) {
          data["destination"] = normalize_phone(*destination, context.region);
        }
        return success("One moment, I'll transfer you.", std::move(data));
      }};
}

}  // namespace offhook::tools
