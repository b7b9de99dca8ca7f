// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "knowledge/document.hpp"

namespace offhook::knowledge::parse {

/// A word on a page, in points from the top left, in reading order.
struct PageWord {
  std::string text;
  double left = 0, right = 0, top = 0, bottom = 0;
  double size = 0;  ///< of its letters
  bool is_bold = false;
};

struct PageWords {
  double height = 0;
  std::vector<PageWord> words;
};

/// Makes lines of words, paragraphs and headings of lines. Headings are larger than most of the text, or bold and
/// alone. Lines that stand at the top or bottom of three pages or more (but for their numbers) are left out. Pure.
[[nodiscard]] std::vector<Block> lay_out(const std::vector<PageWords>& pages);

}  // namespace offhook::knowledge::parse
