#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json/json.hpp"

namespace offhook::eval {

/// One thing that was measured.
struct Figure {
  std::string name;              ///< as in the JSON: "accuracy", "ms_per_classification"
  double value = 0;              ///< shares are 0 to 1
  std::string unit;              ///< "" for shares and counts, else "ms", "s", "1/s", "bytes"
  std::optional<double> target;  ///< what is wanted of it, where something is
  bool is_limit = false;         ///< the target is the most it may be, not the least

  [[nodiscard]] bool is_met() const { return !target || (is_limit ? value <= *target : value >= *target); }
};

/// What was answered in one case.
struct Prediction {
  std::string id;  ///< of the data; where it has none, add() counts
  std::string input;
  std::string expected;
  std::string got;
  bool is_right = false;
};

/// What a suite found.
struct Report {
  std::string suite;
  std::size_t cases = 0;
  std::vector<Figure> figures;
  std::vector<Prediction> predictions;

  void add(Prediction prediction);
  /// Those that were answered wrongly: for whoever wants to know why.
  [[nodiscard]] std::vector<const Prediction*> misses() const;
};

/// {"suite","cases","metrics":{name: value},"targets":{name: value},"predictions":[{"id","expected","got"}]}
[[nodiscard]] json::value to_json(const Report& report);
/// A table for people: figure, value, target.
[[nodiscard]] std::string to_table(const Report& report);

}  // namespace offhook::eval
