#pragma once

#include "eval/suites.hpp"

namespace offhook::eval {

/// The functions of the table in suites.cpp; each in its own suite_*.cpp, which says what it measures and how.
[[nodiscard]] Result<Report> run_banking77(const SuiteInput& input);
[[nodiscard]] Result<Report> run_evi(const SuiteInput& input);
[[nodiscard]] Result<Report> run_nlupp(const SuiteInput& input);
[[nodiscard]] Result<Report> run_recognizers(const SuiteInput& input);
/// `xquad/xquad.en.json`, and `cranfield/` and `tau2_banking/` where they are (`…_is_there` says so).
[[nodiscard]] Result<Report> run_retrieval(const SuiteInput& input);
[[nodiscard]] Result<Report> run_sgd(const SuiteInput& input);

}  // namespace offhook::eval
