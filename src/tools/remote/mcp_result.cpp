#include "tools/remote/mcp_result.hpp"

#include <algorithm>
#include <unordered_map>

#include "base/text.hpp"
#include "net/http_client.hpp"
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

/// The schema that a "$ref" of this document means; nullptr: none, or one of another document.
const json::value* referenced(const json::value& root, std::string_view reference) {
  if (!reference.starts_with("#/")) return nullptr;
  const json::value* target = &root;
  for (const auto step : split(reference.substr(2), '/')) {
    const auto* object = target->if_object();
    target = object == nullptr ? nullptr
                               : object->if_contains(replace_all(replace_all(std::string(step), "~1", "/"), "~0", "~"));
    if (target == nullptr) return nullptr;
  }
  return target;
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
    next = referenced(root, find_string(*next, "$ref").value_or(""));
    if (next == nullptr) return true;
  }
  return std::ranges::any_of(*object, [&](const auto& member) { return has_bad_reference(root, member.value()); });
}

/// How many values a schema has when every reference is written out, one that leads to itself once. A few lines can
/// stand for millions: each of ten definitions naming the next one ten times.
class SchemaSize {
 public:
  explicit SchemaSize(const json::value& root) : root_(root) {}

  /// More than kMaxSchemaNodes are not counted.
  std::size_t of(const json::value& schema) {
    const auto [known, is_new] = sizes_.try_emplace(&schema, 1);
    if (!is_new) return known->second;
    std::size_t nodes = 1;
    if (const auto* list = schema.if_array()) {
      for (const auto& item : *list) nodes = std::min(nodes + of(item), kMaxSchemaNodes + 1);
    } else if (const auto* object = schema.if_object()) {
      for (const auto& member : *object) nodes = std::min(nodes + of(member.value()), kMaxSchemaNodes + 1);
      const auto* target = referenced(root_, find_string(schema, "$ref").value_or(""));
      if (target != nullptr) nodes = std::min(nodes + of(*target), kMaxSchemaNodes + 1);
    }
    return sizes_[&schema] = nodes;
  }

 private:
  const json::value& root_;
  std::unordered_map<const json::value*, std::size_t> sizes_;
};

/// Without what would run a stranger's regular expression here, which may take for ever; the server checks
/// its arguments itself.
json::value without_patterns(const json::value& schema, bool is_names = false) {
  if (const auto* list = schema.if_array()) {
    json::array kept;
    for (const auto& item : *list) kept.push_back(without_patterns(item));
    return kept;
  }
  const auto* object = schema.if_object();
  if (object == nullptr) return schema;
  json::object kept;
  for (const auto& member : *object) {
    // Below "properties" the keys are names, not keywords.
    const bool is_pattern = member.key() == "pattern" || member.key() == "patternProperties";
    if (is_pattern && !is_names) continue;
    const bool holds_names =
        !is_names && (member.key() == "properties" || member.key() == "$defs" || member.key() == "definitions");
    kept[member.key()] = without_patterns(member.value(), holds_names);
  }
  return kept;
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
  if (has_bad_reference(root, root) || SchemaSize(root).of(root) > kMaxSchemaNodes) return std::nullopt;
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
