#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "app/commands.hpp"
#include "app/commands/commands.hpp"
#include "app/stored_data.hpp"
#include "app/voice.hpp"
#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"
#include "knowledge/answer.hpp"
#include "knowledge/document_desk.hpp"
#include "obs/log.hpp"

namespace offhook::app {
namespace {

struct DocumentFlags {
  ServeFlags common;
  std::vector<std::string> files;
  std::string collection;
  std::string query;
  std::size_t limit = 5;
};

/// A desk over the stored data, with its own workers. Works beside a running server, which follows within a minute.
struct Desk {
  StoredData data;
  std::unique_ptr<Workers> workers;
  std::unique_ptr<obs::Log> log;
  std::unique_ptr<knowledge::DocumentDesk> desk;

  static Result<Desk> open(const ServeFlags& flags) {
    auto data = open_stored_data(flags);
    if (!data) return fail(data);
    Desk made{.data = std::move(*data), .workers = make_thread_pool("documents", 1, 16), .log = {}, .desk = {}};
    const Clock& clock = made.data.runtime->clock();
    made.log = std::make_unique<obs::Log>(clock, obs::Level::off, obs::Log::Format::key_value);
    made.desk = std::make_unique<knowledge::DocumentDesk>(
        knowledge::DocumentDesk::Parts{
            .store = *made.data.store, .workers = *made.workers, .log = *made.log, .clock = clock},
        made.data.settings.data / "uploads", knowledge::ParserOptions{.helper_path = helper_program("offhook-parse")});
    return made;
  }
};

/// How far a file is, on one line of a terminal.
void show_progress(std::size_t done, std::size_t all, std::string_view name) {
  if (isatty(STDERR_FILENO) != 1) return;
  constexpr std::size_t kWidth = 30;
  const std::size_t filled = all == 0 ? kWidth : done * kWidth / all;
  fmt::print(stderr, "\r[{:#<{}}{:.<{}}] {}/{} {:<40.40}", "", filled, "", kWidth - filled, done, all, name);
  if (done == all) fmt::print(stderr, "\r{:80}\r", "");
  (void)std::fflush(stderr);
}

Result<store::Document> ingest_file(Desk& desk, const std::filesystem::path& path, const std::string& collection) {
  std::ifstream file(path, std::ios::binary);
  if (!file || std::filesystem::is_directory(path)) {
    return fail(ErrorKind::not_found, fmt::format("cannot read {}", path.string()));
  }
  auto writer = desk.desk->create_file(desk.data.runtime->home().random());
  if (!writer) return fail(writer);
  crypto::Hasher hasher;
  std::string piece(1 << 16, '\0');
  while (file.read(piece.data(), static_cast<std::streamsize>(piece.size())) || file.gcount() > 0) {
    const std::string_view bytes(piece.data(), static_cast<std::size_t>(file.gcount()));
    hasher.update(bytes);
    if (auto written = (*writer)->write(bytes); !written) return fail(written);
  }
  knowledge::DocumentDesk::Upload upload{.name = path.filename().string(),
                                         .collection = collection,
                                         .file = std::move(*writer),
                                         .content_hash = crypto::to_hex(hasher.finish())};
  return desk.data.runtime->home().block_on(desk.desk->ingest_now(store::Owner::local(), std::move(upload)));
}

int ingest(const DocumentFlags& flags) {
  auto desk = Desk::open(flags.common);
  if (!desk) return report(desk.error());
  int exit_code = kFine;
  for (std::size_t i = 0; i < flags.files.size(); ++i) {
    show_progress(i, flags.files.size(), flags.files[i]);
    auto document = ingest_file(*desk, flags.files[i], flags.collection);
    if (!document) {
      exit_code = report(document.error());
    } else if (!document->error.empty()) {
      fmt::print(stderr, "{}: {}\n", flags.files[i], document->error);
      exit_code = kFailed;
    } else {
      fmt::print("{}  {}  {} pages, {} chunks\n", document->id, document->name, document->pages, document->chunks);
    }
  }
  show_progress(flags.files.size(), flags.files.size(), "");
  return exit_code;
}

int search(const DocumentFlags& flags) {
  auto desk = Desk::open(flags.common);
  if (!desk) return report(desk.error());
  Loop& home = desk->data.runtime->home();
  if (auto loaded = home.block_on(desk->desk->load()); !loaded) return report(loaded.error());
  const knowledge::SearchScope scope{.agent = {}, .documents = {}, .limit = flags.limit};
  auto passages = home.block_on(desk->desk->search(store::Owner::local(), flags.query, scope));
  if (!passages) return report(passages.error());
  const auto shelf = desk->desk->indexes().shelf(store::Owner::local());
  const auto answer = knowledge::answer_from(flags.query, *shelf, *passages);
  if (answer.is_found) {
    fmt::print("{}\n", answer.text);
  } else {
    fmt::print("The documents do not hold the answer.\n");
  }
  for (const auto& passage : *passages) {
    fmt::print("\n{}{}{}  (score {:.2f}, {:.0f} % of the question)\n", passage.name,
               passage.page > 0 ? fmt::format(", page {}", passage.page) : "",
               passage.heading.empty() ? "" : ": " + passage.heading, passage.score, passage.coverage * 100);
    fmt::print("  {}\n", passage.text);
  }
  return answer.is_found ? kFine : kFailed;
}

}  // namespace

void add_ingest(CLI::App& cli, int& exit_code) {
  auto* command = cli.add_subcommand("ingest", "Take files in as documents that agents answer from");
  auto flags = std::make_shared<DocumentFlags>();
  command->add_option("files", flags->files, "PDF, DOCX, XLSX, PPTX, ODT, HTML, Markdown, CSV, e-mail or text")
      ->required();
  command->add_option("--collection", flags->collection, "The agent that alone may use them");
  command->add_option("--config", flags->common.config, "Settings file");
  command->add_option("--data", flags->common.data, "Folder for the database and recordings");
  command->callback([flags, &exit_code] { exit_code = ingest(*flags); });
}

void add_search(CLI::App& cli, int& exit_code) {
  auto* command = cli.add_subcommand("search", "Look something up in the documents; exit 1 when they do not hold it");
  auto flags = std::make_shared<DocumentFlags>();
  command->add_option("query", flags->query, "The question")->required();
  command->add_option("--limit", flags->limit, "So many passages")->check(CLI::Range(1, 50));
  command->add_option("--config", flags->common.config, "Settings file");
  command->add_option("--data", flags->common.data, "Folder for the database and recordings");
  command->callback([flags, &exit_code] { exit_code = search(*flags); });
}

}  // namespace offhook::app
