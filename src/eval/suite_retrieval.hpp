#pragma once

#include "eval/suites.hpp"

namespace offhook::eval {

/// Finds paragraphs for questions: `xquad/xquad.en.json`, and `cranfield/` and `tau2_banking/` where they are
/// (`…_is_there` says so).
[[nodiscard]] Result<Report> run_retrieval(const SuiteInput& input);

}  // namespace offhook::eval
