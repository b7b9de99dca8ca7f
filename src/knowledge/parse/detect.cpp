#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "knowledge/parse/parsers.hpp"

namespace offhook::knowledge::parse {
namespace {

constexpr std::size_t kHeadBytes = 4096;

bool has_name(std::string_view name, std::string_view ending) { return to_lower(name).ends_with(ending); }

bool looks_like_html(std::string_view lower) {
  const std::string_view start = trim(lower);
  if (start.starts_with("<!doctype html") || start.starts_with("<html")) return true;
  return start.starts_with("<") && (lower.contains("<html") || lower.contains("<body") || lower.contains("<head") ||
                                    lower.contains("<p>") || lower.contains("<div"));
}

/// Header lines first, one of them a mail's own.
bool looks_like_email(std::string_view head) {
  std::size_t fields = 0;
  bool is_mail = false;
  for (std::string_view line : split(head, '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) break;
    if (line.front() == ' ' || line.front() == '\t') continue;
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0 || line.substr(0, colon).contains(' ')) return false;
    ++fields;
    const std::string field = to_lower(line.substr(0, colon));
    is_mail =
        is_mail || field == "received" || field == "mime-version" || field == "message-id" || field == "return-path";
  }
  return fields >= 3 && is_mail;
}

bool looks_like_csv(std::string_view head) {
  for (const char separator : {',', ';', '\t'}) {
    std::size_t lines = 0, columns = 0;
    bool is_even = true;
    const auto all = split(head, '\n');
    for (std::size_t i = 0; i + (head.size() < kHeadBytes ? 0 : 1) < all.size() && lines < 10; ++i) {
      if (trim(all[i]).empty()) continue;
      bool is_quoted = false;
      std::size_t count = 0;
      for (const char c : all[i]) {
        if (c == '"') is_quoted = !is_quoted;
        count += !is_quoted && c == separator ? 1 : 0;
      }
      if (lines++ == 0) columns = count;
      is_even = is_even && count == columns;
    }
    if (is_even && lines >= 3 && columns >= (separator == ',' ? 2U : 1U)) return true;
  }
  return false;
}

bool looks_like_markdown(std::string_view head) {
  int signs = 0;
  for (const std::string_view line : split(head, '\n')) {
    if (line.starts_with("# ") || line.starts_with("## ") || line.starts_with("### ") || line.starts_with("```"))
      signs += 2;
    if (line.starts_with("- ") || line.starts_with("* ") || line.starts_with("|") || line.contains("](http")) ++signs;
  }
  return signs >= 2;
}

FileType type_of_zip(std::string_view bytes) {
  // Names of members stand in the directory at the end, and beside each member.
  if (bytes.contains("word/document.xml")) return FileType::docx;
  if (bytes.contains("xl/workbook.xml")) return FileType::xlsx;
  if (bytes.contains("ppt/presentation.xml")) return FileType::pptx;
  if (bytes.substr(0, 200).contains("application/vnd.oasis.opendocument.text")) return FileType::odt;
  return FileType::unknown;
}

}  // namespace

std::string_view to_string(FileType type) {
  static constexpr std::array<std::string_view, 13> kNames{"text",          "markdown", "csv",    "html", "email",
                                                           "pdf",           "docx",     "xlsx",   "pptx", "odt",
                                                           "legacy_office", "rtf",      "unknown"};
  return kNames[static_cast<std::size_t>(type)];
}

FileType detect_type(std::string_view bytes, std::string_view name) {
  if (bytes.substr(0, 1024).contains("%PDF-")) return FileType::pdf;
  if (bytes.starts_with("PK\x03\x04")) return type_of_zip(bytes);
  if (bytes.starts_with("\xD0\xCF\x11\xE0")) return FileType::legacy_office;
  if (bytes.starts_with("{\\rtf")) return FileType::rtf;
  const bool is_utf16 = bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF");
  if (!is_utf16 && bytes.substr(0, kHeadBytes).contains('\0')) return FileType::unknown;
  // No character set has control characters in the middle of a text, nor in the second byte of a character.
  const std::string_view head = bytes.substr(0, kHeadBytes);
  const auto controls = std::ranges::count_if(head, [](char c) {
    return c >= 0 && c < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != '\x1B';
  });
  if (!is_utf16 && controls * 50 > static_cast<std::ptrdiff_t>(head.size())) return FileType::unknown;
  const std::string text = to_utf8(head);
  if (looks_like_html(to_lower(text))) return FileType::html;
  if (looks_like_email(text)) return FileType::email;
  if (has_name(name, ".md") || has_name(name, ".markdown")) return FileType::markdown;
  if (has_name(name, ".csv") || has_name(name, ".tsv")) return FileType::csv;
  if (looks_like_markdown(text)) return FileType::markdown;
  return looks_like_csv(text) ? FileType::csv : FileType::text;
}

}  // namespace offhook::knowledge::parse
