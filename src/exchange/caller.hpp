#pragma once

#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"

namespace offhook::exchange {

/// The person at the other end of a call.
class Caller {
 public:
  virtual ~Caller() = default;
  /// What they say next, having heard `heard`; nullopt: they hang up.
  virtual std::optional<std::string> next_line(const std::string& heard) = 0;
};

/// A caller who reads lines off a list and hangs up after the last.
class ListCaller final : public Caller {
 public:
  explicit ListCaller(std::vector<std::string> lines) : lines_(lines.begin(), lines.end()) {}
  std::optional<std::string> next_line(const std::string&) override {
    if (lines_.empty()) return std::nullopt;
    std::string line = std::move(lines_.front());
    lines_.pop_front();
    return line;
  }

 private:
  std::deque<std::string> lines_;
};

/// A tool that the platform ran by asking our webhook.
struct PlatformTool {
  std::string name;
  std::string arguments;  ///< JSON text
  std::string result;     ///< the sentence that came back
};

/// One utterance of a call, as it was heard.
struct HeardTurn {
  bool is_caller = false;
  std::string text;
  Duration at{};  ///< since the call was answered
  std::vector<PlatformTool> platform_tools;
  std::optional<Duration> first_token;  ///< from the end of the caller's words
  std::optional<Duration> first_audio;  ///< likewise; absent when the call has no sound
};

/// Hears a call as it goes on. Called on the call's loop; must not keep references.
class CallObserver {
 public:
  virtual ~CallObserver() = default;
  virtual void on_turn(const HeardTurn& turn) = 0;
};

}  // namespace offhook::exchange
