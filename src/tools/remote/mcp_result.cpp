#include "tools/remote/mcp_result.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "net/http_client.hpp"
#include "tools/foreign_schema.hpp"
#include "tools/remote/http_answer.hpp"
#include "tools/remote/mcp_transport.hpp"
#include "tools/remote/spoken_line.hpp"
#include "tools/remote_calls.hpp"
#include "tools/results.hpp"

namespace offhook::tools::remote {
namespace {

constexpr std::size_t kMaxNameBytes = 64;
constexpr std::size_t kMaxDescriptionBytes = 1024;
constexpr std::size_t kMaxSchemaBytes = 32 * 1024;
constexpr std::size_t kMaxSchemaNodes = 2000;  // with every reference written out

std::string text_of(const json::value& result) {
  std::string text;
  const auto* blocks = find_array(result, "content");
  if (blocks == nullptr) return text;
  for (const auto& block : *blocks) {
    const auto part = find_string(block, "text");
    if (find_string(block, "type") != "text" || !part) continue;
    if (!text.empty()) text.push_back('\n');
    text.append(*part);
  }
  return text;
}

/// The facts of a result: structuredContent, else text that is JSON, else the text itself.
json::value facts_of(const json::value& result, const std::string& text) {
  if (const auto* structured = find_object(result, "structuredContent")) return *structured;
  const std::string_view trimmed = trim(text);
  if (trimmed.starts_with('{') || trimmed.starts_with('[')) {
    if (auto parsed = parse_json(trimmed)) return std::move(*parsed);
  }
  return json::value(text);
}

std::string sorry(const AnswerPlan& plan, Effect effect) {
  if (const auto found = plan.errors.find("default"); found != plan.errors.end()) return found->second;
  return effect == Effect::reads ? "I'm sorry, I couldn't look that up just now." : "I'm sorry, that didn't work.";
}

std::string fit_name(std::string_view name) {
  std::string fit;
  for (const char c : truncate_utf8(name, kMaxNameBytes)) {
    const bool is_fine =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    fit.push_back(is_fine ? c : '_');
  }
  return fit;
}

/// References into other documents are looked up by nobody, and ones that lead to themselves never end.
bool has_bad_reference(const json::value& root, const json::value& schema) {
  if (const auto* list = schema.if_array()) {
    return std::ranges::any_of(*list, [&](const json::value& item) { return has_bad_reference(root, item); });
  }
  const auto* object = schema.if_object();
  if (object == nullptr) return false;
  const json::value* next = &schema;
  for (int hops = 0; next != nullptr && find(*next, "$ref") != nullptr; ++hops) {
    if (hops > 8) return true;
    const auto reference = find_string(*next, "$ref").value_or("");
    next = reference == "#" ? nullptr : referenced(root, reference);
    if (next == nullptr) return true;
  }
  return std::ranges::any_of(*object, [&](const auto& member) { return has_bad_reference(root, member.value()); });
}

}  // namespace

RemoteAnswer read_mcp_result(const AnswerPlan& plan, Effect effect, const json::object& result) {
  const json::value held(result);
  const std::string text = text_of(held);
  const json::value facts = facts_of(held, text);
  if (find_bool(held, "isError").value_or(false)) {
    auto refused = refusal("tool_error", sorry(plan, effect), {{"response", answer_for_model(facts, {})}});
    return {.result = std::move(refused)};
  }
  auto said = plan.say.empty() ? std::nullopt : fill_answer(plan.say, facts);
  if (!said && !plan.otherwise.empty()) said = plan.otherwise;
  if (!said && plan.say.empty() && facts.is_string()) said = spoken_line(text);
  // Facts beside a text of its own: the text is meant for people.
  if (!said && plan.say.empty() && find_object(held, "structuredContent") != nullptr) {
    const std::string_view trimmed = trim(text);
    if (!trimmed.empty() && trimmed.front() != '{' && trimmed.front() != '[') said = spoken_line(text);
  }
  if (!said || said->empty()) said = effect == Effect::reads ? "I found it." : "That's done.";
  return {.result = success(std::move(*said), {{"response", answer_for_model(facts, plan.data)}})};
}

RemoteAnswer read_mcp_failure(const AnswerPlan& plan, Effect effect, const Error& error) {
  const bool was_sent = error.code != net::kNotSent && error.code != kSessionLost;
  if (error.code == "rpc_error") {
    auto refused = refusal("tool_error", sorry(plan, effect));
    refused.log = error.log_text();
    return {.result = std::move(refused)};
  }
  if (was_sent && effect == Effect::writes) {
    auto unknown = unknown_outcome("the request was sent, no answer came");
    unknown.log = error.log_text();
    return {.result = std::move(unknown), .fate = Fate::unknown};
  }
  auto refused = refusal(to_string(error.kind), sorry(plan, effect));
  refused.log = error.log_text();
  return {.result = std::move(refused), .fate = was_sent ? Fate::answered : Fate::not_sent};
}

std::optional<Tool> read_mcp_tool(const McpPlan& plan, const json::object& listed) {
  const json::value held(listed);
  const std::string name(find_string(held, "name").value_or(""));
  const auto* schema = find_object(held, "inputSchema");
  if (name.empty() || schema == nullptr || find_string(json::value(*schema), "type") != "object") return std::nullopt;
  if (json::serialize(*schema).size() > kMaxSchemaBytes) return std::nullopt;
  const json::value root(*schema);
  if (has_bad_reference(root, root) || extent_of(root, kMaxSchemaNodes).values > kMaxSchemaNodes) return std::nullopt;
  if (!plan.wanted.empty() && std::ranges::find(plan.wanted, name) == plan.wanted.end()) return std::nullopt;
  const auto said = plan.tools.find(name);
  const McpToolPlan settings = said == plan.tools.end() ? McpToolPlan{} : said->second;
  const auto hint = [&](const char* key) {
    const auto* annotations = find(held, "annotations");
    return annotations != nullptr && find_bool(*annotations, key).value_or(false);
  };
  Tool tool{.name = fit_name(name)};
  tool.description = truncate_utf8(find_string(held, "description").value_or(name), kMaxDescriptionBytes);
  tool.parameters = without_patterns(root).get_object();
  tool.effect = settings.effect.value_or(hint("readOnlyHint") ? Effect::reads : Effect::writes);
  tool.is_idempotent = settings.is_idempotent.value_or(hint("idempotentHint"));
  tool.time_limit = settings.timeout.value_or(plan.timeout);
  tool.agent = plan.agent;
  return tool;
}

}  // namespace offhook::tools::remote
