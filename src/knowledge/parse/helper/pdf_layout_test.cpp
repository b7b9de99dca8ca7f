// SPDX-License-Identifier: GPL-3.0-or-later
#include "knowledge/parse/helper/pdf_layout.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.hpp"

namespace offhook::knowledge::parse {
namespace {

using testing::ElementsAre;

/// A line of words of ten points each, on a page of 800.
void add_line(PageWords& page, double top, std::string_view text, double size = 10, double left = 50,
              bool is_bold = false) {
  for (const auto word : split(text, ' ')) {
    const double right = left + size * 0.5 * static_cast<double>(word.size());
    page.words.push_back({.text = std::string(word),
                          .left = left,
                          .right = right,
                          .top = top,
                          .bottom = top + size * 1.1,
                          .size = size,
                          .is_bold = is_bold});
    left = right + size * 0.3;
  }
}

std::vector<std::string> shown(const std::vector<PageWords>& pages) {
  std::vector<std::string> lines;
  for (const auto& block : lay_out(pages)) {
    const std::string mark = block.kind == BlockKind::heading     ? "#" + std::to_string(block.level) + " "
                             : block.kind == BlockKind::list_item ? "* "
                                                                  : "";
    lines.push_back(std::to_string(block.page) + ": " + mark + block.text);
  }
  return lines;
}

TEST(PdfLayout, LinesBecomeParagraphsAndLargeOnesHeadings) {
  PageWords page{.height = 800, .words = {}};
  add_line(page, 100, "House rules", 18);
  add_line(page, 140, "Cats are wel-");
  add_line(page, 152, "come in all our");
  add_line(page, 164, "apartments.");
  add_line(page, 190, "Dogs are not.");
  add_line(page, 215, "Parking", 10, 50, true);
  add_line(page, 235, "• one space");
  add_line(page, 247, "• another space");
  EXPECT_THAT(shown({page}), ElementsAre("1: #1 House rules", "1: Cats are welcome in all our apartments.",
                                         "1: Dogs are not.", "1: #4 Parking", "1: * one space", "1: * another space"));
}

TEST(PdfLayout, ASentenceGoesOnInTheNextColumnAndOnTheNextPage) {
  PageWords one{.height = 800, .words = {}}, two{.height = 800, .words = {}};
  add_line(one, 300, "The deposit is");
  add_line(one, 312, "returned within");
  add_line(one, 300, "twenty days if", 10, 300);
  add_line(two, 100, "nothing is broken.");
  add_line(two, 112, "It bears interest.");
  EXPECT_THAT(shown({one, two}),
              ElementsAre("1: The deposit is returned within twenty days if nothing is broken. It bears interest."));
}

TEST(PdfLayout, RunningHeadsAndPageNumbersAreLeftOut) {
  std::vector<PageWords> pages;
  for (int i = 1; i <= 4; ++i) {
    PageWords page{.height = 800, .words = {}};
    add_line(page, 20, "Tenant handbook " + std::to_string(i));
    add_line(page, 300, "Rule number " + std::string(static_cast<std::size_t>(i), 'i') + ".");
    add_line(page, 780, std::to_string(i));
    pages.push_back(std::move(page));
  }
  EXPECT_THAT(shown(pages),
              ElementsAre("1: Rule number i.", "2: Rule number ii.", "3: Rule number iii.", "4: Rule number iiii."));
}

TEST(PdfLayout, NoPagesGiveNothing) { EXPECT_TRUE(lay_out({}).empty()); }

}  // namespace
}  // namespace offhook::knowledge::parse
