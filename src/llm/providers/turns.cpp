#include "llm/providers/turns.hpp"

#include <map>
#include <set>

#include <fmt/format.h>

#include "base/text.hpp"

namespace offhook::llm {
namespace {

constexpr std::size_t kMaxIdBytes = 64;
/// Said by the caller before an agent that speaks first.
constexpr std::string_view kOpening = "Hello.";

/// An id that every provider takes; the same id always becomes the same.
std::string plain_id(std::string_view id) {
  std::string plain(id.substr(0, kMaxIdBytes));
  for (char& c : plain) {
    const bool fine =
        (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
    if (!fine) c = '_';
  }
  return plain.empty() ? "call" : plain;
}

class TurnBuilder {
 public:
  explicit TurnBuilder(bool keep_tools) : keep_tools_(keep_tools) {}

  void take(const Message& message) {
    switch (message.role) {
      case Role::system: add_rule(message.content); break;
      case Role::user:
        answer_open_calls();
        add_text(false, message.content);
        break;
      case Role::assistant:
        answer_open_calls();
        add_text(true, message.content);
        for (const auto& call : message.tool_calls) add_call(call);
        break;
      case Role::tool: add_outcome(message); break;
    }
  }

  Turns finish() {
    answer_open_calls();
    if (result_.turns.empty()) add_text(false, kOpening);
    return std::move(result_);
  }

 private:
  void add_rule(std::string_view text) {
    if (trim(text).empty()) return;
    if (!result_.system.empty()) result_.system.append("\n\n");
    result_.system.append(text);
  }

  void add_text(bool is_model, std::string_view text) {
    if (!trim(text).empty()) add(is_model, TextBlock{std::string(text)});
  }

  void add(bool is_model, Block block) {
    auto& turns = result_.turns;
    if (turns.empty() && is_model) turns.push_back({.is_model = false, .blocks = {TextBlock{std::string(kOpening)}}});
    if (turns.empty() || turns.back().is_model != is_model) turns.push_back({.is_model = is_model, .blocks = {}});
    turns.back().blocks.push_back(std::move(block));
  }

  void add_call(const ToolCall& call) {
    if (!keep_tools_) return add_text(true, fmt::format("[{} {}]", call.name, call.arguments));
    ToolCall plain = call;
    plain.id = plain_id(call.id);
    open_.emplace_back(plain.id, call.name);
    add(true, std::move(plain));
  }

  void add_outcome(const Message& message) {
    const std::string id = plain_id(message.tool_call_id);
    const auto call = std::find_if(open_.begin(), open_.end(), [&](const auto& open) { return open.first == id; });
    if (call == open_.end()) return add_text(false, fmt::format("[{}: {}]", message.name, message.content));
    add(false, ToolOutcome{.call_id = id, .tool = call->second, .content = message.content});
    open_.erase(call);
  }

  /// Outcomes of calls that were never answered (the caller barged in): nothing came of them.
  void answer_open_calls() {
    for (auto& [id, name] : std::exchange(open_, {})) {
      add(false, ToolOutcome{.call_id = std::move(id), .tool = std::move(name), .content = "no result"});
    }
  }

  bool keep_tools_;
  Turns result_;
  std::vector<std::pair<std::string, std::string>> open_;  // id and tool of calls without an outcome yet
};

}  // namespace

Turns to_turns(const std::vector<Message>& messages, bool keep_tools) {
  TurnBuilder builder(keep_tools);
  for (const auto& message : messages) builder.take(message);
  return builder.finish();
}

std::optional<json::object> as_object(std::string_view text) {
  auto value = parse_json(text);
  if (!value || !value->is_object()) return std::nullopt;
  return std::move(value->get_object());
}

std::string shape_rule(const ResponseFormat& format) {
  switch (format.kind) {
    case ResponseFormat::Kind::text: return {};
    case ResponseFormat::Kind::json_object: return "Answer with one JSON object and nothing else.";
    case ResponseFormat::Kind::json_schema: break;
  }
  return "Answer with one JSON value and nothing else. It must be valid under this JSON Schema: " +
         json::serialize(format.schema);
}

}  // namespace offhook::llm
