// How fast the store is against a bare sqlite3 loop that commits in groups: the same statement, values
// and mean batch size, on the same disk. Short rounds of both alternate, so that whatever else the machine
// does meets both; the figure is the median of the rounds' ratios.

#include <sqlite3.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "async/task_group.hpp"
#include "base/time_text.hpp"
#include "store/migrations.hpp"
#include "store/sqlite_store.hpp"
#include "store/webhook_events.hpp"

namespace {

using namespace offhook;
namespace fs = std::filesystem;

struct Settings {
  int writers = 64;    // coroutines that each wait for their write before the next
  int writes = 4'000;  // of each side in one round
  int rounds = 25;
  fs::path folder;   // where the databases are made; the disk that is measured
  std::string json;  // file for the figures; empty: none
};

/// What one side did in one round.
struct Pace {
  double per_second = 0;
  double cpu_us = 0;  // processor time a write, all threads
};

struct Round {
  Pace store;
  Pace bare;             // without savepoints
  Pace bare_savepoints;  // with one for each row, as the store has
  double mean_batch = 0;
  double p50_ms = 0;
  double p99_ms = 0;
};

const UtcTime kNow = parse_rfc3339("2026-03-02T15:00:00Z").value();
const std::string kPayload(900, 'x');  // about a status-update with its call object
const std::size_t kCheckpointPages = store::StoreOptions{}.checkpoint_pages;

double seconds_since(Instant start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double cpu_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
         static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

/// Measures from its making on.
class Stopwatch {
 public:
  [[nodiscard]] Pace pace(int writes) const {
    return {.per_second = writes / seconds_since(start_), .cpu_us = (cpu_seconds() - cpu_) * 1e6 / writes};
  }

 private:
  Instant start_ = std::chrono::steady_clock::now();
  double cpu_ = cpu_seconds();
};

[[noreturn]] void give_up(const std::string& what) { throw std::runtime_error(what); }

store::WebhookEvent event_number(int number) {
  return {.id = "event_" + std::to_string(number),
          .dedupe_key = "key_" + std::to_string(number),
          .platform_call_id = "call_" + std::to_string(number / 20),
          .type = "status-update",
          .verified = "hmac",
          .payload = kPayload,
          .received_at = kNow + std::chrono::microseconds(number)};
}

struct Progress {
  int next = 0;
  int end = 0;
  std::vector<double> waits_ms;
};

Task<void> write_events(store::Store& db, Progress& progress) {
  while (progress.next < progress.end) {
    const auto start = std::chrono::steady_clock::now();
    auto work = [event = event_number(progress.next++)](sql::Connection& connection) {
      return store::WebhookEvents(connection).insert_if_new(event);
    };
    auto added = co_await db.write(std::move(work));
    if (!added) give_up(std::string(added.error().log_text()));
    progress.waits_ms.push_back(seconds_since(start) * 1000);
  }
  co_return Result<void>{};
}

/// The store with its threads, and a loop whose coroutines write through it.
class Ours {
 public:
  explicit Ours(const fs::path& path) {
    auto opened = store::open_sqlite_store({.opened_at = kNow, .path = path});
    if (!opened) give_up(std::string(opened.error().log_text()));
    db_ = std::move(*opened);
  }

  void write(const Settings& settings, Round& round) {
    Progress progress{.next = written_, .end = written_ += settings.writes, .waits_ms = {}};
    progress.waits_ms.reserve(static_cast<std::size_t>(settings.writes));
    const auto batches_before = db_->stats().write_batches;
    TaskGroup group(loop_);
    const Stopwatch watch;
    for (int i = 0; i < settings.writers; ++i) group.spawn("writer", write_events(*db_, progress));
    if (!loop_.block_on(group.join())) give_up("the loop ended early");
    round.store = watch.pace(settings.writes);
    round.mean_batch = settings.writes / static_cast<double>(db_->stats().write_batches - batches_before);
    std::ranges::sort(progress.waits_ms);
    round.p50_ms = progress.waits_ms[progress.waits_ms.size() / 2];
    round.p99_ms = progress.waits_ms[progress.waits_ms.size() * 99 / 100];
  }

 private:
  RealClock clock_;
  Loop loop_{clock_, 1};
  std::unique_ptr<store::Store> db_;
  int written_ = 0;
};

/// sqlite3 and nothing else.
class Bare {
 public:
  explicit Bare(const fs::path& path) {
    {
      auto tables = sql::open_sqlite({.path = path});
      if (!tables || !store::migrate(**tables, kNow)) give_up("cannot make " + path.string());
    }
    check(sqlite3_open_v2(path.c_str(), &db_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr));
    run("PRAGMA foreign_keys=ON; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=" +
        std::to_string(kCheckpointPages));
    begin_ = prepare("BEGIN IMMEDIATE");
    savepoint_ = prepare("SAVEPOINT job");
    release_ = prepare("RELEASE job");
    commit_ = prepare("COMMIT");
    insert_ = prepare(
        "INSERT INTO webhook_events (id, dedupe_key, platform_call_id, type, verified, payload, answer, received_at, "
        "processed, error) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (dedupe_key) DO NOTHING");
  }
  ~Bare() {
    for (auto* statement : {begin_, savepoint_, release_, commit_, insert_}) sqlite3_finalize(statement);
    sqlite3_close(db_);
  }
  Bare(const Bare&) = delete;
  Bare& operator=(const Bare&) = delete;

  Pace write(int writes, int batch, bool has_savepoints) {
    const Stopwatch watch;
    for (const int all = written_ + writes; written_ < all;) {
      step(begin_);
      for (const int end = std::min(written_ + batch, all); written_ < end; ++written_) {
        if (has_savepoints) step(savepoint_);
        insert(event_number(written_));
        if (has_savepoints) step(release_);
      }
      step(commit_);
    }
    return watch.pace(writes);
  }

 private:
  void check(int code) const {
    if (code != SQLITE_OK && code != SQLITE_DONE) give_up(std::string("sqlite: ") + sqlite3_errstr(code));
  }
  void run(const std::string& sql) { check(sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr)); }
  sqlite3_stmt* prepare(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    check(sqlite3_prepare_v2(db_, sql, -1, &statement, nullptr));
    return statement;
  }
  void step(sqlite3_stmt* statement) {
    check(sqlite3_step(statement));
    sqlite3_reset(statement);
  }
  void text(int position, const std::string& value) {
    sqlite3_bind_text(insert_, position, value.data(), static_cast<int>(value.size()), SQLITE_STATIC);
  }
  void insert(const store::WebhookEvent& event) {
    text(1, event.id);
    text(2, event.dedupe_key);
    text(3, event.platform_call_id);
    text(4, event.type);
    text(5, event.verified);
    text(6, event.payload);
    sqlite3_bind_null(insert_, 7);
    sqlite3_bind_int64(insert_, 8, event.received_at.time_since_epoch().count());
    sqlite3_bind_int64(insert_, 9, 0);
    text(10, event.error);
    step(insert_);
  }

  sqlite3* db_ = nullptr;
  int written_ = 0;
  sqlite3_stmt *begin_, *savepoint_, *release_, *commit_, *insert_;
};

/// A folder for the databases, gone afterwards.
class BenchFolder {
 public:
  explicit BenchFolder(const fs::path& parent) {
    std::string name = (parent / "store-bench-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) give_up("cannot make a folder in " + parent.string());
    path_ = name;
  }
  ~BenchFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  BenchFolder(const BenchFolder&) = delete;
  BenchFolder& operator=(const BenchFolder&) = delete;
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

template <class Get>
double median(const std::vector<Round>& rounds, Get get) {
  std::vector<double> values;
  for (const Round& round : rounds) values.push_back(get(round));
  std::ranges::sort(values);
  return values[values.size() / 2];
}

struct Figures {
  double ratio, ratio_savepoints, cpu_ratio, store, bare, bare_savepoints, store_cpu, bare_cpu, batch, p50, p99;
};

Figures summarize(const std::vector<Round>& rounds) {
  return {
      .ratio = median(rounds, [](const Round& r) { return r.store.per_second / r.bare.per_second; }),
      .ratio_savepoints =
          median(rounds, [](const Round& r) { return r.store.per_second / r.bare_savepoints.per_second; }),
      .cpu_ratio = median(rounds, [](const Round& r) { return r.bare.cpu_us / r.store.cpu_us; }),
      .store = median(rounds, [](const Round& r) { return r.store.per_second; }),
      .bare = median(rounds, [](const Round& r) { return r.bare.per_second; }),
      .bare_savepoints = median(rounds, [](const Round& r) { return r.bare_savepoints.per_second; }),
      .store_cpu = median(rounds, [](const Round& r) { return r.store.cpu_us; }),
      .bare_cpu = median(rounds, [](const Round& r) { return r.bare.cpu_us; }),
      .batch = median(rounds, [](const Round& r) { return r.mean_batch; }),
      .p50 = median(rounds, [](const Round& r) { return r.p50_ms; }),
      .p99 = median(rounds, [](const Round& r) { return r.p99_ms; }),
  };
}

void write_json(const Settings& settings, const Figures& f) {
  char text[1024];
  std::snprintf(text, sizeof text,
                "{\"bench\":\"store\",\"writers\":%d,\"writes\":%d,\"rounds\":%d,\"ratio\":%.3f,"
                "\"ratio_to_bare_with_savepoints\":%.3f,\"store_writes_per_s\":%.0f,\"bare_writes_per_s\":%.0f,"
                "\"bare_with_savepoints_per_s\":%.0f,\"store_cpu_us\":%.1f,\"bare_cpu_us\":%.1f,\"cpu_ratio\":%.3f,"
                "\"mean_batch\":%.1f,\"p50_ms\":%.3f,\"p99_ms\":%.3f}",
                settings.writers, settings.writes, settings.rounds, f.ratio, f.ratio_savepoints, f.store, f.bare,
                f.bare_savepoints, f.store_cpu, f.bare_cpu, f.cpu_ratio, f.batch, f.p50, f.p99);
  std::ofstream(settings.json) << text << "\n";
}

Settings read_arguments(int count, char** arguments) {
  Settings settings{.folder = fs::temp_directory_path()};
  for (int i = 1; i < count; i += 2) {
    const std::string name = arguments[i];
    if (i + 1 == count) give_up("usage: store_bench [--writers N] [--writes N] [--rounds N] [--dir DIR] [--json FILE]");
    const std::string value = arguments[i + 1];
    if (name == "--writers") {
      settings.writers = std::max(1, std::stoi(value));
    } else if (name == "--writes") {
      settings.writes = std::max(1, std::stoi(value));
    } else if (name == "--rounds") {
      settings.rounds = std::max(1, std::stoi(value));
    } else if (name == "--dir") {
      settings.folder = value;
    } else if (name == "--json") {
      settings.json = value;
    } else {
      give_up("unknown argument " + name);
    }
  }
  return settings;
}

}  // namespace

int main(int count, char** arguments) try {
  const Settings settings = read_arguments(count, arguments);
  const BenchFolder folder(settings.folder);
  Ours ours(folder.path() / "store.db");
  Bare bare(folder.path() / "bare.db");
  Bare bare_savepoints(folder.path() / "bare_savepoints.db");
  std::vector<Round> rounds;
  for (int i = -1; i < settings.rounds; ++i) {
    Round round;
    ours.write(settings, round);
    const int batch = std::max(1, static_cast<int>(round.mean_batch + 0.5));
    round.bare = bare.write(settings.writes, batch, false);
    round.bare_savepoints = bare_savepoints.write(settings.writes, batch, true);
    if (i >= 0) rounds.push_back(round);  // the first one warms up
  }
  const Figures f = summarize(rounds);
  std::printf(
      "store: %.0f writes/s in batches of %.0f, waiting %.2f ms (p50) and %.2f ms (p99), %.1f us of processor\n",
      f.store, f.batch, f.p50, f.p99, f.store_cpu);
  std::printf("bare sqlite3 loop: %.0f/s, %.1f us of processor; with savepoints %.0f/s\n", f.bare, f.bare_cpu,
              f.bare_savepoints);
  std::printf("store / bare: %.0f %% (with savepoints in both %.0f %%), median of %d rounds\n", 100 * f.ratio,
              100 * f.ratio_savepoints, settings.rounds);
  if (!settings.json.empty()) write_json(settings, f);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "store_bench: %s\n", error.what());
  return 1;
}
