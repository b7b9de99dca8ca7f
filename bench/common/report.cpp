#include "bench/common/report.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace offhook::bench {
namespace {

std::string with_digits(double value, std::string_view unit) {
  char text[64];
  const int digits = value >= 1000 ? 0 : value >= 10 ? 1 : 2;
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return std::string(text).append(" ").append(unit);
}

}  // namespace

double median(std::vector<double> values) {
  if (values.empty()) throw std::runtime_error("nothing was measured");
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

double percentile(const std::vector<double>& sorted, double share) {
  if (sorted.empty()) throw std::runtime_error("nothing was measured");
  const auto at = static_cast<std::size_t>(share * static_cast<double>(sorted.size()));
  return sorted[std::min(at, sorted.size() - 1)];
}

Arguments::Arguments(int count, char** given, std::map<std::string, std::string> known) : values_(std::move(known)) {
  for (int i = 1; i < count; i += 2) {
    const auto value = values_.find(given[i]);
    if (value == values_.end() || i + 1 == count) {
      std::string usage = "usage:";
      for (const auto& [name, by_default] : values_)
        usage.append(" [").append(name).append(" ").append(by_default).append("]");
      throw std::runtime_error(usage);
    }
    value->second = given[i + 1];
  }
}

int Arguments::number(const std::string& name) const { return std::max(1, std::stoi(text(name))); }

Report::Report(std::string bench, std::string json, std::string rows)
    : bench_(std::move(bench)), json_path_(std::move(json)), rows_path_(std::move(rows)) {}

void Report::figure(std::string_view name, double value) { figures_.emplace_back(name, value); }

void Report::row(std::string_view name, std::string_view what, double value, std::string_view unit,
                 std::string_view target) {
  figure(name, value);
  // A share is stored as a fraction and shown in percent.
  const std::string shown = unit == "%" ? with_digits(value * 100, unit) : with_digits(value, unit);
  rows_.push_back({.what = std::string(what), .value = shown, .target = std::string(target)});
}

void Report::finish() const {
  for (const Row& row : rows_) {
    std::printf("%s: %s%s%s\n", row.what.c_str(), row.value.c_str(), row.target.empty() ? "" : ", target ",
                row.target.c_str());
  }
  if (!rows_path_.empty()) {
    std::ofstream rows(rows_path_, std::ios::app);
    for (const Row& row : rows_) rows << row.what << "|" << row.value << "|" << row.target << "\n";
  }
  if (!json_path_.empty()) {
    std::ofstream json(json_path_);
    json << R"({"bench":")" << bench_ << '"';
    for (const auto& [name, value] : figures_) json << ",\"" << name << "\":" << value;
    json << "}\n";
  }
}

BenchFolder::BenchFolder(const std::filesystem::path& parent) {
  std::string name = (parent / "offhook-bench-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a folder in " + parent.string());
  path_ = name;
}

BenchFolder::~BenchFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace offhook::bench
