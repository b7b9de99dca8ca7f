#include "app/printing.hpp"

#include <unistd.h>

#include <cstdlib>

#include <fmt/format.h>

#include "base/text.hpp"

namespace offhook::app {
namespace {

constexpr std::size_t kTextColumns = 78;

std::string clock_text(std::int64_t ms) {
  return fmt::format("{}:{:02}.{}", ms / 60'000, ms / 1000 % 60, ms / 100 % 10);
}

/// Breaks a text into lines of at most `columns`, between words.
std::vector<std::string> wrapped(std::string_view text, std::size_t columns) {
  std::vector<std::string> lines(1);
  for (const auto word : split(text, ' ')) {
    if (!lines.back().empty() && lines.back().size() + 1 + word.size() > columns) lines.emplace_back();
    if (!lines.back().empty()) lines.back().push_back(' ');
    lines.back().append(word);
  }
  return lines;
}

}  // namespace

Printer::Printer(std::FILE* out)
    : out_(out), has_colour_(isatty(fileno(out)) == 1 && std::getenv("NO_COLOR") == nullptr) {}

std::string Printer::painted(std::string_view text, std::string_view code) const {
  if (!has_colour_) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

void Printer::line(std::string_view text) {
  fmt::print(out_, "{}\n", text);
  std::fflush(out_);
}
void Printer::heading(std::string_view text) { line(painted(text, "1")); }
void Printer::good(std::string_view text) { line(painted("✓ ", "32") + std::string(text)); }
void Printer::bad(std::string_view text) { line(painted("✗ " + std::string(text), "31")); }
void Printer::faint(std::string_view text) { line(painted(text, "2")); }

void Printer::turn(const lab::PlayedTurn& turn, std::string_view agent) {
  const std::string who = fmt::format("{:>8}  {:<8}", clock_text(turn.at_ms), turn.is_caller ? "caller" : agent);
  bool is_first = true;
  for (const auto& text : wrapped(turn.text, kTextColumns)) {
    line((is_first ? painted(who, turn.is_caller ? "36" : "33") : std::string(who.size(), ' ')) + "  " + text);
    is_first = false;
  }
  if (turn.is_caller || (!turn.first_token_ms && turn.tools.empty())) return;
  std::string notes;
  if (!turn.tools.empty()) notes = "tools: " + join(turn.tools, ", ");
  if (turn.first_token_ms)
    notes += fmt::format("{}first token {:.1f} ms", notes.empty() ? "" : " · ", *turn.first_token_ms);
  if (turn.first_audio_ms) notes += fmt::format(" · first audio {:.1f} ms", *turn.first_audio_ms);
  faint(std::string(who.size() + 2, ' ') + notes);
}

void Printer::tool(std::string_view name, std::string_view arguments, std::string_view result, bool by_platform) {
  faint(fmt::format("{:>20}{} {} {} → {}", "", by_platform ? "☎" : "⚙", name, arguments, result));
}

}  // namespace offhook::app
