#include <algorithm>

#include "base/csv.hpp"
#include "knowledge/parse/parsers.hpp"

namespace offhook::knowledge::parse {
ParsedDocument parse_csv(std::string_view utf8) {
  const std::string_view first = utf8.substr(0, utf8.find('\n'));
  char separator = ',';
  for (const char other : {';', '\t', '|'}) {
    if (std::ranges::count(first, other) > std::ranges::count(first, separator)) separator = other;
  }
  ParsedDocument document;
  add_table(read_csv_rows(utf8, separator), 0, document.blocks);
  return document;
}

}  // namespace offhook::knowledge::parse
