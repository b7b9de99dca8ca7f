#include <algorithm>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include "app/commands.hpp"
#include "app/commands/commands.hpp"
#include "app/stored_data.hpp"
#include "base/phone.hpp"
#include "base/text.hpp"
#include "call/recording_files.hpp"
#include "store/erasure.hpp"
#include "store/sql/postgres_connection.hpp"
#include "store/sql/sqlite_connection.hpp"

namespace offhook::app {
namespace {

/// A running server may be writing: how often the file is tried to be cleaned, each time for up to 5 s.
constexpr int kTries = 6;
/// A number that cannot be normalised has at least so many: fewer digits would find strangers.
constexpr std::size_t kFewestDigits = 10;
/// How long PostgreSQL may take to clean its tables.
constexpr std::chrono::minutes kCleaningLimit{30};
constexpr std::string_view kDryRun = "dry_run";

struct ForgetFlags {
  ServeFlags common;
  std::string phone;
  std::string region = "US";
  bool is_dry_run = false;
};

std::string figures_of(std::string_view text) {
  std::string figures;
  for (const char c : text) {
    if (c >= '0' && c <= '9') figures.push_back(c);
  }
  return figures;
}

/// The number as it may have been stored: normalised, as given, in figures only.
std::vector<std::string> spellings_of(const std::string& phone, const std::string& region) {
  std::vector<std::string> spellings{normalize_phone(phone, region)};
  for (std::string other : {std::string(trim(phone)), figures_of(phone), figures_of(spellings.front())}) {
    if (std::ranges::find(spellings, other) == spellings.end()) spellings.push_back(std::move(other));
  }
  return spellings;
}

/// Erases in one transaction; a dry run counts the same way and then undoes it.
Result<std::vector<store::Erased>> erase(StoredData& data, const std::vector<std::string>& phones, bool is_dry_run) {
  auto counted = std::make_shared<std::vector<store::Erased>>();
  auto erased = data.write([phones, is_dry_run, counted](sql::Connection& db) -> Result<std::vector<store::Erased>> {
    auto person = store::find_person(db, phones);
    if (!person) return fail(person);
    auto lines = store::erase_person(db, *person);
    if (!lines || !is_dry_run) return lines;
    *counted = std::move(*lines);
    return fail(Error{.kind = ErrorKind::cancelled, .code = std::string(kDryRun)});
  });
  if (!erased && erased.error().code == kDryRun) return std::move(*counted);
  return erased;
}

Result<void> clean_sqlite(const std::filesystem::path& path) {
  auto db = sql::open_sqlite({.path = path});
  if (!db) return fail(db);
  Result<void> cleaned;
  for (int i = 0; i < kTries; ++i) {
    auto vacuumed = (*db)->execute("VACUUM");
    cleaned = vacuumed ? (*db)->truncate_log() : Result<void>(fail(vacuumed));
    if (cleaned) return cleaned;
  }
  return cleaned;
}

/// Takes the erased rows out of their pages, without stopping those who use the tables.
Result<void> clean_postgres(const Clock& clock, const Secret& database_url) {
  auto url = sql::PostgresUrl::parse(database_url);
  if (!url) return fail(url);
  auto db = sql::open_postgres(clock, {.url = std::move(*url), .statement_timeout = kCleaningLimit});
  if (!db) return fail(db);
  return (*db)->run_script("VACUUM");
}

/// Older versions of a row may lie about in the file and in the log: both are written anew.
Result<void> clean(StoredData& data) {
  data.store.reset();  // what is open holds old versions
  auto cleaned = data.settings.database_url.empty() ? clean_sqlite(data.settings.data / "offhook.db")
                                                    : clean_postgres(data.runtime->clock(), data.settings.database_url);
  if (cleaned) return cleaned;
  return fail(Error{.kind = ErrorKind::unavailable,
                    .client = "the rows are erased, but the database could not be cleaned while others use it; run "
                              "this command again",
                    .log = std::string(cleaned.error().log_text())});
}

Result<std::int64_t> erase_recordings(const call::RecordingFiles& files, const store::Person& person, bool is_dry_run) {
  std::int64_t count = 0;
  for (const auto* ids : {&person.platform_calls, &person.exchange_calls}) {
    for (const auto& id : *ids) {
      for (const auto& path : files.find(id)) {
        ++count;
        std::error_code error;
        if (!is_dry_run) std::filesystem::remove(path, error);
        if (error) return fail(ErrorKind::unavailable, "cannot remove " + path.string() + ": " + error.message());
      }
    }
  }
  return count;
}

Result<void> forget(const ForgetFlags& flags) {
  const bool is_normal = normalize_phone(flags.phone, flags.region).starts_with('+');
  if (!is_normal && figures_of(flags.phone).size() < kFewestDigits)
    return fail(ErrorKind::invalid_argument, fmt::format("'{}' is no phone number", flags.phone));
  auto data = open_stored_data(flags.common);
  if (!data) return fail(data);
  const auto phones = spellings_of(flags.phone, flags.region);
  auto person = data->read([phones](sql::Connection& db) { return store::find_person(db, phones); });
  if (!person) return fail(person);
  // Files first: while a row is there, this command finds them again.
  auto files = erase_recordings(call::RecordingFiles(data->settings.data / "recordings"), *person, flags.is_dry_run);
  if (!files) return fail(files);
  auto lines = erase(*data, phones, flags.is_dry_run);
  if (!lines) return fail(lines);
  lines->push_back({.what = "recording files", .rows = *files});

  std::int64_t total = 0;
  fmt::print("{} {}\n", flags.is_dry_run ? "would erase of" : "erased of", phones.front());
  for (const auto& line : *lines) {
    fmt::print("  {:<22} {:>6}\n", line.what, line.rows);
    total += line.rows;
  }
  fmt::print("  {:<22} {:>6}\n", "together", total);
  if (flags.is_dry_run) return {};
  return clean(*data);
}

}  // namespace

void add_forget(CLI::App& cli, int& exit_code) {
  auto* command = cli.add_subcommand("forget", "Erase a person, found by phone number, and print what was erased");
  auto flags = std::make_shared<ForgetFlags>();
  command->add_option("phone", flags->phone, "The person's number")->required();
  command->add_option("--region", flags->region, "Where the number is dialled, when it has no country code");
  command->add_flag("--dry-run", flags->is_dry_run, "Only print what would be erased");
  command->add_option("--config", flags->common.config, "Settings file");
  command->add_option("--data", flags->common.data, "Folder for the database and recordings");
  command->callback([flags, &exit_code] {
    auto done = forget(*flags);
    exit_code = done ? kFine : report(done.error());
  });
}

}  // namespace offhook::app
