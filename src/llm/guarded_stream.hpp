#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "llm/fallback.hpp"

namespace offhook::llm {

/// Tells a breaker of a failure, by its kind. What says nothing about the model (the caller left, the request is
/// invalid) leaves the breaker as it is.
void report_failure(CircuitBreaker::Permit& permit, const Error& error);

/// An answer that has begun, kept from breaking off: a model that fails or stalls from here on is followed by a
/// closing sentence and Finished.
class GuardedStream final : public ChatStream {
 public:
  struct Parts {
    ChatEvent first;
    std::unique_ptr<ChatStream> rest;
    CircuitBreaker::Permit permit;
    ChatModel* model = nullptr;
    Duration between_tokens{};
    std::string language;
    Trace trace;
    OnChainStep on_step;
  };
  explicit GuardedStream(Parts parts);
  ~GuardedStream() override;
  GuardedStream(const GuardedStream&) = delete;
  GuardedStream& operator=(const GuardedStream&) = delete;

  std::string_view model() const override { return parts_.rest->model(); }
  bool is_ready() const override { return end_ || first_ || parts_.rest->is_ready(); }
  Task<ChatEvent> next(Deadline by) override;

 private:
  void note(const ChatEvent& event);
  ChatEvent close(const Error& error, FinishReason reason);

  Parts parts_;
  std::optional<ChatEvent> first_;
  std::optional<Finished> end_;  // what follows the closing sentence
  std::string last_said_;        // the last piece of text that is not blank
  std::size_t said_bytes_ = 0;
  bool has_tool_calls_ = false;
};

}  // namespace offhook::llm
