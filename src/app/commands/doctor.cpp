#include <fmt/format.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "app/commands.hpp"
#include "app/commands/commands.hpp"
#include "app/models.hpp"
#include "app/runtime.hpp"
#include "async/cancel.hpp"
#include "base/text.hpp"
#include "net/http_client.hpp"
#include "privacy/log_scrubber.hpp"

namespace offhook::app {
namespace {

using std::chrono::milliseconds;

/// Asks for one word and gives how long that took.
Task<Duration> ask(llm::ChatModel& model) {
  Loop& loop = co_await this_loop();
  const Instant began = loop.clock().now();
  llm::ChatRequest request{.agent = "banking",
                           .messages = {{.role = llm::Role::system, .content = "Answer with the word OK."},
                                        {.role = llm::Role::user, .content = "Hello?"}}};
  request.max_tokens = 16;
  request.now = loop.clock().utc_now();
  request.time_zone = "UTC";
  auto stream = co_await model.open_stream(std::move(request));
  if (!stream) co_return fail(stream);
  for (;;) {
    auto event = co_await (*stream)->next({});
    if (!event) co_return fail(event);
    if (std::holds_alternative<llm::TextDelta>(*event)) co_return loop.clock().now() - began;
    if (std::holds_alternative<llm::Finished>(*event)) co_return fail(ErrorKind::bad_gateway, {}, "an empty answer");
  }
}

using Answers = std::map<std::string, bool, std::less<>>;

/// Asks every model of a chain that has not been asked yet, and says what each said.
Task<Answers> ask_all(const Models& models, std::vector<std::string> names, Duration patience, Answers known) {
  Loop& loop = co_await this_loop();
  for (const auto& name : names) {
    llm::ChatModel* model = models.find(name);
    if (model == nullptr || known.contains(name)) continue;
    auto took = co_await with_deadline(Deadline::after(loop.clock(), patience), ask(*model));
    known[name] = took.has_value();
    if (took) {
      fmt::print("  {:<40} answers, first words after {} ms\n", model->name(),
                 std::chrono::duration_cast<milliseconds>(*took).count());
    } else {
      fmt::print("  {:<40} {}: {}\n", model->name(), to_string(took.error().kind), one_line(took.error().log_text()));
    }
  }
  co_return known;
}

/// Says who of a chain would answer; true when somebody would.
bool print_who_answers(const Models& models, const std::vector<std::string>& names, const Answers& answers,
                       std::string_view whom) {
  for (const auto& name : names) {
    const auto found = answers.find(name);
    if (found == answers.end() || !found->second) continue;
    fmt::print("{} would answer {} now\n", models.find(name)->name(), whom);
    return true;
  }
  fmt::print("nothing would answer {} now\n", whom);
  return false;
}

/// The settings that bear on chat models, and what they mean for these chains.
void print_llm_settings(const config::Settings& settings, const llm::PriceTable& prices, std::size_t patterns) {
  const auto print = [](std::string_view what, const std::string& value) { fmt::print("  {:<40} {}\n", what, value); };
  fmt::print("how they are asked:\n");
  const auto url = [](const std::string& set) { return set.empty() ? std::string("the provider's own URL") : set; };
  const llm::Usage million{.prompt_tokens = 1'000'000, .completion_tokens = 0};
  for (const auto& provider : providers_of(settings)) {
    if (!provider.is_configured) continue;
    if (provider.name == "openai")
      print("openai at", url(settings.openai_base_url) + ", model " + settings.openai_model);
    if (provider.name == "anthropic") print("anthropic at", url(settings.anthropic_base_url));
    if (provider.name == "gemini") print("gemini at", url(settings.gemini_base_url));
    if (provider.name == "bedrock") {
      print("bedrock at", url(settings.bedrock_base_url) +
                              (settings.aws_region.empty() ? std::string() : ", region " + settings.aws_region));
    }
  }
  print("first words, whole chain", fmt::format("{} ms", settings.first_words_ms));
  print("connecting, each model", fmt::format("{} ms", settings.llm_connect_ms));
  print("first token, each model", fmt::format("{} ms", settings.llm_first_token_ms));
  print("between tokens", fmt::format("{} ms", settings.llm_between_tokens_ms));
  print("second model beside a slow one",
        settings.llm_hedge_ms == 0 ? std::string("never") : fmt::format("after {} ms", settings.llm_hedge_ms));
  print("length of an answer", fmt::format("{} tokens, when the request does not say", settings.max_tokens));
  const bool has_price = prices.cost(settings.openai_model, million).has_value();
  print("prices", settings.llm_prices.empty() ? "none: no cost is told (OFFHOOK_LLM_PRICES)"
                  : has_price                 ? "set"
                                              : "set, but none for " + settings.openai_model);
  print("never said", fmt::format("card numbers, national ids, and {} patterns of OFFHOOK_HIDDEN_PATTERNS", patterns));
  const auto reserve = std::chrono::duration_cast<milliseconds>(llm::ChainLimits{}.reserve).count();
  if (settings.llm_first_token_ms + reserve > settings.first_words_ms) {
    fmt::print(
        "  OFFHOOK_LLM_FIRST_TOKEN_MS leaves the next model of a chain no time within "
        "OFFHOOK_FIRST_WORDS_MS\n");
  }
}

void print_providers(const config::Settings& settings) {
  fmt::print("chat models:\n");
  for (const auto& provider : providers_of(settings)) {
    fmt::print(
        "  {:<40} {}\n", provider.name,
        provider.is_configured ? std::string("configured") : fmt::format("not configured: set {}", provider.needs));
  }
  fmt::print("  {:<40} built in\n", "brain");
}

int doctor(const ServeFlags& flags, bool asks) {
  auto settings = flags.load();
  if (!settings) return report(settings.error());
  fmt::print("settings are fine\n");
  for (const char* name : {"DEVICE", "DEEPSPEED", "LOWVRAM_MODE"}) {
    if (config::process_environment(name)) fmt::print("{} is a setting of XTTS servers; nothing here reads it\n", name);
  }
  auto library = Library::load(*settings);
  if (!library) return report(library.error());
  auto prices = prices_of(*settings);
  if (!prices) return report(prices.error());
  auto patterns = hidden_patterns_of(*settings);
  if (!patterns) return report(patterns.error());
  print_providers(*settings);
  print_llm_settings(*settings, *prices, patterns->size());
  Runtime runtime(1);
  const auto client = net::make_curl_client();
  obs::Log log(runtime.home().clock(), obs::Level::off, obs::Log::Format::key_value);
  auto models = Models::create(*settings, *library, *client, runtime.home().clock(), log);
  if (!models) return report(models.error());
  fmt::print("asked in this order: {}\n", join(common_chain(*settings), ", "));
  for (const auto& agent : library->agents.all()) {
    if (!agent.llm.empty()) fmt::print("agent {} has its own order: {}\n", agent.name, join(agent.llm, ", "));
  }
  if (!asks) return kFine;
  std::vector<std::string> names = common_chain(*settings);
  for (const auto& agent : library->agents.all()) names.insert(names.end(), agent.llm.begin(), agent.llm.end());
  Answers answers;
  const auto run = [](const Models& all, std::vector<std::string> whom, Duration patience,
                      Answers& found) -> Task<void> {
    auto asked = co_await ask_all(all, std::move(whom), patience, {});
    if (!asked) co_return fail(asked);
    found = std::move(*asked);
    co_return Result<void>{};
  };
  auto ran = runtime.run(run(**models, std::move(names), milliseconds(settings->first_words_ms), answers));
  if (!ran) return report(ran.error());
  bool everybody = print_who_answers(**models, common_chain(*settings), answers, "a call");
  for (const auto& agent : library->agents.all()) {
    if (agent.llm.empty()) continue;
    everybody = print_who_answers(**models, agent.llm, answers, "for agent " + agent.name) && everybody;
  }
  return everybody ? kFine : kFailed;
}

}  // namespace

void add_doctor(CLI::App& cli, int& exit_code) {
  auto* command = cli.add_subcommand("doctor", "Check the settings and ask every chat model what it would say now");
  auto flags = std::make_shared<ServeFlags>();
  auto offline = std::make_shared<bool>(false);
  flags->add_to(*command);
  command->add_flag("--offline", *offline, "Ask nobody: only say what is configured");
  command->callback([flags, offline, &exit_code] { exit_code = doctor(*flags, !*offline); });
}

}  // namespace offhook::app
