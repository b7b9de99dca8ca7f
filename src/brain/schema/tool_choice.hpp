#pragma once

#include <set>
#include <span>
#include <string>
#include <vector>

#include "brain/schema/tool_schema.hpp"

namespace offhook::brain::schema {

/// How much each tool is meant by what somebody said, in the order of `tools`: words that few of the tools are about
/// count most, those of a name more than those of a description. 0: nothing in common.
[[nodiscard]] std::vector<double> score_tools(std::span<const ToolSchema> tools, const std::set<std::string>& said);

/// A score from which a tool is taken to be meant.
inline constexpr double kMeantScore = 0.6;
/// By how much another tool must be ahead of the one that is being talked about.
inline constexpr double kSwitchMargin = 0.3;

}  // namespace offhook::brain::schema
