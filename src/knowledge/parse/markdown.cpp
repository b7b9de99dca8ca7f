#include <algorithm>

#include "base/text.hpp"
#include "knowledge/parse/parsers.hpp"

namespace offhook::knowledge::parse {
namespace {

/// The words of a line without what marks them: emphasis, code, links, images.
std::string plain(std::string_view line) {
  std::string text;
  for (std::size_t at = 0; at < line.size(); ++at) {
    const char c = line[at];
    if (c == '\\' && at + 1 < line.size()) {
      text += line[++at];
    } else if (c == '`' || c == '*') {
      continue;
    } else if (c == '_' && (at == 0 || at + 1 == line.size() || line[at - 1] == ' ' || line[at + 1] == ' ')) {
      continue;
    } else if (c == '!' && line.substr(at).starts_with("![")) {
      continue;
    } else if (c == '[') {
      const std::size_t close = line.find("](", at);
      const std::size_t end = close == std::string_view::npos ? close : line.find(')', close);
      if (end == std::string_view::npos) {
        text += c;
        continue;
      }
      text += plain(line.substr(at + 1, close - at - 1));
      at = end;
    } else {
      text += c;
    }
  }
  return one_line(text);
}

std::vector<std::string> cells_of(std::string_view line) {
  line = trim(line);
  if (line.starts_with('|')) line.remove_prefix(1);
  if (line.ends_with('|')) line.remove_suffix(1);
  std::vector<std::string> cells;
  for (const auto cell : split(line, '|')) cells.push_back(plain(trim(cell)));
  return cells;
}

bool is_table_rule(std::string_view line) {
  return line.contains('-') && line.find_first_not_of("|:- ") == std::string_view::npos;
}

class MarkdownReader {
 public:
  ParsedDocument read(std::string_view text) {
    auto lines = split(text, '\n');
    std::size_t first = 0;
    // Front matter is for machines, but for its title.
    if (!lines.empty() && trim(lines[0]) == "---") {
      for (std::size_t i = 1; i < lines.size(); ++i) {
        if (lines[i].starts_with("title:")) document_.title = plain(trim(lines[i].substr(6)));
        if (trim(lines[i]) == "---") {
          first = i + 1;
          break;
        }
      }
    }
    for (std::size_t i = first; i < lines.size(); ++i) take(lines[i]);
    close();
    return std::move(document_);
  }

 private:
  void take(std::string_view raw) {
    const std::string_view line = trim(raw);
    if (line.starts_with("```") || line.starts_with("~~~")) {
      close();
      is_code_ = !is_code_;
      return;
    }
    if (is_code_) {
      open_ += (open_.empty() ? "" : " ") + std::string(line);
      return;
    }
    const std::size_t level = line.find_first_not_of('#');
    if (level != 0 && level != std::string_view::npos && level <= 6 && line[level] == ' ') {
      close();
      std::string_view title = line.substr(level);
      while (title.ends_with('#') || title.ends_with(' ')) title.remove_suffix(1);
      add(BlockKind::heading, static_cast<int>(level), plain(title));
      return;
    }
    if (!open_.empty() && rows_.empty() && line.size() >= 2 && kind_ == BlockKind::paragraph &&
        (line.find_first_not_of('=') == std::string_view::npos ||
         line.find_first_not_of('-') == std::string_view::npos)) {
      add(BlockKind::heading, line.front() == '=' ? 1 : 2, plain(std::exchange(open_, {})));
      return;
    }
    if (line.empty() || line.find_first_not_of("-*_ ") == std::string_view::npos) {
      close();
      return;
    }
    if (line.starts_with('|') || (!rows_.empty() && line.contains('|'))) {
      if (rows_.empty()) close();
      if (!is_table_rule(line)) rows_.push_back(cells_of(line));
      return;
    }
    if (!rows_.empty()) close();
    const std::size_t digits = line.find_first_not_of("0123456789");
    const bool is_numbered = digits != 0 && digits != std::string_view::npos && digits <= 3 &&
                             digits + 1 < line.size() && (line[digits] == '.' || line[digits] == ')') &&
                             line[digits + 1] == ' ';
    const bool is_bulleted = line.starts_with("- ") || line.starts_with("* ") || line.starts_with("+ ");
    if (is_numbered || is_bulleted) {
      close();
      kind_ = BlockKind::list_item;
      open_ = trim(line.substr(is_numbered ? digits + 1 : 1));
      return;
    }
    std::string_view quoted = line;
    while (quoted.starts_with('>')) quoted = trim(quoted.substr(1));
    open_ += (open_.empty() ? "" : " ") + std::string(quoted);
  }

  void close() {
    if (!rows_.empty()) {
      add_table(rows_, 0, document_.blocks);
      rows_.clear();
    }
    if (!open_.empty()) add(kind_, 0, is_code_ ? one_line(open_) : plain(open_));
    open_.clear();
    kind_ = BlockKind::paragraph;
  }
  void add(BlockKind kind, int level, std::string text) {
    if (!text.empty()) document_.blocks.push_back({.kind = kind, .level = level, .text = std::move(text)});
  }

  ParsedDocument document_;
  std::string open_;
  BlockKind kind_ = BlockKind::paragraph;
  std::vector<std::vector<std::string>> rows_;
  bool is_code_ = false;
};

}  // namespace

ParsedDocument parse_markdown(std::string_view utf8) { return MarkdownReader().read(utf8); }

}  // namespace offhook::knowledge::parse
