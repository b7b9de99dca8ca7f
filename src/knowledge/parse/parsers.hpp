#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "knowledge/document.hpp"

/// Bytes of a file to a document. Everything here is pure: it may loop or take memory on hostile input within the
/// limits below, so it runs in a process of its own (parse/helper). Errors are invalid_argument, too_large or
/// unsupported_media with a sentence for the sender and a code: "empty", "encrypted", "corrupt", "unsupported",
/// "too_large".
namespace offhook::knowledge::parse {

struct Limits {
  std::uint64_t unpacked_bytes = 256ULL * 1024 * 1024;  ///< of an archive's members together
  std::uint64_t unpacked_ratio = 200;                   ///< to the packed size, beyond 16 MB: a zip bomb is over it
  std::uint64_t text_bytes = 32ULL * 1024 * 1024;       ///< of what was understood
  std::size_t blocks = 500'000;
  int pages = 5000;
};

enum class FileType : std::uint8_t {
  text,
  markdown,
  csv,
  html,
  email,
  pdf,
  docx,
  xlsx,
  pptx,
  odt,
  legacy_office,
  rtf,
  unknown
};

[[nodiscard]] std::string_view to_string(FileType type);

/// What the bytes are, whatever the name says. `name` decides between kinds of text only.
[[nodiscard]] FileType detect_type(std::string_view bytes, std::string_view name);

/// Text of any character set as UTF-8: by its byte order mark, `declared` (a charset's name, may be empty), or by what
/// the bytes look like. Never fails: bytes that mean nothing become U+FFFD.
[[nodiscard]] std::string to_utf8(std::string_view bytes, std::string_view declared = {});

[[nodiscard]] std::unexpected<Error> refuse(ErrorKind kind, std::string_view code, std::string sentence);

/// "Plan: Basic; Price: 10 dollars." for cells under the header ["Plan", "Price"]; cells without a header stand alone.
[[nodiscard]] std::string row_text(const std::vector<std::string>& header, const std::vector<std::string>& cells);

/// Puts a table's rows in, the first of them as header. A table of one column is a list.
void add_table(const std::vector<std::vector<std::string>>& rows, int page, std::vector<Block>& into);

[[nodiscard]] ParsedDocument parse_text(std::string_view utf8);
[[nodiscard]] ParsedDocument parse_markdown(std::string_view utf8);
[[nodiscard]] ParsedDocument parse_csv(std::string_view utf8);
[[nodiscard]] ParsedDocument parse_html(std::string_view utf8);
[[nodiscard]] Result<ParsedDocument> parse_email(std::string_view bytes);
/// DOCX, XLSX, PPTX, ODT.
[[nodiscard]] Result<ParsedDocument> parse_office(std::string_view bytes, FileType type, const Limits& limits);

using PdfParser = std::function<Result<ParsedDocument>(std::string_view bytes, const Limits& limits)>;

/// Any file. `pdf` reads PDF; without it they are refused. Errors: see above; a file without a word is "empty".
[[nodiscard]] Result<ParsedDocument> parse_file(std::string_view bytes, std::string_view name, const PdfParser& pdf,
                                                const Limits& limits = {});

}  // namespace offhook::knowledge::parse
