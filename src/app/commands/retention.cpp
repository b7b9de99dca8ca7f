#include <fmt/format.h>

#include "app/commands.hpp"
#include "app/commands/commands.hpp"
#include "app/retention.hpp"
#include "app/stored_data.hpp"

namespace offhook::app {
namespace {

struct RetentionFlags {
  ServeFlags common;
  bool applies = false;
};

int retention(const RetentionFlags& flags) {
  auto opened = open_stored_data(flags.common);
  if (!opened) return report(opened.error());
  const call::RecordingFiles files(opened->settings.data / "recordings");
  const auto workers = make_inline_workers();
  auto lines = opened->runtime->home().block_on(flags.applies
                                                    ? apply_retention(*opened->store, files, opened->settings, *workers)
                                                    : preview_retention(*opened->store, files, opened->settings));
  if (!lines) return report(lines.error());
  const auto shown = [](int days) { return days == 0 ? std::string("for ever") : fmt::format("{} days", days); };
  fmt::print("kept: transcripts {}, recordings {}, payloads {}\n", shown(opened->settings.keep_transcripts_days),
             shown(opened->settings.keep_recordings_days), shown(opened->settings.keep_payloads_days));
  fmt::print("{}\n", flags.applies ? "removed" : "would remove (--apply does)");
  for (const auto& line : *lines) fmt::print("  {:<22} {:>6}\n", line.what, line.rows);
  return kFine;
}

}  // namespace

void add_retention(CLI::App& cli, int& exit_code) {
  auto* command = cli.add_subcommand("retention", "Show what is older than the settings keep, or remove it");
  auto flags = std::make_shared<RetentionFlags>();
  command->add_option("--config", flags->common.config, "Settings file");
  command->add_option("--data", flags->common.data, "Folder for the database and recordings");
  command->add_flag("--apply", flags->applies, "Remove it");
  command->callback([flags, &exit_code] { exit_code = retention(*flags); });
}

}  // namespace offhook::app
