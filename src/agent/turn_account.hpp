#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "agent/turn.hpp"

namespace offhook::agent {

/// What a turn costs and where its time goes: counted while it runs, and told once, in the log and in the metrics,
/// however it ends. One loop.
class TurnAccount {
 public:
  /// All must outlive it. The turn begins now.
  TurnAccount(const AgentServices& services, const AgentDefinition& agent, const Trace& trace, const Clock& clock)
      : services_(services), agent_(agent), trace_(trace), clock_(clock), began_(clock.now()) {}

  void note_model_time(Duration span) { in_models_ += span; }
  void note_tools_time(Duration span) { in_tools_ += span; }
  void note_words(std::size_t bytes);
  /// `name`: "unknown" for a tool that nobody has.
  void note_tool(std::string_view name, std::string_view outcome, Duration took);
  /// Who writes the answer that has begun.
  void note_model(std::string_view name) { answered_by_ = name; }
  /// The end of one answer, which brought `text` and `calls`. Fills in what the provider did not count.
  void note_answer(llm::Finished& end, std::span<const llm::Message> conversation, std::string_view text,
                   std::span<const llm::ToolCall> calls);

  [[nodiscard]] bool has_spoken() const { return first_words_ != Instant{}; }
  [[nodiscard]] std::size_t said_bytes() const { return said_bytes_; }
  [[nodiscard]] const std::string& answered_by() const { return answered_by_; }

  /// The turn is answered: tells so and gives its last event. `conversation`: for an estimate where nobody counted.
  [[nodiscard]] TurnFinished close(llm::FinishReason reason, std::span<const llm::Message> conversation);
  /// It came to no answer (its caller has left, no model answered): tells so unless it is told. What a model wrote has
  /// its price all the same.
  void close_unanswered(std::string_view outcome, std::span<const llm::Message> conversation);

 private:
  [[nodiscard]] TurnFinished summary() const;
  void tell(const TurnFinished& end, std::string_view outcome);

  const AgentServices& services_;
  const AgentDefinition& agent_;
  const Trace& trace_;
  const Clock& clock_;
  const Instant began_;
  Instant first_words_{};
  Duration in_tools_{};
  Duration in_models_{};  // without what was queued_
  Duration queued_{};
  llm::Usage usage_;
  std::optional<double> cost_ = 0.0;  // nullopt: a model has no price
  std::string answered_by_;
  std::string outcomes_;  // of the tools
  int tools_ = 0;
  std::size_t said_bytes_ = 0;
  std::size_t uncounted_bytes_ = 0;  // of words that no answer's end has counted yet
  bool is_told_ = false;
};

}  // namespace offhook::agent
