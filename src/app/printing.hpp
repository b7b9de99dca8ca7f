#pragma once

#include <cstdio>
#include <string>
#include <string_view>

#include "lab/lab.hpp"

namespace offhook::app {

/// What people read on a terminal. Colours only when a terminal shows them (and NO_COLOR is not set).
class Printer {
 public:
  explicit Printer(std::FILE* out);

  void line(std::string_view text = {});
  void heading(std::string_view text);
  void good(std::string_view text);
  void bad(std::string_view text);
  void faint(std::string_view text);
  /// One utterance: when, who, what was said, and for answers the tools and how long they took.
  void turn(const lab::PlayedTurn& turn, std::string_view agent);
  /// A tool call under an answer.
  void tool(std::string_view name, std::string_view arguments, std::string_view result, bool by_platform);

 private:
  [[nodiscard]] std::string painted(std::string_view text, std::string_view code) const;
  std::FILE* out_;
  bool has_colour_;
};

}  // namespace offhook::app
