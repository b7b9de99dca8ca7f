#include <algorithm>

#include "base/text.hpp"
#include "knowledge/parse/parsers.hpp"

namespace offhook::knowledge::parse {
namespace {

Result<ParsedDocument> read(std::string_view bytes, FileType type, const PdfParser& pdf, const Limits& limits) {
  switch (type) {
    case FileType::text: return parse_text(to_utf8(bytes));
    case FileType::markdown: return parse_markdown(to_utf8(bytes));
    case FileType::csv: return parse_csv(to_utf8(bytes));
    case FileType::html: {
      // The page itself may name its character set.
      const std::string head = to_lower(bytes.substr(0, 1024));
      const std::size_t at = head.find("charset=");
      std::string charset;
      if (at != std::string::npos) {
        const std::string_view rest = std::string_view(head).substr(at + 8);
        const std::size_t begin = rest.find_first_not_of("\"' ");
        if (begin != std::string_view::npos) charset = rest.substr(begin, rest.find_first_of("\"' ;>/", begin) - begin);
      }
      return parse_html(to_utf8(bytes, charset));
    }
    case FileType::email: return parse_email(bytes);
    case FileType::pdf:
      if (!pdf) return refuse(ErrorKind::unsupported_media, "unsupported", "PDF files cannot be read here.");
      return pdf(bytes, limits);
    case FileType::docx:
    case FileType::xlsx:
    case FileType::pptx:
    case FileType::odt: return parse_office(bytes, type, limits);
    case FileType::legacy_office:
      return refuse(
          ErrorKind::unsupported_media, "unsupported",
          "The file is encrypted or in an old binary Office format; save it as DOCX, XLSX, PPTX or PDF without a "
          "password.");
    case FileType::rtf:
      return refuse(ErrorKind::unsupported_media, "unsupported", "RTF is not read; save the file as DOCX or PDF.");
    case FileType::unknown: break;
  }
  return refuse(ErrorKind::unsupported_media, "unsupported",
                "This kind of file is not read; PDF, DOCX, XLSX, PPTX, ODT, HTML, Markdown, CSV, e-mail and text are.");
}

}  // namespace

Result<ParsedDocument> parse_file(std::string_view bytes, std::string_view name, const PdfParser& pdf,
                                  const Limits& limits) {
  if (trim(bytes).empty()) return refuse(ErrorKind::invalid_argument, "empty", "The file is empty.");
  auto document = read(bytes, detect_type(bytes, name), pdf, limits);
  if (!document) return document;
  if (document->blocks.size() > limits.blocks)
    return refuse(ErrorKind::too_large, "too_large", "The file has more pieces than can be kept.");
  std::uint64_t size = 0;
  if (!is_valid_utf8(document->title)) document->title = to_utf8(document->title);
  for (auto& block : document->blocks) {
    // Bytes that a header or a script brings as they are.
    if (!is_valid_utf8(block.text)) block.text = to_utf8(block.text);
    block.text = one_line(replace_all(replace_all(std::move(block.text), "\u00A0", " "), "\u00AD", ""));
    std::erase(block.text, '\0');
    size += block.text.size();
  }
  std::erase_if(document->blocks, [](const Block& block) { return block.text.empty(); });
  if (size > limits.text_bytes)
    return refuse(ErrorKind::too_large, "too_large", "The file holds more text than can be kept.");
  if (document->blocks.empty()) {
    return refuse(ErrorKind::invalid_argument, "empty", "The file has no text in it that could be read.");
  }
  return document;
}

}  // namespace offhook::knowledge::parse
