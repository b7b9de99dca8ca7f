#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "tools/schema_validator.hpp"
#include "tools/tool.hpp"

namespace offhook::tools {

/// Every tool of Offhook: the list that documents and GET /tools are printed from.
[[nodiscard]] std::vector<Tool> all_tools();

/// Tools by name, with their schemas compiled. Immutable, so one serves every loop.
class ToolRegistry {
 public:
  /// Throws std::invalid_argument when two tools share a name or a schema cannot be compiled.
  explicit ToolRegistry(std::vector<Tool> tools = all_tools());

  /// nullptr when there is none; else lives as long as the registry.
  [[nodiscard]] const Tool* find(std::string_view name) const;
  [[nodiscard]] const std::vector<Tool>& tools() const { return tools_; }

  /// Arguments as the tool's schema wants them (coerce_arguments), or the refusal to give instead: it
  /// names the field and can be spoken. `tool` must be of this registry.
  [[nodiscard]] std::expected<json::object, ToolResult> check(const Tool& tool, const json::object& arguments) const;

 private:
  std::vector<Tool> tools_;
  std::vector<SchemaValidator> validators_;  // beside tools_
};

}  // namespace offhook::tools
