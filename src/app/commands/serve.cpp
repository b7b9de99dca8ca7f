#include <thread>

#include <fmt/format.h>

#include "app/commands.hpp"
#include "app/commands/commands.hpp"
#include "app/runtime.hpp"
#include "async/task_group.hpp"
#include "base/text.hpp"

namespace offhook::app {
namespace {

Task<void> serve_until_stopped(Server& server) {
  Loop& loop = co_await this_loop();
  StopSignal stop_signal(loop);  // before anybody can know that we run
  (void)co_await server.connect_tools();
  TaskGroup accepting(loop);
  accepting.spawn("accept", server.accept());
  for (const auto& url : server.urls()) fmt::print("listening on {}\n", url);
  std::fflush(stdout);
  (void)co_await stop_signal.wait();
  stop_signal.release();  // who asks twice is in a hurry
  server.log().info("stopping", {});
  (void)co_await server.stop();
  co_return co_await accepting.join();
}

int serve(const ServeFlags& flags) {
  auto settings = flags.load();
  if (!settings) return report(settings.error());
  if (auto allowed = check_exposure(*settings); !allowed) return report(allowed.error());
  auto library = Library::load(*settings, true);
  if (!library) return report(library.error());
  Runtime runtime(loop_count(*settings));
  auto server = Server::create(*library, {.settings = *settings, .loops = runtime.loops()});
  if (!server) return report(server.error());
  if (auto bound = (*server)->bind(); !bound) return report(bound.error());
  if (!settings->has_keys() && (*server)->is_open()) {
    (*server)->log().warning(
        "open mode: no keys are set, so this server answers its own machine only; see OFFHOOK_API_KEYS");
  }
  auto ran = runtime.run(serve_until_stopped(**server));
  return ran ? kFine : report(ran.error());
}

}  // namespace

void ServeFlags::add_to(CLI::App& command) {
  command.add_option("--config", config, "Settings file (default: offhook.yaml here, when there is one)");
  command.add_option("--host", host, "Address to listen on (default 127.0.0.1)");
  command.add_option("--port", ports,
                     "Port to listen on; may be given more than once; 0 picks a free one (default 8000)");
  command.add_option("--data", data, "Folder for the database and recordings");
  command.add_flag("--insecure", insecure, "Listen beyond this machine even though no keys are set");
}

Result<config::Settings> ServeFlags::load(const std::map<std::string, std::string>& defaults) const {
  config::Sources sources{.environment = config::process_environment,
                          .environment_names = config::process_environment_names};
  if (!config.empty()) sources.config_file = config;
  if (!host.empty()) sources.flags["OFFHOOK_HOST"] = host;
  if (!ports.empty()) sources.flags["OFFHOOK_PORT"] = join(ports, ",");
  if (!data.empty()) sources.flags["OFFHOOK_DATA"] = data;
  sources.defaults = defaults;
  auto settings = config::load_settings(sources);
  if (settings) settings->insecure = insecure;
  return settings;
}

Result<void> check_exposure(const config::Settings& settings) {
  if (settings.insecure || auth::is_loopback(settings.host)) return {};
  if (!settings.api_keys.empty() && !settings.webhook_secret.empty()) return {};
  return fail(
      ErrorKind::invalid_argument,
      fmt::format(
          "listening on {} lets others in: set OFFHOOK_API_KEYS and VAPI_WEBHOOK_SECRET first (or pass --insecure)",
          settings.host));
}

int report(const Error& error) {
  fmt::print(stderr, "offhook: {}\n", error.client.empty() ? error.log_text() : error.message());
  return kFailed;
}

std::size_t loop_count(const config::Settings& settings) {
  if (settings.loops > 0) return static_cast<std::size_t>(settings.loops);
  return std::max(1U, std::thread::hardware_concurrency());
}

void add_serve(CLI::App& cli, int& exit_code) {
  auto* command = cli.add_subcommand("serve", "Run the server");
  auto flags = std::make_shared<ServeFlags>();
  flags->add_to(*command);
  command->callback([flags, &exit_code] { exit_code = serve(*flags); });
}

}  // namespace offhook::app
