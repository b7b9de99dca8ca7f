#include "tools/arguments.hpp"
#include "tools/factories.hpp"
#include "tools/results.hpp"

namespace offhook::tools {
namespace {

/// Looks nothing up: whoever calls learns no more than that this is not done by voice.
Result<ToolResult> run(sql::Connection&, const ToolContext&, const json::object&) {
  return refusal("not_allowed_by_voice",
                 "For your safety I can't unblock a card over the phone. A colleague can do it for you; just say that "
                 "you would like to talk to a person.",
                 {{"expected", "a person: use transfer_to_human when the caller wants it"}});
}

}  // namespace

Tool unblock_card() {
  return {.name = "unblock_card",
          .description = "Refuses to unblock a card, which only a person may do, and says where to turn.",
          .parameters =
              parameters_schema({{.name = "last_four", .description = "Last four digits; not needed for the answer"},
                                 {.name = "kind", .description = "credit or debit, when the caller said so"}}),
          .effect = Effect::reads,
          .handler = run};
}

}  // namespace offhook::tools
