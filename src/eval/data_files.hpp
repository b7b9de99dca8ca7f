#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "json/json.hpp"

namespace offhook::eval {

/// The whole file. Errors: not_found, with the path and what lies in such a folder.
[[nodiscard]] Result<std::string> read_data_file(const std::filesystem::path& path);

/// The file as JSON. Errors: not_found; invalid_argument naming the file.
[[nodiscard]] Result<json::value> read_json_file(const std::filesystem::path& path);

/// Rows of separated values as RFC 4180 quotes them, the first row (names) included; empty lines are left out.
/// `separator`: ',' or a tab.
[[nodiscard]] std::vector<std::vector<std::string>> parse_rows(std::string_view text, char separator);

}  // namespace offhook::eval
