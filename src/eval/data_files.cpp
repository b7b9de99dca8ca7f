#include "eval/data_files.hpp"

#include <fstream>
#include <sstream>
#include <string_view>
#include <utility>

namespace offhook::eval {

Result<std::string> read_data_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(ErrorKind::not_found, "cannot read " + path.string() + ": --data names the folder above it");
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

Result<json::value> read_json_file(const std::filesystem::path& path) {
  auto text = read_data_file(path);
  if (!text) return fail(text);
  auto value = parse_json(*text);
  if (!value) return fail(ErrorKind::invalid_argument, path.string() + ": " + std::string(value.error().message()));
  return value;
}

}  // namespace offhook::eval
