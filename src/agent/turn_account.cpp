#include "agent/turn_account.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace offhook::agent {
namespace {

double seconds_of(Duration span) { return std::chrono::duration<double>(span).count(); }

int prompt_tokens_of(std::span<const llm::Message> conversation) {
  int tokens = 0;
  for (const auto& message : conversation) tokens += llm::estimate_tokens(message.content);
  return tokens;
}

/// As llm::estimate_tokens() counts.
int tokens_of(std::size_t bytes) { return static_cast<int>((bytes + 3) / 4); }

}  // namespace

void TurnAccount::note_words(std::size_t bytes) {
  if (!has_spoken()) first_words_ = clock_.now();
  said_bytes_ += bytes;
  uncounted_bytes_ += bytes;
}

void TurnAccount::note_tool(std::string_view name, std::string_view outcome, Duration took) {
  ++tools_;
  services_.metrics.count_tool_call(name, outcome, seconds_of(took));
  outcomes_.append(outcomes_.empty() ? "" : " ").append(name).append(":").append(outcome);
}

void TurnAccount::note_answer(llm::Finished& end, std::span<const llm::Message> conversation, std::string_view text,
                              std::span<const llm::ToolCall> calls) {
  if (!end.model.empty()) answered_by_ = end.model;
  uncounted_bytes_ = 0;
  // Who joined a shared answer late has not waited for all of it.
  const Duration queued = std::min(end.queued, in_models_);
  queued_ += queued;
  in_models_ -= queued;
  llm::Usage& usage = end.usage;
  if (usage.prompt_tokens == 0) {
    usage.prompt_tokens = prompt_tokens_of(conversation);
    usage.estimated = true;
  }
  if (usage.completion_tokens == 0) {
    usage.completion_tokens = llm::estimate_tokens(text);
    for (const auto& call : calls) usage.completion_tokens += llm::estimate_tokens(call.name + call.arguments);
    usage.estimated = true;
  }
  usage_.prompt_tokens += usage.prompt_tokens;
  usage_.completion_tokens += usage.completion_tokens;
  usage_.estimated = usage_.estimated || usage.estimated;
  if (end.is_copy) return;  // whoever had it written for them has paid
  const auto cost = services_.prices == nullptr ? std::nullopt : services_.prices->cost(answered_by_, usage);
  services_.metrics.count_tokens(answered_by_, usage.prompt_tokens, usage.completion_tokens, usage.estimated, cost);
  cost_ = cost_ && cost ? std::optional(*cost_ + *cost) : std::nullopt;
}

TurnFinished TurnAccount::close(llm::FinishReason reason, std::span<const llm::Message> conversation) {
  if (usage_.prompt_tokens == 0 && usage_.completion_tokens == 0) {
    usage_ = {.prompt_tokens = prompt_tokens_of(conversation),
              .completion_tokens = tokens_of(said_bytes_),
              .estimated = true};
  }
  TurnFinished end = summary();
  end.reason = reason;
  services_.metrics.count_turn(agent_.name, seconds_of(end.first_words));
  services_.metrics.count_turn_time(seconds_of(end.queue), seconds_of(end.model_time), seconds_of(end.tools),
                                    seconds_of(end.overhead()));
  tell(end, "answered");
  return end;
}

void TurnAccount::close_unanswered(std::string_view outcome, std::span<const llm::Message> conversation) {
  if (is_told_) return;
  if (uncounted_bytes_ > 0) {
    llm::Finished cut;
    cut.usage.completion_tokens = tokens_of(uncounted_bytes_);
    note_answer(cut, conversation, {}, {});
  }
  tell(summary(), outcome);
}

TurnFinished TurnAccount::summary() const {
  const Instant now = clock_.now();
  TurnFinished end{.usage = usage_, .model = answered_by_};
  end.first_words = (has_spoken() ? first_words_ : now) - began_;
  end.tools = in_tools_;
  end.model_time = in_models_;
  end.queue = queued_;
  end.cost_usd = cost_;
  end.took = now - began_;
  return end;
}

void TurnAccount::tell(const TurnFinished& end, std::string_view outcome) {
  is_told_ = true;
  // Hundredths are enough; more digits look like parts of numbers that must not stand in a log.
  const auto milliseconds = [](Duration span) {
    return std::round(std::chrono::duration<double, std::milli>(span).count() * 100) / 100;
  };
  const std::string cost = cost_ ? fmt::format("{:.6f}", *cost_) : "unknown";
  services_.log.info("turn", trace_,
                     {{"agent", agent_.name},
                      {"outcome", outcome},
                      {"model", answered_by_},
                      {"prompt_tokens", usage_.prompt_tokens},
                      {"completion_tokens", usage_.completion_tokens},
                      {"tokens_estimated", usage_.estimated},
                      {"cost_usd", cost},
                      {"tools", tools_},
                      {"tool_outcomes", outcomes_},
                      {"queue_ms", milliseconds(end.queue)},
                      {"first_words_ms", milliseconds(end.first_words)},
                      {"model_ms", milliseconds(end.model_time)},
                      {"tools_ms", milliseconds(end.tools)},
                      {"overhead_ms", milliseconds(end.overhead())},
                      {"took_ms", milliseconds(end.took)}});
}

}  // namespace offhook::agent
