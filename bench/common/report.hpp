#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace offhook::bench {

/// The middle of the values; of an even count the upper of the two. Throws when there are none.
[[nodiscard]] double median(std::vector<double> values);
/// The value that `share` (0..1) of the sorted values do not exceed.
[[nodiscard]] double percentile(const std::vector<double>& sorted, double share);

/// "--name value" pairs of a bench program. Throws std::runtime_error for a name that is not in `known`
/// (each with its default value).
class Arguments {
 public:
  Arguments(int count, char** given, std::map<std::string, std::string> known);
  [[nodiscard]] const std::string& text(const std::string& name) const { return values_.at(name); }
  [[nodiscard]] int number(const std::string& name) const;

 private:
  std::map<std::string, std::string> values_;
};

/// What one bench found: rows for the table that script/bench prints, and every figure for JSON.
class Report {
 public:
  /// `json` and `rows` are files to write on finish(); empty: none.
  Report(std::string bench, std::string json, std::string rows);

  /// A figure that appears in the JSON only.
  void figure(std::string_view name, double value);
  /// A row of the table, beside its target ("" when there is none), and a figure as well.
  void row(std::string_view name, std::string_view what, double value, std::string_view unit,
           std::string_view target = "");
  /// Prints the rows, writes the files.
  void finish() const;

 private:
  struct Row {
    std::string what, value, target;
  };
  std::string bench_, json_path_, rows_path_;
  std::vector<Row> rows_;
  std::vector<std::pair<std::string, double>> figures_;
};

/// A folder for data, gone afterwards.
class BenchFolder {
 public:
  explicit BenchFolder(const std::filesystem::path& parent);
  ~BenchFolder();
  BenchFolder(const BenchFolder&) = delete;
  BenchFolder& operator=(const BenchFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace offhook::bench
