#pragma once

#include "eval/suites.hpp"

namespace offhook::eval {

/// The functions of the table in suites.cpp, each in its own suite_*.cpp.
[[nodiscard]] Result<Report> run_evi(const SuiteInput& input);
[[nodiscard]] Result<Report> run_recognizers(const SuiteInput& input);

}  // namespace offhook::eval
