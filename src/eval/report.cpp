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

void Report::add(Prediction prediction) {
  if (prediction.id.empty()) prediction.id = std::to_string(predictions.size() + 1);
  predictions.push_back(std::move(prediction));
}

std::vector<const Prediction*> Report::misses() const {
  std::vector<const Prediction*> wrong;
  for (const auto& prediction : predictions) {
    if (!prediction.is_right) wrong.push_back(&prediction);
  }
  return wrong;
}

json::value to_json(const Report& report) {
  json::object metrics;
  json::object targets;
  for (const auto& figure : report.figures) {
    metrics[figure.name] = figure.value;
    if (figure.target) targets[figure.name] = *figure.target;
  }
  json::array predictions;
  for (const auto& made : report.predictions) {
    predictions.push_back({{"id", made.id}, {"expected", made.expected}, {"got", made.got}});
  }
  return {{"suite", report.suite},
          {"cases", report.cases},
          {"metrics", std::move(metrics)},
          {"targets", std::move(targets)},
          {"predictions", std::move(predictions)}};
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
