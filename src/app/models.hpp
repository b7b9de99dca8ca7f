#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/library.hpp"
#include "async/circuit_breaker.hpp"
#include "async/retry_budget.hpp"
#include "config/settings.hpp"
#include "llm/fallback.hpp"
#include "llm/prices.hpp"
#include "net/http_client.hpp"
#include "obs/log.hpp"
#include "privacy/pattern_filter.hpp"

namespace offhook::app {

/// A provider of chat models as the settings have it.
struct ProviderState {
  std::string_view name;  ///< as in OFFHOOK_LLM
  bool is_configured = false;
  std::string_view needs;  ///< the settings that would configure it
};
/// openai, bedrock, anthropic, gemini, in the order in which an unset OFFHOOK_LLM asks them.
[[nodiscard]] std::vector<ProviderState> providers_of(const config::Settings& settings);

/// The names of the common chain: OFFHOOK_LLM, else every configured provider and the brain.
[[nodiscard]] std::vector<std::string> common_chain(const config::Settings& settings);

/// What models cost, and what no answer may hold. Errors: invalid_argument with the setting and what is wrong.
[[nodiscard]] Result<llm::PriceTable> prices_of(const config::Settings& settings);
[[nodiscard]] Result<std::vector<privacy::HiddenPattern>> hidden_patterns_of(const config::Settings& settings);

/// The chat models that the settings and the agents name, in their chains. A model that stands in several chains is
/// one object with one circuit breaker. Thread-safe once built.
class Models {
 public:
  /// What is given must outlive it. Errors: invalid_argument with the setting or agent and what is wrong.
  [[nodiscard]] static Result<std::unique_ptr<Models>> create(const config::Settings& settings, const Library& library,
                                                              net::HttpClient& client, const Clock& clock,
                                                              obs::Log& log);
  Models(const Models&) = delete;
  Models& operator=(const Models&) = delete;

  /// Answers by the asking agent's chain.
  [[nodiscard]] llm::ChatModel& model() const { return *by_agent_; }
  /// The common chain's models, in order, for asking each by itself.
  [[nodiscard]] const std::vector<llm::ChainLink>& links() const { return common_links_; }
  /// A model by its name in a chain, such as "openai:gpt-4o-mini"; null when no chain has it.
  [[nodiscard]] llm::ChatModel* find(std::string_view name) const;

 private:
  struct Member {
    std::unique_ptr<llm::ChatModel> model;
    std::unique_ptr<CircuitBreaker> breaker;
  };
  Models(const Clock& clock, obs::Log& log) : clock_(clock), log_(log) {}
  Result<llm::ChainLink> find_or_make(const config::Settings& settings, const Library& library, net::HttpClient& client,
                                      std::string_view name);
  Result<std::vector<llm::ChainLink>> make_links(const config::Settings& settings, const Library& library,
                                                 net::HttpClient& client, const std::vector<std::string>& names,
                                                 std::string_view source);
  std::unique_ptr<llm::ChatModel> make_chain(const config::Settings& settings, std::vector<llm::ChainLink> links);

  const Clock& clock_;
  obs::Log& log_;
  RetryBudget budget_;
  std::map<std::string, Member, std::less<>> members_;  // by the name in the chain
  std::vector<llm::ChainLink> common_links_;
  std::vector<std::unique_ptr<llm::ChatModel>> chains_;
  std::unique_ptr<llm::ChatModel> by_agent_;
};

}  // namespace offhook::app
