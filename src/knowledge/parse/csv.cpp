#include <algorithm>

#include "base/text.hpp"
#include "knowledge/parse/parsers.hpp"

namespace offhook::knowledge::parse {
namespace {

/// As RFC 4180 has it.
std::vector<std::vector<std::string>> read_rows(std::string_view text, char separator) {
  std::vector<std::vector<std::string>> rows(1);
  std::string field;
  bool is_quoted = false;
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
    } else if (c == separator || c == '\n') {
      rows.back().push_back(std::exchange(field, {}));
      if (c == '\n') rows.emplace_back();
    } else if (c != '\r') {
      field += c;
    }
  }
  rows.back().push_back(std::move(field));
  return rows;
}

}  // namespace

ParsedDocument parse_csv(std::string_view utf8) {
  const std::string_view first = utf8.substr(0, utf8.find('\n'));
  char separator = ',';
  for (const char other : {';', '\t', '|'}) {
    if (std::ranges::count(first, other) > std::ranges::count(first, separator)) separator = other;
  }
  ParsedDocument document;
  add_table(read_rows(utf8, separator), 0, document.blocks);
  return document;
}

}  // namespace offhook::knowledge::parse
