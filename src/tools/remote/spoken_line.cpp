#include "tools/remote/spoken_line.hpp"

#include "base/text.hpp"

namespace offhook::tools::remote {
namespace {

/// "<b>", "</p>", "<br/>"; not "3 < 4".
std::size_t tag_length(std::string_view text) {
  if (text.size() < 3 || text.front() != '<') return 0;
  const char next = text[1];
  const bool opens = (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z') || next == '/' || next == '!';
  const auto end = text.find('>');
  return opens && end != std::string_view::npos ? end + 1 : 0;
}

}  // namespace

std::string spoken_line(std::string_view text, std::size_t max_bytes) {
  if (!is_valid_utf8(text)) return {};
  // Far more than can be spoken is not worth the walk.
  text = truncate_utf8(text, max_bytes * 8);
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (const std::size_t tag = tag_length(text.substr(at)); tag > 0) {
      plain.push_back(' ');
      at += tag - 1;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      plain.push_back(' ');
    } else if (c != '*' && c != '`' && c != '#' && c != '|') {
      plain.push_back(c);
    }
  }
  std::string line = one_line(plain);
  if (line.size() <= max_bytes) return line;
  std::string_view cut = truncate_utf8(line, max_bytes - 3);
  if (const auto space = cut.rfind(' '); space != std::string_view::npos && space > max_bytes / 2) {
    cut = cut.substr(0, space);
  }
  return std::string(cut) + "...";
}

}  // namespace offhook::tools::remote
