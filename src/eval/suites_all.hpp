#pragma once

#include "eval/suites.hpp"

namespace offhook::eval {

/// The functions of the suites, for the table; each in its suite_*.cpp, which says what it measures and how.
Result<Report> run_banking77(const SuiteInput& input);
Result<Report> run_nlupp(const SuiteInput& input);
Result<Report> run_sgd(const SuiteInput& input);

}  // namespace offhook::eval
