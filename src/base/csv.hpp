#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace offhook {

/// Rows of separated values as RFC 4180 quotes them, with any separator; empty lines are left out. Never fails: a quote
/// that is not closed goes on to the end.
[[nodiscard]] std::vector<std::vector<std::string>> read_csv_rows(std::string_view text, char separator);

}  // namespace offhook
