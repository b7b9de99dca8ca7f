// How fast the store is against a bare sqlite3 loop that commits in groups: the same statement, values
// and mean batch size, on the same disk. Short rounds of both alternate, so that whatever else the machine
// does meets both; the figure is the median of the rounds' ratios.

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "async/task_group.hpp"
#include "base/time_text.hpp"
#include "bench/common/bare_store.hpp"
#include "bench/common/report.hpp"
#include "store/sqlite_store.hpp"
#include "store/webhook_events.hpp"

namespace {

using namespace offhook;
using bench::BareStore;
using bench::Pace;

struct Settings {
  int writers;  // coroutines that each wait for their write before the next
  int writes;   // of each side in one round
  int rounds;
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

[[noreturn]] void give_up(const std::string& what) { throw std::runtime_error(what); }

struct Progress {
  int next = 0;
  int end = 0;
  std::vector<double> waits_ms;
};

Task<void> write_events(store::Store& db, Progress& progress) {
  while (progress.next < progress.end) {
    const auto start = std::chrono::steady_clock::now();
    auto work = [event = bench::event_number(progress.next++, kPayload)](sql::Connection& connection) {
      return store::WebhookEvents(connection, store::Owner::local()).insert_if_new(event);
    };
    auto added = co_await db.write(std::move(work));
    if (!added) give_up(std::string(added.error().log_text()));
    const auto waited = std::chrono::steady_clock::now() - start;
    progress.waits_ms.push_back(std::chrono::duration<double, std::milli>(waited).count());
  }
  co_return Result<void>{};
}

/// The store with its threads, and a loop whose coroutines write through it.
class Ours {
 public:
  explicit Ours(const std::filesystem::path& path) {
    auto opened = store::open_sqlite_store({.opened_at = kNow, .path = path});
    if (!opened) give_up(std::string(opened.error().log_text()));
    db_ = std::move(*opened);
  }

  void write(const Settings& settings, Round& round) {
    Progress progress{.next = written_, .end = written_ += settings.writes, .waits_ms = {}};
    progress.waits_ms.reserve(static_cast<std::size_t>(settings.writes));
    const auto batches_before = db_->stats().write_batches;
    TaskGroup group(loop_);
    const bench::Stopwatch watch;
    for (int i = 0; i < settings.writers; ++i) group.spawn("writer", write_events(*db_, progress));
    if (!loop_.block_on(group.join())) give_up("the loop ended early");
    round.store = watch.pace(settings.writes);
    round.mean_batch = settings.writes / static_cast<double>(db_->stats().write_batches - batches_before);
    std::ranges::sort(progress.waits_ms);
    round.p50_ms = bench::percentile(progress.waits_ms, 0.50);
    round.p99_ms = bench::percentile(progress.waits_ms, 0.99);
  }

 private:
  RealClock clock_;
  Loop loop_{clock_, 1};
  std::unique_ptr<store::Store> db_;
  int written_ = 0;
};

template <class Get>
double median_of(const std::vector<Round>& rounds, Get get) {
  std::vector<double> values;
  for (const Round& round : rounds) values.push_back(get(round));
  return bench::median(std::move(values));
}

void fill_in(bench::Report& report, const std::vector<Round>& rounds) {
  report.row("ratio", "store, writes a second, of the bare sqlite3 loop",
             median_of(rounds, [](const Round& r) { return r.store.per_second / r.bare.per_second; }), "%", ">= 60 %");
  report.row("ratio_to_bare_with_savepoints", "store, of the bare loop with savepoints too",
             median_of(rounds, [](const Round& r) { return r.store.per_second / r.bare_savepoints.per_second; }), "%");
  report.row("cpu_ratio", "store, writes a processor second, of the bare loop",
             median_of(rounds, [](const Round& r) { return r.bare.cpu_us / r.store.cpu_us; }), "%");
  report.row("store_writes_per_s", "store, durable writes",
             median_of(rounds, [](const Round& r) { return r.store.per_second; }), "/s");
  report.row("p50_ms", "store, wait for a write (p50)", median_of(rounds, [](const Round& r) { return r.p50_ms; }),
             "ms");
  report.row("p99_ms", "store, wait for a write (p99)", median_of(rounds, [](const Round& r) { return r.p99_ms; }),
             "ms");
  report.figure("bare_writes_per_s", median_of(rounds, [](const Round& r) { return r.bare.per_second; }));
  report.figure("bare_with_savepoints_per_s",
                median_of(rounds, [](const Round& r) { return r.bare_savepoints.per_second; }));
  report.figure("store_cpu_us", median_of(rounds, [](const Round& r) { return r.store.cpu_us; }));
  report.figure("bare_cpu_us", median_of(rounds, [](const Round& r) { return r.bare.cpu_us; }));
  report.figure("mean_batch", median_of(rounds, [](const Round& r) { return r.mean_batch; }));
}

}  // namespace

int main(int count, char** given) try {
  const bench::Arguments arguments(count, given,
                                   {{"--writers", "64"},
                                    {"--writes", "4000"},
                                    {"--rounds", "25"},
                                    {"--dir", std::filesystem::temp_directory_path()},
                                    {"--json", ""},
                                    {"--rows", ""}});
  const Settings settings{.writers = arguments.number("--writers"),
                          .writes = arguments.number("--writes"),
                          .rounds = arguments.number("--rounds")};
  const bench::BenchFolder folder(arguments.text("--dir"));
  Ours ours(folder.path() / "store.db");
  BareStore bare(folder.path() / "bare.db");
  BareStore bare_savepoints(folder.path() / "bare_savepoints.db");
  std::vector<Round> rounds;
  for (int i = -1; i < settings.rounds; ++i) {
    Round round;
    ours.write(settings, round);
    const int batch = std::max(1, static_cast<int>(round.mean_batch + 0.5));
    round.bare = bare.write(settings.writes, batch, false, kPayload);
    round.bare_savepoints = bare_savepoints.write(settings.writes, batch, true, kPayload);
    if (i >= 0) rounds.push_back(round);  // the first one warms up
  }
  bench::Report report("store", arguments.text("--json"), arguments.text("--rows"));
  fill_in(report, rounds);
  report.finish();
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "store_bench: %s\n", error.what());
  return 1;
}
