#include <fmt/format.h>

#include "app/commands.hpp"
#include "app/commands/commands.hpp"
#include "app/stored_data.hpp"
#include "base/text.hpp"
#include "call/recording_consent.hpp"
#include "call/recording_files.hpp"
#include "store/call_recordings.hpp"
#include "store/calls.hpp"
#include "store/owners.hpp"

namespace offhook::app {
namespace {

struct RecordingFlags {
  ServeFlags common;
  std::string call_id;
  std::string reason;
};

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

int list_recordings(const RecordingFlags& flags) {
  auto opened = open_stored_data(flags.common);
  if (!opened) return report(opened.error());
  auto found = opened->read(find_quarantined);
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

Result<void> release(const RecordingFlags& flags) {
  const std::string reason(trim(flags.reason));
  if (reason.empty()) return fail(ErrorKind::invalid_argument, "--reason must say why it is released");
  auto opened = open_stored_data(flags.common);
  if (!opened) return fail(opened);
  const auto work = [id = flags.call_id, reason,
                     now = opened->now()](sql::Connection& db) -> Result<call::ReleasedRecording> {
    auto owner = store::owner_of_stored_call(db, id);
    if (!owner) return fail(owner);
    if (!*owner) return fail(ErrorKind::not_found, fmt::format("there is no call '{}'", id));
    return call::release_recording(db, **owner, id, reason, now);
  };
  auto released = opened->write(work);
  if (!released) return fail(released);
  const call::RecordingFiles files(opened->settings.data / "recordings");
  if (auto moved = files.follow("available", released->call.platform_id); !moved) return moved;
  const auto paths = files.find(released->call.platform_id);
  fmt::print("released {}  {}\n", released->call.id, paths.empty() ? released->url : paths.front().string());
  return {};
}

void add_common(CLI::App& command, RecordingFlags& flags) {
  command.add_option("--config", flags.common.config, "Settings file");
  command.add_option("--data", flags.common.data, "Folder for the database and recordings");
}

}  // namespace

void add_recordings(CLI::App& cli, int& exit_code) {
  auto* command = cli.add_subcommand("recordings", "List the recordings in quarantine, for want of consent");
  auto flags = std::make_shared<RecordingFlags>();
  add_common(*command, *flags);
  auto* releases = command->add_subcommand("release", "Let a recording out of quarantine");
  releases->add_option("call", flags->call_id, "The call, by our id or the platform's")->required();
  releases->add_option("--reason", flags->reason, "Why; kept with the recording")->required();
  add_common(*releases, *flags);
  command->require_subcommand(0, 1);
  command->callback([flags, releases, &exit_code] {
    if (!releases->parsed()) {
      exit_code = list_recordings(*flags);
      return;
    }
    auto done = release(*flags);
    exit_code = done ? kFine : report(done.error());
  });
}

}  // namespace offhook::app
