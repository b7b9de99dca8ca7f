#pragma once

#include <string>
#include <vector>

#include "json/json.hpp"

namespace offhook::vapi {

/// One tool the platform wants run.
struct ToolCallRequest {
  std::string id;                ///< the platform's; empty in the oldest layout (function-call)
  std::string name;              ///< empty when the sender left it out
  std::string arguments = "{}";  ///< JSON text, as a model wrote it: may be broken, so validate before use
};

/// The tool calls of a tool-calls message, in the order they are listed, whichever of the observed
/// layouts it has: toolCallList, toolCalls or toolWithToolCallList; name and arguments under `function`
/// or beside it; arguments as an object or as JSON text, also called `parameters`.
[[nodiscard]] std::vector<ToolCallRequest> read_tool_calls(const json::value& message);

/// One entry of any such list.
[[nodiscard]] ToolCallRequest read_tool_call(const json::value& entry);

/// The legacy `functionCall: {name, parameters}`.
[[nodiscard]] ToolCallRequest read_function_call(const json::value& function_call);

}  // namespace offhook::vapi
