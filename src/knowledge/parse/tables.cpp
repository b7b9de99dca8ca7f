#include <algorithm>

#include "base/text.hpp"
#include "knowledge/parse/parsers.hpp"

namespace offhook::knowledge::parse {

std::unexpected<Error> refuse(ErrorKind kind, std::string_view code, std::string sentence) {
  return fail(Error{.kind = kind, .client = std::move(sentence), .code = std::string(code)});
}

std::string row_text(const std::vector<std::string>& header, const std::vector<std::string>& cells) {
  std::string text;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string cell = one_line(cells[i]);
    if (cell.empty()) continue;
    if (!text.empty()) text += "; ";
    const std::string name = i < header.size() ? one_line(header[i]) : std::string();
    if (!name.empty() && name != cell) text += name + ": ";
    text += cell;
  }
  if (!text.empty() && std::string_view(".!?:").find(text.back()) == std::string_view::npos) text += '.';
  return text;
}

void add_table(const std::vector<std::vector<std::string>>& rows, int page, std::vector<Block>& into) {
  const auto has_text = [](const std::vector<std::string>& row) {
    return std::ranges::any_of(row, [](const std::string& cell) { return !trim(cell).empty(); });
  };
  const auto first = std::ranges::find_if(rows, has_text);
  if (first == rows.end()) return;
  std::size_t columns = 0;
  for (const auto& row : rows) columns = std::max(columns, row.size());
  const bool is_list = columns < 2 || rows.end() - first < 2;
  for (auto row = is_list ? first : first + 1; row != rows.end(); ++row) {
    std::string text = row_text(is_list ? std::vector<std::string>() : *first, *row);
    if (text.empty()) continue;
    into.push_back(
        {.kind = is_list ? BlockKind::paragraph : BlockKind::table_row, .page = page, .text = std::move(text)});
  }
}

}  // namespace offhook::knowledge::parse
