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

std::vector<std::vector<std::string>> parse_rows(std::string_view text, char separator) {
  std::vector<std::vector<std::string>> rows;
  std::vector<std::string> row;
  std::string field;
  bool is_quoted = false;
  const auto end_field = [&] { row.push_back(std::exchange(field, {})); };
  const auto end_row = [&] {
    if (row.empty() && field.empty()) return;
    end_field();
    rows.push_back(std::exchange(row, {}));
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_quoted) {
      if (c != '"') {
        field += c;
      } else if (i + 1 < text.size() && text[i + 1] == '"') {
        field += '"';
        ++i;
      } else {
        is_quoted = false;
      }
    } else if (c == '"' && field.empty()) {
      is_quoted = true;
    } else if (c == separator) {
      end_field();
    } else if (c == '\n') {
      end_row();
    } else if (c != '\r') {
      field += c;
    }
  }
  end_row();
  return rows;
}

}  // namespace offhook::eval
