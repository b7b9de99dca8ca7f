#include "tools/registry.hpp"

#include <algorithm>
#include <stdexcept>

#include "tools/arguments.hpp"
#include "tools/results.hpp"

namespace offhook::tools {

ToolRegistry::ToolRegistry(std::vector<Tool> tools) : tools_(std::move(tools)) {
  for (std::size_t i = 0; i < tools_.size(); ++i) {
    if (find(tools_[i].name) != &tools_[i]) throw std::invalid_argument("two tools are named " + tools_[i].name);
    validators_.emplace_back(tools_[i].parameters);
  }
}

const Tool* ToolRegistry::find(std::string_view name) const {
  const auto found = std::ranges::find(tools_, name, &Tool::name);
  return found == tools_.end() ? nullptr : &*found;
}

std::expected<json::object, ToolResult> ToolRegistry::check(const Tool& tool, const json::object& arguments) const {
  auto coerced = coerce_arguments(tool.parameters, arguments);
  const auto& validator = validators_[static_cast<std::size_t>(&tool - tools_.data())];
  if (const auto fault = validator.find_fault(coerced)) {
    return std::unexpected(fault->is_missing ? missing_argument(fault->field)
                                             : invalid_argument(fault->field, fault->expected));
  }
  return coerced;
}

}  // namespace offhook::tools
