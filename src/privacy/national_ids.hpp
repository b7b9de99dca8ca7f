#pragma once

#include <vector>

#include "privacy/pattern_filter.hpp"

namespace offhook::privacy {

/// The numbers that states give to people, each with its printed form and its check. Where the check alone would take
/// other numbers for one (one in ten passes), the number must be printed in its groups or be named shortly before.
/// They live as long as the program. The sources are in national_ids.cpp.
[[nodiscard]] const std::vector<HiddenPattern>& national_ids();

/// national_ids() and those of `more`, which must outlive the result, for a PatternFilter.
[[nodiscard]] std::vector<const HiddenPattern*> hidden_patterns(const std::vector<const HiddenPattern*>& more = {});

}  // namespace offhook::privacy
