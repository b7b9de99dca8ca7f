#include "app/models.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace offhook::app {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

config::Settings with_everything() {
  config::Settings settings;
  settings.openai_api_key = Secret("sk-openai");
  settings.anthropic_api_key = Secret("sk-anthropic");
  settings.gemini_api_key = Secret("key-gemini");
  settings.aws_region = "eu-west-1";
  settings.aws_access_key_id = "AKIDEXAMPLE";
  settings.aws_secret_access_key = Secret("secret");
  return settings;
}

struct World {
  RealClock clock;
  obs::Log log{clock, obs::Level::off, obs::Log::Format::key_value};
  std::unique_ptr<net::HttpClient> client = net::make_curl_client();
  Library library = std::move(Library::load().value());
  Result<std::unique_ptr<Models>> models(const config::Settings& settings) {
    return Models::create(settings, library, *client, clock, log);
  }
};

std::vector<std::string> names_of(const Models& models) {
  std::vector<std::string> names;
  for (const auto& link : models.links()) names.emplace_back(link.model->name());
  return names;
}

TEST(Models, AnUnsetChainIsEveryConfiguredProviderAndThenTheBrain) {
  EXPECT_THAT(common_chain({}), ElementsAre("brain"));
  EXPECT_THAT(common_chain(with_everything()), ElementsAre("openai", "bedrock", "anthropic", "gemini", "brain"));
  config::Settings server_alone;
  server_alone.openai_base_url = "http://127.0.0.1:8080/v1";
  EXPECT_THAT(common_chain(server_alone), ElementsAre("openai", "brain"));
  config::Settings keys_without_region = with_everything();
  keys_without_region.aws_region.clear();
  EXPECT_THAT(common_chain(keys_without_region), ElementsAre("openai", "anthropic", "gemini", "brain"));
}

TEST(Models, AChainNamesProvidersWithTheirModels) {
  World world;
  config::Settings settings = with_everything();
  settings.llm_chain = "bedrock:amazon.nova-lite-v1:0, gemini ,brain";
  const auto models = world.models(settings);
  ASSERT_TRUE(models) << models.error().message();
  EXPECT_THAT(names_of(**models),
              ElementsAre("bedrock:amazon.nova-lite-v1:0", "gemini:gemini-2.5-flash", HasSubstr("brain")));
  EXPECT_NE((*models)->links()[0].breaker, nullptr);
  EXPECT_EQ((*models)->links()[2].breaker, nullptr);  // nothing would be left to ask
}

TEST(Models, SayWhichSettingIsMissingOrWrong) {
  World world;
  config::Settings settings;
  settings.llm_chain = "gemini,brain";
  const auto missing = world.models(settings);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().message(), "OFFHOOK_LLM: 'gemini' is not configured: set GEMINI_API_KEY");
  settings.llm_chain = "gpt-5";
  const auto unknown = world.models(settings);
  ASSERT_FALSE(unknown);
  EXPECT_THAT(std::string(unknown.error().message()), HasSubstr("OFFHOOK_LLM: there is no model 'gpt-5'"));
}

TEST(Models, AnAgentMayHaveAChainOfItsOwn) {
  World world;
  const auto agents_with = [](std::string_view chain) {
    const std::string yaml =
        "name: desk\ntitle: Desk\nfirst_message: Hello.\nsystem_prompt: Help.\nllm: " + std::string(chain) + "\n";
    const EmbeddedFile files[] = {{.name = "desk.yaml", .content = yaml}};
    return agent::AgentBook::load(files).value();
  };
  world.library.agents = agents_with("[\"gemini:gemini-x\", brain]");
  EXPECT_TRUE(world.models(with_everything()));
  const auto missing = world.models({});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().message(), "agent 'desk', llm: 'gemini' is not configured: set GEMINI_API_KEY");
  world.library.agents = agents_with("[brain]");
  EXPECT_TRUE(world.models({}));
}

TEST(Prices, AreCheckedAtTheStart) {
  config::Settings settings;
  EXPECT_EQ(prices_of(settings).value().cost("gpt-4o", {.prompt_tokens = 1}), std::nullopt);
  settings.llm_prices = "gpt-4o";
  const auto prices = prices_of(settings);
  ASSERT_FALSE(prices);
  EXPECT_TRUE(prices.error().message().starts_with("OFFHOOK_LLM_PRICES: "));
}

TEST(HiddenPatterns, AreCheckedAtTheStart) {
  config::Settings settings;
  settings.hidden_patterns = R"( \bACME-\d+\b ;; ;; (?i)project x )";
  EXPECT_EQ(hidden_patterns_of(settings).value().size(), 2U);
  settings.hidden_patterns = "a;;b(";
  const auto patterns = hidden_patterns_of(settings);
  ASSERT_FALSE(patterns);
  EXPECT_EQ(patterns.error().message(), "OFFHOOK_HIDDEN_PATTERNS: the pattern 'b(': a '(' without its ')'");
}

}  // namespace
}  // namespace offhook::app
