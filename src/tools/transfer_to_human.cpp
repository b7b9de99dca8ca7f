#include "store/leads.hpp"
#include "tools/arguments.hpp"
#include "tools/factories.hpp"
#include "tools/leasing.hpp"
#include "tools/results.hpp"

namespace offhook::tools {
namespace {

/// The transfer itself is made by whoever holds the line, on {"transfer": true}; here it is only noted.
Result<ToolResult> run(sql::Connection& db, const ToolContext& context, const json::object& arguments) {
  const auto reason = text_argument(arguments, "reason").value_or("");
  if (!context.caller_phone.empty()) {
    auto lead = store::Leads(db, context.owner).find_by_phone(context.caller_phone);
    if (!lead) return fail(lead);
    if (*lead) {
      Random random = context.random;
      auto noted = add_activity(db, context, random, (*lead)->id, "transfer_requested", reason);
      if (!noted) return fail(noted);
    }
  }
  return success("One moment, I'll connect you with a colleague.", {{"transfer", true}, {"reason", reason}});
}

}  // namespace

Tool transfer_to_human() {
  return {.name = "transfer_to_human",
          .description = "Hand the caller over to a person, when they ask for one or you cannot help.",
          .parameters = parameters_schema(
              {{.name = "reason", .description = "Why, in a few words for the colleague", .required = true}}),
          .effect = Effect::writes,
          .handler = run};
}

}  // namespace offhook::tools
