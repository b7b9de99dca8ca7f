#pragma once

#include <utility>
#include <vector>

#include "agent/turn.hpp"
#include "privacy/card_filter.hpp"
#include "privacy/national_ids.hpp"
#include "privacy/pattern_filter.hpp"

namespace offhook::agent {

/// Stands before the sink of every turn, whatever the front: no card number leaves in an answer or in the arguments of
/// a tool call. National ids and configured patterns do not leave in words either. Words pass as they come; only what
/// may still become one of them waits (privacy::CardFilter, privacy::PatternFilter), over the agent's own tools too,
/// and at the latest until the turn ends or the platform is asked to run a tool.
class RedactingSink final : public AgentEventSink {
 public:
  /// `next` must outlive it.
  RedactingSink(AgentEventSink& next, privacy::Languages languages,
                std::vector<const privacy::HiddenPattern*> hidden_patterns = privacy::hidden_patterns())
      : next_(next),
        filter_(privacy::Wording::spoken, languages),
        hidden_(std::move(hidden_patterns)),
        languages_(languages) {}

  Result<void> take(AgentEvent event) override;
  Task<void> flush() override { return next_.flush(); }

 private:
  /// Lets go of what waited: nothing follows that could make it a card number.
  Result<void> release();

  AgentEventSink& next_;
  privacy::CardFilter filter_;
  privacy::PatternFilter hidden_;
  privacy::Languages languages_;
};

/// Takes card numbers out of what caller, assistant and tools have said so far, before a model reads it.
void redact_messages(std::vector<llm::Message>& messages);

}  // namespace offhook::agent
