#include "brain/schema/tool_choice.hpp"

#include <algorithm>
#include <cmath>

namespace offhook::brain::schema {
namespace {

constexpr double kNameWeight = 1.0;
constexpr double kDescriptionWeight = 0.5;
constexpr double kArgumentWeight = 0.15;
// What every tool is about says little, but something.
constexpr double kSharedWord = 0.2;

double weight_in(const ToolSchema& tool, const std::string& what) {
  if (tool.name_concepts.contains(what)) return kNameWeight;
  if (tool.concepts.contains(what)) return kDescriptionWeight;
  const bool has = std::ranges::any_of(
      tool.arguments, [&](const Argument& each) { return each.is_required && each.concepts.contains(what); });
  return has ? kArgumentWeight : 0;
}

}  // namespace

std::vector<double> score_tools(std::span<const ToolSchema> tools, const std::set<std::string>& said) {
  std::vector<double> scores(tools.size(), 0);
  for (const auto& what : said) {
    double total = 0;
    for (const auto& tool : tools) total += weight_in(tool, what);
    if (total == 0) continue;
    for (std::size_t i = 0; i < tools.size(); ++i) {
      const double weight = weight_in(tools[i], what);
      const double others = (total - weight) / std::max<double>(1, static_cast<double>(tools.size()) - 1);
      scores[i] += std::max(weight - others, 0.0) + kSharedWord * weight;
    }
  }
  return scores;
}

}  // namespace offhook::brain::schema
