#include <fmt/format.h>

#include "app/commands.hpp"
#include "app/commands/commands.hpp"
#include "app/runtime.hpp"
#include "store/postgres_store.hpp"

namespace offhook::app {
namespace {

int show_settings(const ServeFlags& flags) {
  auto settings = flags.load();
  if (!settings) return report(settings.error());
  for (const auto& row : config::settings_table()) {
    fmt::print("{:<30} {:<24} {}\n", row.name, row.show(*settings), row.sentence);
  }
  return kFine;
}

int migrate(const ServeFlags& flags) {
  auto settings = flags.load();
  if (!settings) return report(settings.error());
  auto library = Library::load(*settings);
  if (!library) return report(library.error());
  Runtime runtime(1);
  // Opening the database brings its tables up to this program.
  auto server = Server::create(*library, {.settings = *settings, .loops = runtime.loops()});
  if (!server) return report(server.error());
  const std::string place = settings->database_url.empty()
                                ? (settings->data / "offhook.db").string()
                                : "PostgreSQL " + store::postgres_place(settings->database_url);
  fmt::print("{} is up to date\n", place);
  return kFine;
}

}  // namespace

void add_settings(CLI::App& cli, int& exit_code) {
  auto* command = cli.add_subcommand("settings", "Show every setting, its value and what it does");
  auto flags = std::make_shared<ServeFlags>();
  flags->add_to(*command);
  command->callback([flags, &exit_code] { exit_code = show_settings(*flags); });
}

void add_migrate(CLI::App& cli, int& exit_code) {
  auto* command = cli.add_subcommand("migrate", "Bring the database's tables up to this program");
  auto flags = std::make_shared<ServeFlags>();
  flags->add_to(*command);
  command->callback([flags, &exit_code] { exit_code = migrate(*flags); });
}

}  // namespace offhook::app
