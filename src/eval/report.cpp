#include "eval/report.hpp"

#include <cmath>

#include <fmt/format.h>

namespace offhook::eval {
namespace {

std::string shown(double value, std::string_view unit) {
  if (unit.empty() && std::abs(value) <= 1) return fmt::format("{:.4f}", value);
  return fmt::format("{:.4g}{}{}", value, unit.empty() ? "" : " ", unit);
}

}  // namespace

json::value to_json(const Report& report) {
  json::object figures;
  json::object targets;
  for (const auto& figure : report.figures) {
    figures[figure.name] = figure.value;
    if (figure.target) targets[figure.name] = *figure.target;
  }
  json::array misses;
  for (const auto& miss : report.misses) {
    misses.push_back({{"input", miss.input}, {"wanted", miss.wanted}, {"got", miss.got}});
  }
  return {{"suite", report.suite},
          {"cases", report.cases},
          {"figures", std::move(figures)},
          {"targets", std::move(targets)},
          {"misses", std::move(misses)}};
}

std::string to_table(const Report& report) {
  std::string table = fmt::format("{}: {} cases\n", report.suite, report.cases);
  for (const auto& figure : report.figures) {
    table += fmt::format("  {:<32} {:>12}", figure.name, shown(figure.value, figure.unit));
    if (figure.target) {
      table += fmt::format("   {} {} {}", figure.is_limit ? "at most" : "at least", shown(*figure.target, figure.unit),
                           figure.is_met() ? "✓" : "✗");
    }
    table += '\n';
  }
  return table;
}

}  // namespace offhook::eval
