#include "vendors/vapi/tool_call_layouts.hpp"

#include <initializer_list>

namespace offhook::vapi {
namespace {

/// Of several places, the first that is there and not null.
const json::value* first_of(std::initializer_list<const json::value*> places) {
  for (const auto* place : places) {
    if (place != nullptr && !place->is_null()) return place;
  }
  return nullptr;
}

std::string argument_text(const json::value* arguments) {
  if (arguments == nullptr) return "{}";
  if (!arguments->is_string()) return json::serialize(*arguments);
  auto text = to_std_string(*arguments);
  return text.empty() ? "{}" : text;
}

std::string text_of(const json::value* value) { return value == nullptr ? std::string() : to_std_string(*value); }

/// `outer` is the tool around the call in toolWithToolCallList, else null: it may hold the name.
ToolCallRequest read_entry(const json::value& call, const json::value& outer) {
  return {.id = text_of(first_of({find(call, "id"), find(call, "toolCallId")})),
          .name = text_of(first_of({find_at(call, {"function", "name"}), find(call, "name"),
                                    find_at(outer, {"function", "name"}), find(outer, "name")})),
          .arguments = argument_text(
              first_of({find_at(call, {"function", "arguments"}), find_at(call, {"function", "parameters"}),
                        find(call, "arguments"), find(call, "parameters")}))};
}

/// Puts in what the other list knows about the same call: layouts differ in where name and arguments are.
void complete(ToolCallRequest& call, const ToolCallRequest& other) {
  if (call.id != other.id) return;
  if (call.name.empty()) call.name = other.name;
  if (call.arguments == "{}") call.arguments = other.arguments;
}

}  // namespace

ToolCallRequest read_tool_call(const json::value& entry) { return read_entry(entry, json::value()); }

ToolCallRequest read_function_call(const json::value& function_call) { return read_tool_call(function_call); }

std::vector<ToolCallRequest> read_tool_calls(const json::value& message) {
  std::vector<ToolCallRequest> calls;
  for (const char* list : {"toolCallList", "toolCalls", "tool_calls"}) {
    if (!calls.empty()) break;
    if (const auto* entries = find_array(message, list)) {
      for (const auto& entry : *entries) calls.push_back(read_tool_call(entry));
    }
  }
  if (const auto* entries = find_array(message, "toolWithToolCallList")) {
    const bool is_only_list = calls.empty();
    for (const auto& entry : *entries) {
      const auto* inner = find(entry, "toolCall");
      auto call = inner == nullptr ? read_tool_call(entry) : read_entry(*inner, entry);
      if (is_only_list) {
        calls.push_back(std::move(call));
      } else {
        for (auto& known : calls) complete(known, call);
      }
    }
  }
  if (calls.empty()) {
    if (const auto* single = find(message, "toolCall")) calls.push_back(read_tool_call(*single));
  }
  return calls;
}

}  // namespace offhook::vapi
