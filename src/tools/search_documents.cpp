#include <fmt/format.h>

#include "store/assistants.hpp"
#include "tools/arguments.hpp"
#include "tools/document_search.hpp"
#include "tools/factories.hpp"
#include "tools/results.hpp"

namespace offhook::tools {
namespace {

json::object parameters() {
  json::object schema = parameters_schema(
      {{.name = "query", .description = "The caller's question, complete in itself", .required = true}});
  schema["properties"].as_object()["query"].as_object()["maxLength"] = 1000;
  return schema;
}

Result<ToolResult> run(sql::Connection& db, const ToolContext& context, const json::object& arguments) {
  const auto query = text_argument(arguments, "query");
  if (!query) return missing_argument("query");
  if (context.documents == nullptr) {
    return refusal("not_in_documents", "I'm sorry, there are no documents here to look that up in.", {});
  }
  auto documents = documents_of_assistant(db, context.owner, context.assistant_id);
  if (!documents) return fail(documents);
  const DocumentQuestion question{
      .text = *query, .owner = context.owner, .agent = context.agent, .documents = std::move(*documents)};
  auto answer = context.documents->answer(db, question);
  if (!answer) return fail(answer);
  json::object data{{"passages", std::move(answer->passages)}};
  if (!answer->is_found) {
    return refusal("not_in_documents", "I'm sorry, I can't find that in our documents.", std::move(data));
  }
  data["source"] = answer->source;
  return success(fmt::format("{} That's from {}.", answer->text, answer->source), std::move(data));
}

}  // namespace

Result<std::vector<std::string>> documents_of_assistant(sql::Connection& db, const store::Owner& owner,
                                                        std::string_view assistant_id) {
  std::vector<std::string> ids;
  if (assistant_id.empty()) return ids;
  auto assistant = store::Assistants(db, owner).find_any(assistant_id);
  if (!assistant) return fail(assistant);
  if (!*assistant) return ids;
  auto list = parse_json((*assistant)->knowledge);
  if (!list || !list->is_array()) return ids;
  for (const auto& id : list->get_array()) {
    if (id.is_string()) ids.push_back(to_std_string(id));
  }
  return ids;
}

Tool search_documents() {
  return {.name = "search_documents",
          .description =
              "Look something up in the documents, such as rules, fees, terms, hours and instructions. Answer from the "
              "passages it gives, and say so when they do not hold the answer.",
          .parameters = parameters(),
          .effect = Effect::reads,
          .handler = run};
}

}  // namespace offhook::tools
