#pragma once

#include "tools/remote/mcp_plan.hpp"

namespace offhook::tools::remote {

/// The result object of tools/call as a tool's answer. Text blocks are spoken, unless they are JSON or the
/// plan has a sentence of its own; structuredContent, or else the text, goes to the model. isError is a
/// refusal whose text the model reads and the caller does not hear. Pure.
/// Source: Model Context Protocol, revision 2025-06-18, "Tools", "Tool Result".
[[nodiscard]] RemoteAnswer read_mcp_result(const AnswerPlan& plan, Effect effect, const json::object& result);

/// A call that came to nothing. Pure.
[[nodiscard]] RemoteAnswer read_mcp_failure(const AnswerPlan& plan, Effect effect, const Error& error);

/// A tool as a server lists it: its name made fit for a model, its schema, and what the plan or, failing
/// that, the server's annotations say of its effect. nullopt: it has no name or no usable schema.
[[nodiscard]] std::optional<Tool> read_mcp_tool(const McpPlan& plan, const json::object& listed);

}  // namespace offhook::tools::remote
