#include "base/csv.hpp"

#include <utility>

namespace offhook {

std::vector<std::vector<std::string>> read_csv_rows(std::string_view text, char separator) {
  std::vector<std::vector<std::string>> rows;
  std::vector<std::string> row;
  std::string field;
  bool is_quoted = false;
  const auto end_row = [&] {
    if (row.empty() && field.empty()) return;
    row.push_back(std::exchange(field, {}));
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
      row.push_back(std::exchange(field, {}));
    } else if (c == '\n') {
      end_row();
    } else if (c != '\r') {
      field += c;
    }
  }
  end_row();
  return rows;
}

}  // namespace offhook
