#pragma once

#include <filesystem>
#include <string>

#include "json/json.hpp"

namespace offhook::eval {

/// The whole file. Errors: not_found, with the path and what lies in such a folder.
[[nodiscard]] Result<std::string> read_data_file(const std::filesystem::path& path);

/// The file as JSON. Errors: not_found; invalid_argument naming the file.
[[nodiscard]] Result<json::value> read_json_file(const std::filesystem::path& path);

}  // namespace offhook::eval
