#include "store/sql/placeholders.hpp"

namespace offhook::sql {
namespace {

bool is_name_part(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         (static_cast<unsigned char>(c) & 0x80U) != 0;
}

/// The end of what starts at `from` and ends with `closing`; the end of the text when nothing closes it.
std::size_t after(std::string_view sql, std::size_t from, std::string_view closing) {
  const auto end = sql.find(closing, from);
  return end == std::string_view::npos ? sql.size() : end + closing.size();
}

/// Block comments nest.
std::size_t after_block_comment(std::string_view sql, std::size_t start) {
  std::size_t at = start + 2;
  for (int depth = 1; depth > 0 && at < sql.size();) {
    if (sql.substr(at).starts_with("/*")) {
      ++depth;
      at += 2;
    } else if (sql.substr(at).starts_with("*/")) {
      --depth;
      at += 2;
    } else {
      ++at;
    }
  }
  return at;
}

/// The length of the $tag$ at `start`, or 0 when there is none: $1 is a parameter, a$b a name.
std::size_t dollar_tag(std::string_view sql, std::size_t start) {
  if (start > 0 && is_name_part(sql[start - 1])) return 0;
  std::size_t at = start + 1;
  if (at < sql.size() && sql[at] >= '0' && sql[at] <= '9') return 0;
  while (at < sql.size() && is_name_part(sql[at])) ++at;
  return at < sql.size() && sql[at] == '$' ? at + 1 - start : 0;
}

/// The end of the quoted text or comment that starts at `start`; `start` itself when none does.
std::size_t after_verbatim(std::string_view sql, std::size_t start) {
  const std::string_view rest = sql.substr(start);
  // A doubled quote ends one text and starts the next: the same result.
  if (rest.front() == '\'') return after(sql, start + 1, "'");
  if (rest.front() == '"') return after(sql, start + 1, "\"");
  if (rest.starts_with("--")) return after(sql, start + 2, "\n");
  if (rest.starts_with("/*")) return after_block_comment(sql, start);
  if (rest.front() == '$') {
    const std::size_t tag = dollar_tag(sql, start);
    if (tag > 0) return after(sql, start + tag, sql.substr(start, tag));
  }
  return start;
}

}  // namespace

NumberedSql number_placeholders(std::string_view sql) {
  NumberedSql numbered;
  numbered.text.reserve(sql.size() + 16);
  for (std::size_t at = 0; at < sql.size();) {
    if (sql[at] == '?') {
      numbered.text.append("$").append(std::to_string(++numbered.parameters));
      ++at;
      continue;
    }
    const std::size_t end = after_verbatim(sql, at);
    const std::size_t length = end > at ? end - at : 1;
    numbered.text.append(sql.substr(at, length));
    at += length;
  }
  return numbered;
}

}  // namespace offhook::sql
