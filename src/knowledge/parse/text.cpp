#include <algorithm>
#include <cctype>

#include "base/text.hpp"
#include "knowledge/parse/parsers.hpp"

namespace offhook::knowledge::parse {
namespace {

constexpr std::size_t kMaxHeadingBytes = 100;

bool is_underline(std::string_view line) {
  return line.size() >= 3 && (line.front() == '=' || line.front() == '-' || line.front() == '~') &&
         line.find_first_not_of(line.front()) == std::string_view::npos;
}

/// "HOUSE RULES", "3.2 Deposits": a short line that ends in no mark.
bool is_heading_line(std::string_view line) {
  if (line.empty() || line.size() > kMaxHeadingBytes) return false;
  if (std::string_view(".,;:!?").find(line.back()) != std::string_view::npos) return false;
  std::size_t upper = 0, lower = 0;
  for (const char c : line) {
    upper += c >= 'A' && c <= 'Z' ? 1 : 0;
    lower += c >= 'a' && c <= 'z' ? 1 : 0;
  }
  if (upper >= 3 && lower == 0) return true;
  const std::size_t number = line.find_first_not_of("0123456789.");
  return number != 0 && number != std::string_view::npos && line[number] == ' ' && line.find('.') < number &&
         number + 1 < line.size() && std::isupper(static_cast<unsigned char>(line[number + 1])) != 0 &&
         line.size() < 70;
}

/// The text behind "- ", "* ", "• " or "1) ", empty when the line is no item.
std::string_view item_of(std::string_view line) {
  for (const std::string_view mark : {"- ", "* ", "+ ", "• ", "– ", "o "}) {
    if (line.starts_with(mark)) return trim(line.substr(mark.size()));
  }
  const std::size_t digits = line.find_first_not_of("0123456789");
  if (digits != 0 && digits != std::string_view::npos && digits <= 3 && line.substr(digits).starts_with(") "))
    return trim(line.substr(digits + 2));
  return {};
}

class TextReader {
 public:
  ParsedDocument read(std::string_view text) {
    std::size_t begin = 0;
    while (begin <= text.size()) {
      std::size_t end = text.find('\n', begin);
      if (end == std::string_view::npos) end = text.size();
      take_line(text.substr(begin, end - begin));
      begin = end + 1;
    }
    close();
    if (page_ > 1) {
      document_.pages = page_;
    } else {
      for (auto& block : document_.blocks) block.page = 0;
    }
    return std::move(document_);
  }

 private:
  void take_line(std::string_view raw) {
    while (raw.starts_with('\f')) {
      close();
      ++page_;
      raw.remove_prefix(1);
    }
    const std::string_view line = trim(raw);
    if (line.empty()) {
      close();
      return;
    }
    if (is_underline(line) && !open_.empty() && open_.size() <= kMaxHeadingBytes) {
      add(BlockKind::heading, line.front() == '=' ? 1 : 2, std::exchange(open_, {}));
      return;
    }
    if (open_.empty() && is_heading_line(line)) {
      add(BlockKind::heading, 2, std::string(line));
      return;
    }
    if (const auto item = item_of(line); !item.empty()) {
      close();
      kind_ = BlockKind::list_item;
      open_ = item;
      return;
    }
    // A word that was divided at the end of its line.
    if (open_.size() > 1 && open_.ends_with('-') && std::islower(static_cast<unsigned char>(line.front())) != 0 &&
        std::isalpha(static_cast<unsigned char>(open_[open_.size() - 2])) != 0) {
      open_.pop_back();
    } else if (!open_.empty()) {
      open_ += ' ';
    }
    open_ += line;
  }
  void close() {
    if (!open_.empty()) add(kind_, 0, std::exchange(open_, {}));
    kind_ = BlockKind::paragraph;
  }
  void add(BlockKind kind, int level, std::string text) {
    document_.blocks.push_back({.kind = kind, .level = level, .page = page_, .text = one_line(text)});
  }

  ParsedDocument document_;
  std::string open_;
  BlockKind kind_ = BlockKind::paragraph;
  int page_ = 1;
};

}  // namespace

ParsedDocument parse_text(std::string_view utf8) { return TextReader().read(utf8); }

}  // namespace offhook::knowledge::parse
