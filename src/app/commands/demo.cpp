#include <fmt/format.h>

#include "app/commands.hpp"
#include "app/commands/commands.hpp"
#include "app/demo_call.hpp"
#include "app/runtime.hpp"
#include "async/cancel.hpp"
#include "async/task_group.hpp"

namespace offhook::app {
namespace {

void print_what_next(Printer& printer, const Server& server) {
  const std::string url = server.urls().front();
  const bool has_keys = !server.settings().api_keys.empty();
  const std::string auth = has_keys ? " -H 'Authorization: Bearer YOUR_KEY'" : "";
  printer.line();
  printer.heading("The server goes on (Ctrl-C stops it). Try:");
  printer.line(fmt::format("curl -s {}/healthz", url));
  printer.line(fmt::format("curl -s{} {}/api/v1/voice/calls", auth, url));
  printer.line(fmt::format(
      R"(curl -sN{} {}/v1/chat/completions -H 'Content-Type: application/json' -d '{{"model":"leasing","stream":true,"messages":[{{"role":"user","content":"Do you have a studio?"}}]}}')",
      auth, url));
}

/// A signal in the middle of the call ends the call.
Task<void> cancel_on_stop(StopSignal& signal, CancelSource& stopped) {
  auto asked = co_await signal.wait();
  if (asked) stopped.cancel();
  co_return asked;
}

Task<void> demonstrate(Server& server, Printer& printer, DemoObserver& observer, bool leaves_at_once) {
  Loop& loop = co_await this_loop();
  StopSignal stop_signal(loop);
  (void)co_await server.connect_tools();
  TaskGroup accepting(loop);
  accepting.spawn("accept", server.accept());
  for (const auto& url : server.urls()) printer.line("listening on " + url);
  printer.line();
  CancelSource stopped;
  TaskGroup watching(loop);
  watching.spawn("stop signal", cancel_on_stop(stop_signal, stopped));
  auto played = co_await cancellable(stopped, play_demo_call(server, printer, observer));
  watching.cancel();
  (void)co_await watching.join();
  if (played && !leaves_at_once) {
    print_what_next(printer, server);
    (void)co_await stop_signal.wait();
  }
  stop_signal.release();
  (void)co_await server.stop();
  (void)co_await accepting.join();
  co_return played;
}

int demo(const ServeFlags& flags, bool leaves_at_once) {
  // A folder of its own and a quiet log, unless somebody set them.
  auto settings = flags.load({{"OFFHOOK_DATA", "data/demo"}, {"OFFHOOK_LOG", "warning"}});
  if (!settings) return report(settings.error());
  if (auto allowed = check_exposure(*settings); !allowed) return report(allowed.error());
  auto library = Library::load(*settings, true);
  if (!library) return report(library.error());
  Printer printer(stdout);
  DemoObserver observer(printer, "leasing");
  Runtime runtime(loop_count(*settings));
  ServerOptions options{.settings = *settings, .loops = runtime.loops(), .with_sample_data = true};
  options.observer = &observer;
  auto server = Server::create(*library, std::move(options));
  if (!server) return report(server.error());
  if (auto bound = (*server)->bind(); !bound) return report(bound.error());
  auto ran = runtime.run(demonstrate(**server, printer, observer, leaves_at_once));
  return ran ? kFine : report(ran.error());
}

}  // namespace

void add_demo(CLI::App& cli, int& exit_code) {
  auto* command = cli.add_subcommand("demo", "Serve on sample data and play one whole call, printed turn by turn");
  auto flags = std::make_shared<ServeFlags>();
  auto leaves_at_once = std::make_shared<bool>(false);
  flags->add_to(*command);
  command->add_flag("--once", *leaves_at_once, "Leave after the call; exit 0 only if it was really made");
  command->callback([flags, leaves_at_once, &exit_code] { exit_code = demo(*flags, *leaves_at_once); });
}

}  // namespace offhook::app
