// SPDX-License-Identifier: GPL-3.0-or-later
#include "knowledge/parse/helper/pdf.hpp"

#include <memory>

#include <poppler-document.h>
#include <poppler-global.h>
#include <poppler-page.h>

#include "base/text.hpp"
#include "knowledge/parse/helper/pdf_layout.hpp"

namespace offhook::knowledge::parse {
namespace {

std::string to_text(const poppler::ustring& text) {
  const poppler::byte_array bytes = text.to_utf8();
  return {bytes.begin(), bytes.end()};
}

PageWords words_of(const poppler::page& page, std::uint64_t& text_bytes) {
  PageWords words{.height = page.page_rect().height(), .words = {}};
  for (const auto& box : page.text_list(poppler::page::text_list_include_font)) {
    const poppler::rectf place = box.bbox();
    std::string text = to_text(box.text());
    if (trim(text).empty()) continue;
    text_bytes += text.size();
    const std::string font = box.has_font_info() ? to_lower(box.get_font_name()) : std::string();
    words.words.push_back({.text = std::move(text),
                           .left = place.left(),
                           .right = place.right(),
                           .top = place.top(),
                           .bottom = place.bottom(),
                           .size = box.has_font_info() ? box.get_font_size() : place.height(),
                           .is_bold = font.contains("bold") || font.contains("black")});
  }
  return words;
}

}  // namespace

Result<ParsedDocument> parse_pdf(std::string_view bytes, const Limits& limits) {
  poppler::set_debug_error_function([](const std::string&, void*) {}, nullptr);
  const std::unique_ptr<poppler::document> document(
      poppler::document::load_from_raw_data(bytes.data(), static_cast<int>(bytes.size())));
  if (document == nullptr) {
    return refuse(ErrorKind::invalid_argument, "corrupt", "The file is damaged: it cannot be read as a PDF.");
  }
  if (document->is_locked()) {
    return refuse(ErrorKind::invalid_argument, "encrypted", "The file is encrypted; upload it without a password.");
  }
  const int count = document->pages();
  if (count <= 0) return refuse(ErrorKind::invalid_argument, "corrupt", "The file is damaged: it has no pages.");
  if (count > limits.pages) {
    return refuse(
        ErrorKind::too_large, "too_large",
        "The file has " + std::to_string(count) + " pages; " + std::to_string(limits.pages) + " are read at most.");
  }
  ParsedDocument parsed{.title = one_line(to_text(document->get_title())), .pages = count, .blocks = {}};
  std::vector<PageWords> pages;
  std::uint64_t text_bytes = 0;
  for (int i = 0; i < count; ++i) {
    const std::unique_ptr<poppler::page> page(document->create_page(i));
    pages.push_back(page != nullptr ? words_of(*page, text_bytes) : PageWords());
    if (text_bytes > limits.text_bytes) {
      return refuse(ErrorKind::too_large, "too_large", "The file holds more text than can be kept.");
    }
  }
  parsed.blocks = lay_out(pages);
  if (parsed.blocks.empty()) {
    return refuse(ErrorKind::invalid_argument, "empty",
                  "The file's pages are pictures: there is no text in them to read.");
  }
  return parsed;
}

}  // namespace offhook::knowledge::parse
