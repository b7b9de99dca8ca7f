#include <fmt/format.h>

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
    auto event = co_await (*stream)->next();
    if (!event) co_return fail(event);
    if (std::holds_alternative<llm::TextDelta>(*event)) co_return loop.clock().now() - began;
    if (std::holds_alternative<llm::Finished>(*event)) co_return fail(ErrorKind::bad_gateway, {}, "an empty answer");
  }
}

/// Asks every model of the chain; true when one of them would answer now.
Task<bool> ask_all(const Models& models, Duration patience) {
  Loop& loop = co_await this_loop();
  std::string first;
  for (const auto& link : models.links()) {
    auto took = co_await with_deadline(Deadline::after(loop.clock(), patience), ask(*link.model));
    if (took) {
      fmt::print("  {:<40} answers, first words after {} ms\n", link.model->name(),
                 std::chrono::duration_cast<milliseconds>(*took).count());
      if (first.empty()) first = link.model->name();
    } else {
      fmt::print("  {:<40} {}: {}\n", link.model->name(), to_string(took.error().kind),
                 one_line(took.error().log_text()));
    }
  }
  if (first.empty()) {
    fmt::print("nothing would answer a call now\n");
  } else {
    fmt::print("{} would answer a call now\n", first);
  }
  co_return !first.empty();
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
  print_providers(*settings);
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
  bool answers = false;
  const auto run = [](const Models& chain, Duration patience, bool& found) -> Task<void> {
    auto asked = co_await ask_all(chain, patience);
    if (!asked) co_return fail(asked);
    found = *asked;
    co_return Result<void>{};
  };
  auto ran = runtime.run(run(**models, milliseconds(settings->first_words_ms), answers));
  if (!ran) return report(ran.error());
  return answers ? kFine : kFailed;
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
