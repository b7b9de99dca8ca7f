// SPDX-License-Identifier: GPL-3.0-or-later
#include "knowledge/parse/helper/pdf_layout.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/text.hpp"

namespace offhook::knowledge::parse {
namespace {

constexpr std::size_t kMaxHeadingBytes = 160;
/// A line at the edge of so many pages is a running head.
constexpr std::size_t kRunningPages = 3;

struct Line {
  std::string text;
  double left = 0, right = 0, top = 0, bottom = 0, size = 0;
  bool is_bold = false;
};

std::vector<Line> lines_of(const PageWords& page) {
  std::vector<Line> lines;
  for (const auto& word : page.words) {
    if (!lines.empty()) {
      Line& line = lines.back();
      const double middle = (word.top + word.bottom) / 2;
      const bool is_same = middle > line.top && middle < line.bottom && word.left >= line.right - line.size * 0.5;
      if (is_same) {
        line.text += ' ' + word.text;
        line.right = word.right;
        line.top = std::min(line.top, word.top);
        line.bottom = std::max(line.bottom, word.bottom);
        line.is_bold = line.is_bold && word.is_bold;
        line.size = std::max(line.size, word.size);
        continue;
      }
    }
    lines.push_back({.text = word.text,
                     .left = word.left,
                     .right = word.right,
                     .top = word.top,
                     .bottom = word.bottom,
                     .size = word.size,
                     .is_bold = word.is_bold});
  }
  return lines;
}

/// The size that most letters have.
double body_size(const std::vector<PageWords>& pages) {
  std::map<int, std::size_t> letters;
  for (const auto& page : pages) {
    for (const auto& word : page.words) letters[static_cast<int>(std::lround(word.size * 2))] += word.text.size();
  }
  const auto most = std::ranges::max_element(letters, {}, [](const auto& entry) { return entry.second; });
  return most == letters.end() ? 10 : most->first / 2.0;
}

/// A line as running heads are compared: without its page number.
std::string running_key(const Line& line) {
  std::string key;
  for (const char c : line.text) {
    if (c < '0' || c > '9') key += c;
  }
  return key;
}

bool is_at_edge(const Line& line, double height) { return line.bottom < height * 0.1 || line.top > height * 0.9; }

bool is_item(std::string_view text) {
  for (const std::string_view mark : {"• ", "◦ ", "▪ ", "– ", "- ", "* ", "● ", "○ ", "\u25E6 "}) {
    if (text.starts_with(mark)) return true;
  }
  return false;
}

std::string_view without_mark(std::string_view text) {
  const std::size_t space = text.find(' ');
  return space == std::string_view::npos ? text : trim(text.substr(space));
}

class Layout {
 public:
  explicit Layout(double body) : body_(body) {}

  void add(const Line& line, int page) {
    const int level = heading_level(line);
    if (level > 0) {
      // A heading over two lines goes on.
      const bool goes_on = !blocks_.empty() && open_.text.empty() && blocks_.back().kind == BlockKind::heading &&
                           blocks_.back().level == level && blocks_.back().page == page && has_last_ &&
                           std::abs(line.size - last_.size) < 0.3 && line.top > last_.top &&
                           line.top - last_.bottom < line.size * 0.6;
      close();
      if (goes_on) {
        blocks_.back().text += ' ' + line.text;
      } else {
        blocks_.push_back({.kind = BlockKind::heading, .level = level, .page = page, .text = line.text});
      }
    } else if (is_item(line.text)) {
      close();
      open_ = {.kind = BlockKind::list_item, .page = page, .text = std::string(without_mark(line.text))};
    } else {
      if (!open_.text.empty() && begins_paragraph(line, page)) close();
      if (open_.text.empty()) open_ = {.page = page, .text = {}};
      append(line.text);
    }
    last_ = line;
    last_page_ = page;
    has_last_ = true;
  }
  std::vector<Block> take() {
    close();
    return std::move(blocks_);
  }

 private:
  [[nodiscard]] int heading_level(const Line& line) const {
    if (line.text.size() > kMaxHeadingBytes) return 0;
    const double ratio = line.size / body_;
    if (ratio >= 1.6) return 1;
    if (ratio >= 1.3) return 2;
    if (ratio >= 1.12) return 3;
    const bool is_alone = !has_last_ || line.top < last_.top || line.top - last_.bottom > line.size * 0.5;
    const bool ends = std::string_view(".,;:").find(line.text.back()) != std::string_view::npos;
    return line.is_bold && is_alone && !ends && line.text.size() < 90 ? 4 : 0;
  }
  [[nodiscard]] bool begins_paragraph(const Line& line, int page) const {
    const bool was_ended = std::string_view(".!?:").find(open_.text.back()) != std::string_view::npos;
    // The next column, or the next page: the sentence decides.
    if (page != last_page_ || line.top < last_.top - line.size) return was_ended;
    if (std::abs(line.size - last_.size) > 0.6) return true;
    const double gap = line.top - last_.bottom;
    if (gap > line.size * 0.7) return true;
    // Set in at its beginning.
    return was_ended && line.left > last_.left + line.size && line.left < last_.left + line.size * 5;
  }
  void append(const std::string& text) {
    std::string& open = open_.text;
    const bool is_divided = open.size() > 1 && open.back() == '-' && text.front() >= 'a' && text.front() <= 'z' &&
                            std::isalpha(static_cast<unsigned char>(open[open.size() - 2])) != 0;
    if (is_divided) {
      open.pop_back();
    } else if (!open.empty()) {
      open += ' ';
    }
    open += text;
  }
  void close() {
    if (!open_.text.empty()) blocks_.push_back(std::move(open_));
    open_ = {};
  }

  double body_;
  std::vector<Block> blocks_;
  Block open_;
  Line last_;
  int last_page_ = 0;
  bool has_last_ = false;
};

}  // namespace

std::vector<Block> lay_out(const std::vector<PageWords>& pages) {
  std::vector<std::vector<Line>> lines;
  std::map<std::string, std::size_t> running;
  for (const auto& page : pages) {
    lines.push_back(lines_of(page));
    for (const auto& line : lines.back()) {
      if (is_at_edge(line, page.height)) ++running[running_key(line)];
    }
  }
  Layout layout(body_size(pages));
  for (std::size_t i = 0; i < pages.size(); ++i) {
    for (const auto& line : lines[i]) {
      const bool is_running = is_at_edge(line, pages[i].height) && running[running_key(line)] >= kRunningPages;
      const bool is_number = is_at_edge(line, pages[i].height) && line.text.size() <= 4 &&
                             line.text.find_first_not_of("0123456789") == std::string::npos;
      if (!is_running && !is_number && !line.text.empty()) layout.add(line, static_cast<int>(i) + 1);
    }
  }
  return layout.take();
}

}  // namespace offhook::knowledge::parse
