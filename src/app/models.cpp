#include "app/models.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"
#include "llm/bounded_model.hpp"
#include "llm/providers/anthropic.hpp"
#include "llm/providers/bedrock.hpp"
#include "llm/providers/gemini.hpp"
#include "llm/providers/openai.hpp"

namespace offhook::app {
namespace {

bool has_aws_credentials(const config::Settings& settings) {
  return !settings.aws_access_key_id.empty() && !settings.aws_secret_access_key.empty() &&
         (!settings.aws_region.empty() || !settings.bedrock_base_url.empty());
}

template <class Options>
Options with_model(Options options, std::string_view model, const config::Settings& settings) {
  if (!model.empty()) options.model = model;
  // The chain keeps the time of answers; connecting is the provider's own.
  options.patience = {.connect = std::chrono::milliseconds(settings.llm_connect_ms),
                      .first_token = Duration::zero(),
                      .between_tokens = Duration::zero()};
  return options;
}

void set_url(std::string& url, const std::string& wanted) {
  if (!wanted.empty()) url = wanted;
}

/// A provider's model, "" being its default; null for a name that is none.
std::unique_ptr<llm::ChatModel> make_provider(const config::Settings& settings, net::HttpClient& client,
                                              std::string_view provider, std::string_view model) {
  if (provider == "openai") {
    llm::OpenAiOptions options{.api_key = settings.openai_api_key, .model = settings.openai_model};
    set_url(options.base_url, settings.openai_base_url);
    return llm::make_openai_model(client, with_model(std::move(options), model, settings));
  }
  if (provider == "bedrock") {
    llm::BedrockOptions options{.base_url = settings.bedrock_base_url,
                                .bearer_token = settings.aws_bearer_token_bedrock,
                                .credentials = {.access_key_id = settings.aws_access_key_id,
                                                .secret_access_key = settings.aws_secret_access_key,
                                                .session_token = settings.aws_session_token}};
    set_url(options.region, settings.aws_region);
    return llm::make_bedrock_model(client, with_model(std::move(options), model, settings));
  }
  if (provider == "anthropic") {
    llm::AnthropicOptions options{.api_key = settings.anthropic_api_key};
    set_url(options.base_url, settings.anthropic_base_url);
    return llm::make_anthropic_model(client, with_model(std::move(options), model, settings));
  }
  if (provider == "gemini") {
    llm::GeminiOptions options{.api_key = settings.gemini_api_key};
    set_url(options.base_url, settings.gemini_base_url);
    return llm::make_gemini_model(client, with_model(std::move(options), model, settings));
  }
  return nullptr;
}

llm::ChainLimits limits_of(const config::Settings& settings) {
  using std::chrono::milliseconds;
  llm::ChainLimits limits{.first_words = milliseconds(settings.first_words_ms),
                          .first_token = milliseconds(settings.llm_first_token_ms),
                          .between_tokens = milliseconds(settings.llm_between_tokens_ms),
                          .hedge_after = milliseconds(settings.llm_hedge_ms)};
  // A short turn has less to keep back.
  limits.reserve = std::min<Duration>(limits.reserve, limits.first_words / 8);
  return limits;
}

}  // namespace

Result<llm::PriceTable> prices_of(const config::Settings& settings) {
  auto prices = llm::PriceTable::parse(settings.llm_prices);
  if (!prices) {
    return fail(ErrorKind::invalid_argument, fmt::format("OFFHOOK_LLM_PRICES: {}", prices.error().message()));
  }
  return prices;
}

Result<std::vector<privacy::HiddenPattern>> hidden_patterns_of(const config::Settings& settings) {
  std::vector<privacy::HiddenPattern> patterns;
  std::string_view rest = trim(settings.hidden_patterns);
  while (!rest.empty()) {
    const auto end = rest.find(";;");
    const auto text = trim(rest.substr(0, end));
    rest = end == std::string_view::npos ? std::string_view() : trim(rest.substr(end + 2));
    if (text.empty()) continue;
    auto pattern = privacy::TextPattern::parse(text);
    if (!pattern) {
      return fail(ErrorKind::invalid_argument,
                  fmt::format("OFFHOOK_HIDDEN_PATTERNS: the pattern '{}': {}", text, pattern.error().message()));
    }
    patterns.push_back({.name = std::string(text), .pattern = std::move(*pattern)});
  }
  return patterns;
}

std::vector<ProviderState> providers_of(const config::Settings& settings) {
  return {{"openai", !settings.openai_api_key.empty() || !settings.openai_base_url.empty(),
           "OPENAI_API_KEY or OPENAI_BASE_URL"},
          {"bedrock", !settings.aws_bearer_token_bedrock.empty() || has_aws_credentials(settings),
           "AWS_BEARER_TOKEN_BEDROCK, or AWS_REGION with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"},
          {"anthropic", !settings.anthropic_api_key.empty(), "ANTHROPIC_API_KEY"},
          {"gemini", !settings.gemini_api_key.empty(), "GEMINI_API_KEY"}};
}

std::vector<std::string> common_chain(const config::Settings& settings) {
  std::vector<std::string> names;
  if (!settings.llm_chain.empty()) {
    for (const auto part : split(settings.llm_chain, ',')) names.emplace_back(trim(part));
    return names;
  }
  for (const auto& provider : providers_of(settings)) {
    if (provider.is_configured) names.emplace_back(provider.name);
  }
  names.emplace_back("brain");
  return names;
}

Result<std::unique_ptr<Models>> Models::create(const config::Settings& settings, const Library& library,
                                               net::HttpClient& client, const Clock& clock, obs::Log& log) {
  std::unique_ptr<Models> models(new Models(clock, log));
  auto links = models->make_links(settings, library, client, common_chain(settings), "OFFHOOK_LLM");
  if (!links) return fail(links);
  models->common_links_ = *links;
  auto common = models->make_chain(settings, std::move(*links));
  std::map<std::string, llm::ChatModel*> own;
  for (const auto& agent : library.agents.all()) {
    if (agent.llm.empty()) continue;
    auto chosen = models->make_links(settings, library, client, agent.llm, "agent '" + agent.name + "', llm");
    if (!chosen) return fail(chosen);
    models->chains_.push_back(models->make_chain(settings, std::move(*chosen)));
    own[agent.name] = models->chains_.back().get();
  }
  models->chains_.push_back(std::move(common));
  models->by_agent_ = llm::make_model_by_agent(*models->chains_.back(), std::move(own));
  return models;
}

Result<llm::ChainLink> Models::find_or_make(const config::Settings& settings, const Library& library,
                                            net::HttpClient& client, std::string_view name) {
  if (name == "brain") {
    // It does not look at stop texts and lengths itself.
    Member& member = members_["brain"];
    if (!member.model) member.model = llm::make_bounded_model(*library.brain);
    return llm::ChainLink{.model = member.model.get()};
  }
  if (const auto found = members_.find(name); found != members_.end()) {
    return llm::ChainLink{.model = found->second.model.get(), .breaker = found->second.breaker.get()};
  }
  const auto colon = std::min(name.find(':'), name.size());
  const std::string_view provider = name.substr(0, colon);
  const std::string_view model = colon < name.size() ? name.substr(colon + 1) : std::string_view{};
  for (const auto& known : providers_of(settings)) {
    if (known.name == provider && !known.is_configured) {
      return fail(ErrorKind::invalid_argument, fmt::format("'{}' is not configured: set {}", provider, known.needs));
    }
  }
  Member member{.model = make_provider(settings, client, provider, model),
                .breaker = std::make_unique<CircuitBreaker>(clock_, CircuitBreaker::Options{})};
  if (member.model == nullptr) {
    return fail(ErrorKind::invalid_argument,
                fmt::format("there is no model '{}'; known are brain, and openai, bedrock, anthropic and gemini, each "
                            "also with :MODEL",
                            name));
  }
  const auto& made = members_.emplace(name, std::move(member)).first->second;
  return llm::ChainLink{.model = made.model.get(), .breaker = made.breaker.get()};
}

Result<std::vector<llm::ChainLink>> Models::make_links(const config::Settings& settings, const Library& library,
                                                       net::HttpClient& client, const std::vector<std::string>& names,
                                                       std::string_view source) {
  std::vector<llm::ChainLink> links;
  for (const auto& name : names) {
    auto link = find_or_make(settings, library, client, name);
    if (!link) {
      return fail(ErrorKind::invalid_argument, fmt::format("{}: {}", source, link.error().message()));
    }
    links.push_back(*link);
  }
  return links;
}

llm::ChatModel* Models::find(std::string_view name) const {
  const auto found = members_.find(name);
  return found == members_.end() ? nullptr : found->second.model.get();
}

std::unique_ptr<llm::ChatModel> Models::make_chain(const config::Settings& settings,
                                                   std::vector<llm::ChainLink> links) {
  return llm::make_fallback_model(
      {.links = std::move(links),
       .limits = limits_of(settings),
       .budget = &budget_,
       .on_step = [this](llm::ChainStep step, const llm::ChatModel& model, const Trace& trace, const Error& error) {
         const auto level = step == llm::ChainStep::skipped ? obs::Level::info : obs::Level::warning;
         log_.write(level, "model fell back", trace,
                    {{"model", model.name()},
                     {"step", llm::to_string(step)},
                     {"kind", to_string(error.kind)},
                     {"detail", error.log_text()}});
       }});
}

}  // namespace offhook::app
