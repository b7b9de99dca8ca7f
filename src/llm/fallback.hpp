#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "async/circuit_breaker.hpp"
#include "async/retry_budget.hpp"
#include "llm/chat_model.hpp"

namespace offhook::llm {

/// One model of a chain with the breaker that it shares with other chains. The last resort has none: it is always
/// asked, and never beside another.
struct ChainLink {
  ChatModel* model = nullptr;
  CircuitBreaker* breaker = nullptr;
};

/// How long a caller waits.
struct ChainLimits {
  Duration first_words = std::chrono::milliseconds(4000);  ///< for the whole chain, to the first event that counts
  Duration first_token = std::chrono::milliseconds(2500);  ///< for one model, to its first sign of life
  Duration between_tokens = std::chrono::milliseconds(2500);
  Duration reserve = std::chrono::milliseconds(500);  ///< of first_words, kept for each model further down
  Duration hedge_after{};                             ///< ask the next provider as well after this; zero: never
};

/// What a chain did about a model.
enum class ChainStep {
  failed,   ///< it failed before its first words; the next one is asked
  skipped,  ///< its breaker is open
  hedged,   ///< it is slow; the next one is asked as well
  closed,   ///< it failed after its first words; a closing sentence ended the answer
};
[[nodiscard]] std::string_view to_string(ChainStep step);
using OnChainStep = std::function<void(ChainStep step, const ChatModel& model, const Trace& trace, const Error& error)>;

/// Parts of a chain that it shares with others; none of them is owned.
struct ChainParts {
  std::vector<ChainLink> links;  ///< at least one
  ChainLimits limits;
  RetryBudget* budget = nullptr;  ///< for second rounds and hedges; none without it
  OnChainStep on_step;
};

/// Asks the models in order until one gives its first event; what fails before that is never heard by the caller, nor
/// is an answer with nothing in it. When all have failed and time and budget are left, those that may do better go
/// round once more. A failure after the first words ends the answer with closing_text(). A request that a provider
/// finds invalid goes on too: the next may understand it. Errors: unavailable (with the log text and Retry-After of the
/// model that failed last), cancelled.
/// Each model's breaker opens on failures in a row, at once on wrong credentials, and for Retry-After when it says so.
[[nodiscard]] std::unique_ptr<ChatModel> make_fallback_model(ChainParts parts);

/// Chains by agent: `own` by the agent's name, else `common`. None of them is owned.
[[nodiscard]] std::unique_ptr<ChatModel> make_model_by_agent(ChatModel& common, std::map<std::string, ChatModel*> own);

}  // namespace offhook::llm
