#include "http/part_head.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "http/message.hpp"

namespace offhook::http {
namespace {

std::unexpected<Error> wrong(std::string_view what) {
  return fail(ErrorKind::invalid_argument, "Invalid request: " + std::string(what));
}

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return c > ' ' && c < '\x7f' && std::string_view("()<>@,;:\\\"/[]?={}").find(c) == std::string_view::npos;
  });
}

/// "value; name=value; name="value"": names in lower case.
struct Parameters {
  std::string value;
  std::vector<std::pair<std::string, std::string>> list;

  [[nodiscard]] const std::string* find(std::string_view name) const {
    const auto found = std::ranges::find(list, name, &std::pair<std::string, std::string>::first);
    return found == list.end() ? nullptr : &found->second;
  }
};

/// Takes a quoted text, whose first quote has been taken; nullopt when it has no end.
std::optional<std::string> take_quoted(std::string_view& rest) {
  std::string text;
  for (std::size_t i = 0; i < rest.size(); ++i) {
    const bool is_escape = rest[i] == '\\' && i + 1 < rest.size() && (rest[i + 1] == '"' || rest[i + 1] == '\\');
    if (rest[i] == '"') {
      rest.remove_prefix(i + 1);
      return text;
    }
    if (is_escape) ++i;
    text.push_back(rest[i]);
  }
  return std::nullopt;
}

Result<Parameters> parse_parameters(std::string_view text) {
  Parameters parsed;
  std::size_t end = text.find(';');
  parsed.value = to_lower(trim(text.substr(0, end)));
  while (end != std::string_view::npos) {
    text = trim(text.substr(end + 1));
    if (text.empty()) break;  // a semicolon at the end
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) return wrong("a parameter of a header has no value");
    std::string name = to_lower(trim(text.substr(0, equals)));
    if (!is_token(name)) return wrong("a parameter of a header has no proper name");
    if (parsed.find(name) != nullptr) return wrong("a header names '" + name + "' twice");
    text = trim(text.substr(equals + 1));
    std::string value;
    if (text.starts_with('"')) {
      text.remove_prefix(1);
      auto quoted = take_quoted(text);
      if (!quoted) return wrong("a quoted text in a header has no end");
      value = std::move(*quoted);
      text = trim(text);
      if (!text.empty() && text.front() != ';') return wrong("a quoted text in a header is followed by more");
      end = text.empty() ? std::string_view::npos : 0;
    } else {
      end = text.find(';');
      value = trim(text.substr(0, end));
    }
    parsed.list.emplace_back(std::move(name), std::move(value));
  }
  return parsed;
}

std::string utf8_of_latin1(std::string_view text) {
  std::string utf8;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      utf8.push_back(c);
    } else {
      utf8.push_back(static_cast<char>(0xC0 | (byte >> 6)));
      utf8.push_back(static_cast<char>(0x80 | (byte & 0x3F)));
    }
  }
  return utf8;
}

/// charset'language'percent-encoded; nullopt when it is not that.
std::optional<std::string> decode_extended(std::string_view text) {
  const std::size_t first = text.find('\'');
  const std::size_t second = first == std::string_view::npos ? first : text.find('\'', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  auto decoded = percent_decode(text.substr(second + 1), false);
  if (!decoded) return std::nullopt;
  const std::string charset = to_lower(text.substr(0, first));
  if (charset == "iso-8859-1") return utf8_of_latin1(*decoded);
  if (charset != "utf-8" || !is_valid_utf8(*decoded)) return std::nullopt;
  return decoded;
}

/// What is left of a file's name when nobody can take it for a path or for a line of a log.
std::string harmless(std::string_view name) {
  const std::size_t slash = name.find_last_of("/\\");
  if (slash != std::string_view::npos) name.remove_prefix(slash + 1);
  std::string kept;
  for (const char c : name) {
    if (static_cast<unsigned char>(c) >= ' ' && c != '\x7f') kept.push_back(c);
  }
  return kept == "." || kept == ".." ? std::string() : kept;
}

Result<void> read_disposition(std::string_view text, PartHead& head) {
  auto parsed = parse_parameters(text);
  if (!parsed) return fail(parsed);
  if (parsed->value != "form-data") return wrong("a part's Content-Disposition is not form-data");
  const auto* name = parsed->find("name");
  if (name == nullptr) return wrong("a part of the form has no name");
  head.name = *name;
  if (const auto* filename = parsed->find("filename")) head.filename = harmless(*filename);
  if (const auto* extended = parsed->find("filename*")) {
    auto decoded = decode_extended(*extended);
    if (!decoded) return wrong("a part's filename* is not UTF-8''… with percent-encoding");
    head.filename = harmless(*decoded);
  }
  return {};
}

}  // namespace

Result<PartHead> parse_part_head(std::string_view lines) {
  PartHead head;
  bool has_disposition = false;
  while (!lines.empty()) {
    const std::size_t end = lines.find("\r\n");
    const std::string_view line = lines.substr(0, end);
    lines.remove_prefix(end == std::string_view::npos ? lines.size() : end + 2);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon)) ||
        line.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos) {
      return wrong("a part of the form has a header line that is none");
    }
    const std::string field = to_lower(line.substr(0, colon));
    const std::string_view value = trim(line.substr(colon + 1));
    if (field == "content-disposition") {
      if (std::exchange(has_disposition, true)) return wrong("a part has two Content-Dispositions");
      if (auto read = read_disposition(value, head); !read) return fail(read);
    } else if (field == "content-type" && !value.empty()) {
      head.content_type = value;
    } else if (field == "content-transfer-encoding") {
      // RFC 7578, section 4.7: nobody sends it; one that changes the bytes would be taken for the bytes themselves.
      const std::string encoding = to_lower(value);
      if (encoding != "7bit" && encoding != "8bit" && encoding != "binary")
        return wrong("a part has a Content-Transfer-Encoding, which forms do not have");
    }
  }
  if (!has_disposition) return wrong("a part of the form has no Content-Disposition");
  return head;
}

Result<std::string> boundary_of(std::string_view content_type) {
  auto parsed = parse_parameters(content_type);
  if (!parsed || parsed->value != "multipart/form-data")
    return fail(ErrorKind::unsupported_media, "Content-Type must be multipart/form-data with a boundary");
  const auto* boundary = parsed->find("boundary");
  if (boundary == nullptr) return wrong("the Content-Type multipart/form-data has no boundary");
  const bool is_allowed = std::ranges::all_of(*boundary, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("'()+_,-./:=? ").find(c) != std::string_view::npos;
  });
  if (!is_allowed || boundary->empty() || boundary->size() > 70 || boundary->back() == ' ')
    return wrong("the boundary must be 1 to 70 of the characters of RFC 2046");
  return *boundary;
}

}  // namespace offhook::http
