#include <filesystem>

#include <fmt/format.h>

#include "app/commands.hpp"
#include "app/commands/commands.hpp"
#include "app/retention.hpp"
#include "app/runtime.hpp"
#include "store/call_recordings.hpp"
#include "store/calls.hpp"
#include "store/owners.hpp"
#include "store/sqlite_store.hpp"

namespace offhook::app {
namespace {

struct RetentionFlags {
  ServeFlags common;
  bool applies = false;
};

struct Opened {
  config::Settings settings;
  std::unique_ptr<store::Store> store;
};

/// The database of the settings, which must be there.
Result<Opened> open_data(const ServeFlags& flags) {
  auto settings = flags.load();
  if (!settings) return fail(settings);
  const auto path = settings->data / "offhook.db";
  std::error_code error;
  if (!std::filesystem::exists(path, error))
    return fail(ErrorKind::not_found, fmt::format("there is no database {}", path.string()));
  auto store = store::open_sqlite_store({.opened_at = RealClock().utc_now(), .path = path});
  if (!store) return fail(store);
  return Opened{.settings = std::move(*settings), .store = std::move(*store)};
}

int retention(const RetentionFlags& flags) {
  Runtime runtime(1);
  auto opened = open_data(flags.common);
  if (!opened) return report(opened.error());
  const call::RecordingFiles files(opened->settings.data / "recordings");
  const auto workers = make_inline_workers();
  auto lines =
      runtime.home().block_on(flags.applies ? apply_retention(*opened->store, files, opened->settings, *workers)
                                            : preview_retention(*opened->store, files, opened->settings));
  if (!lines) return report(lines.error());
  const auto shown = [](int days) { return days == 0 ? std::string("for ever") : fmt::format("{} days", days); };
  fmt::print("kept: transcripts {}, recordings {}, payloads {}\n", shown(opened->settings.keep_transcripts_days),
             shown(opened->settings.keep_recordings_days), shown(opened->settings.keep_payloads_days));
  fmt::print("{}\n", flags.applies ? "removed" : "would remove (--apply does)");
  for (const auto& line : *lines) fmt::print("  {:<22} {:>6}\n", line.what, line.rows);
  return kFine;
}

struct Quarantined {
  store::Call call;
  store::CallRecording recording;
};

Result<std::vector<Quarantined>> find_quarantined(sql::Connection& db) {
  auto recordings = store::CallRecordings::list(db, "quarantined");
  if (!recordings) return fail(recordings);
  std::vector<Quarantined> found;
  for (auto& recording : *recordings) {
    auto owner = store::owner_of_stored_call(db, recording.call_id);
    if (!owner) return fail(owner);
    if (!*owner) continue;
    auto call = store::Calls(db, **owner).find(recording.call_id);
    if (!call) return fail(call);
    if (*call) found.push_back({.call = std::move(**call), .recording = std::move(recording)});
  }
  return found;
}

int recordings(const ServeFlags& flags) {
  Runtime runtime(1);
  auto opened = open_data(flags);
  if (!opened) return report(opened.error());
  auto found = runtime.home().block_on(opened->store->read(find_quarantined));
  if (!found) return report(found.error());
  const call::RecordingFiles files(opened->settings.data / "recordings");
  for (const auto& [call, recording] : *found) {
    const auto paths = files.find(call.platform_id);
    fmt::print("{}  {}  consent {}, {}  {}\n", call.id, call.agent, recording.policy,
               recording.consent.empty() ? "nobody has told" : recording.consent,
               paths.empty() ? recording.url : paths.front().string());
  }
  fmt::print("{} in quarantine\n", found->size());
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

void add_recordings(CLI::App& cli, int& exit_code) {
  auto* command = cli.add_subcommand("recordings", "List the recordings in quarantine, for want of consent");
  auto flags = std::make_shared<ServeFlags>();
  command->add_option("--config", flags->config, "Settings file");
  command->add_option("--data", flags->data, "Folder for the database and recordings");
  command->callback([flags, &exit_code] { exit_code = recordings(*flags); });
}

}  // namespace offhook::app
