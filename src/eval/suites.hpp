#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string_view>

#include "eval/report.hpp"

namespace offhook::eval {

struct SuiteInput {
  std::filesystem::path data;  ///< a folder in the layout of the development data
  /// Told now and then how far it is, from 0 to 1; may be empty.
  std::function<void(double)> progress;
};

struct Suite {
  std::string_view name;
  std::string_view measures;  ///< one line for --help
  /// Errors: not_found (a file of the data is missing), invalid_argument (it cannot be read).
  Result<Report> (*run)(const SuiteInput& input);
};

/// All suites, by name.
[[nodiscard]] std::span<const Suite> suites();

/// nullptr: there is none of that name.
[[nodiscard]] const Suite* find_suite(std::string_view name);

}  // namespace offhook::eval
