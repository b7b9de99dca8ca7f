#include <cctype>
#include <cstdint>

#include "base/text.hpp"
#include "speech/speakable.hpp"

namespace offhook::speech {

namespace {

/// Length of the heading, quote or list mark that a line begins with.
std::size_t line_mark(std::string_view line) {
  std::size_t end = 0;
  while (end < line.size() && line[end] == '#') ++end;
  if (end == 0 && !line.empty() && (line[0] == '-' || line[0] == '*' || line[0] == '+' || line[0] == '>')) end = 1;
  return end > 0 && end < line.size() && line[end] == ' ' ? end + 1 : 0;
}

bool is_rule(std::string_view line) {
  return line.size() >= 3 && line.find_first_not_of("-*_= ") == std::string_view::npos;
}

/// The link "[text](url)" or "![text](url)" at the start of `rest`: its length, or 0; gives the text.
std::size_t match_link(std::string_view rest, std::string_view& text) {
  const std::size_t open = rest.starts_with("![") ? 2 : 1;
  if (!rest.starts_with("[") && open == 1) return 0;
  const std::size_t middle = rest.find("](", open);
  if (middle == std::string_view::npos) return 0;
  const std::size_t close = rest.find(')', middle);
  if (close == std::string_view::npos) return 0;
  text = rest.substr(open, middle - open);
  return close + 1;
}

/// Bytes of the emoji, or of a mark that modifies one, at the start of `rest`; 0 when there is none.
std::size_t match_emoji(std::string_view rest) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(rest[i]); };
  // U+1F000 to U+1FAFF are the pictures and flags.
  if (rest.size() >= 4 && byte(0) == 0xF0 && byte(1) == 0x9F) return 4;
  if (rest.size() < 3) return 0;
  // U+2600 to U+27BF: the older signs, check marks and stars.
  if (byte(0) == 0xE2 && byte(1) >= 0x98 && byte(1) <= 0x9E) return 3;
  // U+FE0F makes a sign a picture, U+200D joins pictures.
  if (rest.starts_with("\xEF\xB8\x8F") || rest.starts_with("\xE2\x80\x8D")) return 3;
  return 0;
}

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

/// Stars and underscores are emphasis where they touch a word from outside: not in "3 * 4", not in "a_b".
bool is_emphasis(std::string_view line, std::size_t at) {
  const char mark = line[at];
  if (mark != '*' && mark != '_') return false;
  const bool open_left = at == 0 || line[at - 1] == ' ' || line[at - 1] == mark;
  const bool open_right = at + 1 >= line.size() || line[at + 1] == ' ' || line[at + 1] == mark;
  if (mark == '*')
    return !(open_left && open_right) || line.substr(at).starts_with("**") || (at > 0 && line[at - 1] == '*');
  return !(at > 0 && is_word(line[at - 1]) && at + 1 < line.size() && is_word(line[at + 1]));
}

std::string strip_line(std::string_view line) {
  std::string out;
  for (std::size_t i = 0; i < line.size();) {
    const auto rest = line.substr(i);
    std::string_view text;
    if (const std::size_t length = match_link(rest, text); length > 0) {
      out += strip_line(text);
      i += length;
    } else if (const std::size_t emoji = match_emoji(rest); emoji > 0) {
      i += emoji;
    } else if (line[i] == '`' || is_emphasis(line, i)) {
      ++i;
    } else {
      out += line[i++];
    }
  }
  return out;
}

}  // namespace

std::string strip_markdown(std::string_view text) {
  std::string out;
  for (const auto whole_line : split(text, '\n')) {
    auto line = trim(whole_line);
    if (line.starts_with("```")) continue;  // the fence, perhaps with a language
    if (is_rule(line)) continue;
    line.remove_prefix(line_mark(line));
    const auto stripped = strip_line(line);
    const auto spoken = trim(stripped);
    if (spoken.empty()) continue;
    if (!out.empty()) {
      // A list's lines have no full stops, but are read with pauses.
      if (is_word(out.back())) out += '.';
      out += ' ';
    }
    out += spoken;
  }
  return one_line(out);
}

}  // namespace offhook::speech
