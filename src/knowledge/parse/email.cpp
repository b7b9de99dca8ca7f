#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "crypto/encoding.hpp"
#include "knowledge/parse/parsers.hpp"

// Source: RFC 5322, RFC 2045 to 2047.

namespace offhook::knowledge::parse {
namespace {

constexpr int kMaxDepth = 10;

struct Entity {
  std::map<std::string, std::string> fields;  // the first of each name, in lower case
  std::string_view body;
};

Entity read_entity(std::string_view text) {
  Entity entity;
  std::string last;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) break;
    if ((line.front() == ' ' || line.front() == '\t') && !last.empty()) {
      entity.fields[last] += ' ' + std::string(trim(line));
      continue;
    }
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    last = to_lower(line.substr(0, colon));
    entity.fields.try_emplace(last, trim(line.substr(colon + 1)));
  }
  entity.body = text;
  return entity;
}

std::string from_quoted_printable(std::string_view text, bool is_header) {
  std::string bytes;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (is_header && text[at] == '_') {
      bytes += ' ';
    } else if (text[at] != '=') {
      bytes += text[at];
    } else if (text.substr(at + 1).starts_with("\r\n")) {
      at += 2;
    } else if (text.substr(at + 1).starts_with("\n")) {
      at += 1;
    } else if (const auto byte = crypto::from_hex(text.substr(at + 1, 2)); byte && byte->size() == 1) {
      bytes += *byte;
      at += 2;
    } else {
      bytes += '=';
    }
  }
  return bytes;
}

std::string from_loose_base64(std::string_view text) {
  std::string plain;
  std::ranges::copy_if(text, std::back_inserter(plain),
                       [](char c) { return c != '\r' && c != '\n' && c != ' ' && c != '\t'; });
  return crypto::from_base64(plain).value_or("");
}

/// "=?utf-8?Q?Gr=C3=BC=C3=9Fe?=" in a field.
std::string decode_field(std::string_view field) {
  std::string text;
  while (!field.empty()) {
    const std::size_t begin = field.find("=?");
    const std::size_t charset_end = begin == std::string_view::npos ? begin : field.find('?', begin + 2);
    const std::size_t end = charset_end == std::string_view::npos ? charset_end : field.find("?=", charset_end + 3);
    if (end == std::string_view::npos) return text + std::string(field);
    const std::string_view before = field.substr(0, begin);
    if (!trim(before).empty() || text.empty()) text += before;
    const std::string_view coded = field.substr(charset_end + 3, end - charset_end - 3);
    const bool is_base64 = field[charset_end + 1] == 'B' || field[charset_end + 1] == 'b';
    text += to_utf8(is_base64 ? from_loose_base64(coded) : from_quoted_printable(coded, true),
                    field.substr(begin + 2, charset_end - begin - 2));
    field.remove_prefix(end + 2);
  }
  return text;
}

/// "boundary" of `multipart/mixed; boundary="x"`.
std::string parameter(std::string_view field, std::string_view name) {
  for (const auto part : split(field, ';')) {
    const std::string_view pair = trim(part);
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos || !iequals(trim(pair.substr(0, equals)), name)) continue;
    std::string_view value = trim(pair.substr(equals + 1));
    if (value.size() >= 2 && value.starts_with('"') && value.ends_with('"')) value = value.substr(1, value.size() - 2);
    return std::string(value);
  }
  return {};
}

/// The text of a message: the plain alternative before the one in HTML; attachments are left out.
bool read_body(const Entity& entity, int depth, ParsedDocument& into) {
  const auto field = [&](const char* name) {
    const auto found = entity.fields.find(name);
    return found == entity.fields.end() ? std::string() : found->second;
  };
  const std::string type = field("content-type");
  const std::string kind = to_lower(trim(std::string_view(type).substr(0, type.find(';'))));
  if (kind.starts_with("multipart/") && depth < kMaxDepth) {
    const std::string boundary = "--" + parameter(type, "boundary");
    std::vector<Entity> parts;
    std::size_t at = entity.body.find(boundary);
    while (boundary.size() > 2 && at != std::string_view::npos) {
      at = entity.body.find('\n', at);
      if (at == std::string_view::npos) break;
      const std::size_t next = entity.body.find(boundary, at);
      parts.push_back(read_entity(entity.body.substr(at + 1, next == std::string_view::npos ? next : next - at - 1)));
      at = next;
      if (at != std::string_view::npos && entity.body.substr(at + boundary.size()).starts_with("--")) break;
    }
    bool has_any = false;
    for (const auto& part : parts) {
      if (has_any && kind == "multipart/alternative") break;
      has_any = read_body(part, depth + 1, into) || has_any;
    }
    return has_any;
  }
  if (to_lower(field("content-disposition")).starts_with("attachment")) return false;
  if (!kind.empty() && kind != "text/plain" && kind != "text/html") return false;
  const std::string encoding = to_lower(field("content-transfer-encoding"));
  std::string bytes = encoding == "base64"             ? from_loose_base64(entity.body)
                      : encoding == "quoted-printable" ? from_quoted_printable(entity.body, false)
                                                       : std::string(entity.body);
  const std::string text = to_utf8(bytes, parameter(type, "charset"));
  const ParsedDocument parsed = kind == "text/html" ? parse_html(text) : parse_text(text);
  into.blocks.insert(into.blocks.end(), parsed.blocks.begin(), parsed.blocks.end());
  return !parsed.blocks.empty();
}

}  // namespace

Result<ParsedDocument> parse_email(std::string_view bytes) {
  const Entity message = read_entity(bytes);
  ParsedDocument document;
  if (const auto subject = message.fields.find("subject"); subject != message.fields.end()) {
    document.title = one_line(decode_field(subject->second));
    if (!document.title.empty())
      document.blocks.push_back({.kind = BlockKind::heading, .level = 1, .text = document.title});
  }
  std::vector<std::string> head;
  for (const auto& [name, shown] : {std::pair("from", "From"), std::pair("date", "Date")}) {
    const auto found = message.fields.find(name);
    if (found != message.fields.end())
      head.push_back(std::string(shown) + ": " + one_line(decode_field(found->second)));
  }
  if (!head.empty()) document.blocks.push_back({.text = join(head, "; ") + "."});
  if (!read_body(message, 0, document)) {
    return refuse(ErrorKind::invalid_argument, "empty", "The message has no text in it.");
  }
  return document;
}

}  // namespace offhook::knowledge::parse
