#include "store/postgres_store.hpp"

#include <pthread.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "store/counters.hpp"
#include "store/job_queue.hpp"
#include "store/migrations.hpp"
#include "store/postgres_transactions.hpp"

namespace offhook::store {
namespace {

using Connection = std::unique_ptr<sql::PostgresConnection>;

/// Who migrates holds this advisory lock: any number will do, if it stays the same ("offhook" as letters).
constexpr std::string_view kLock = "SELECT pg_advisory_lock(31366428376362859)";
constexpr std::string_view kUnlock = "SELECT pg_advisory_unlock(31366428376362859)";

/// Waits that end early when the store closes.
class Pauses {
 public:
  void pause(std::chrono::milliseconds length) {
    std::unique_lock lock(mutex_);
    closed_changed_.wait_for(lock, length, [this] { return is_closed_; });
  }
  void close() {
    {
      const std::lock_guard lock(mutex_);
      is_closed_ = true;
    }
    closed_changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable closed_changed_;
  bool is_closed_ = false;
};

/// Brings a lost connection back. While the server is away it tries now and then only, and says so at once in
/// between: a caller is told to come again rather than kept waiting. One thread at a time.
class Reconnecting {
 public:
  Reconnecting(const Clock& clock, sql::PostgresConnection& db, const PostgresStoreOptions& options)
      : clock_(clock), db_(db), first_(options.first_retry), longest_(options.longest_retry) {}

  Result<void> ensure_connected() {
    if (!db_.is_lost()) return {};
    if (clock_.now() < not_before_) return fail(last_error_);
    auto connected = db_.reconnect();
    if (connected) {
      wait_ = first_;
      return {};
    }
    last_error_ = connected.error();
    not_before_ = clock_.now() + wait_;
    wait_ = std::min(wait_ * 2, longest_);
    return connected;
  }

 private:
  const Clock& clock_;
  sql::PostgresConnection& db_;
  const std::chrono::milliseconds first_;
  const std::chrono::milliseconds longest_;
  std::chrono::milliseconds wait_{first_};
  Instant not_before_{};
  Error last_error_;
};

/// Writing and reading threads, each with a connection of its own.
class PostgresStore final : public Store {
 public:
  PostgresStore(const Clock& clock, const PostgresStoreOptions& options, std::vector<Connection> writers,
                std::vector<Connection> readers)
      : clock_(clock),
        options_(options),
        writes_(options.max_queued_writes),
        reads_(options.max_queued_reads),
        writers_(std::move(writers)),
        readers_(std::move(readers)) {
    for (std::size_t i = 0; i < writers_.size(); ++i) {
      start("store-write", [this, i] { serve_writes(*writers_[i], options_.seed + i); });
    }
    for (std::size_t i = 0; i < readers_.size(); ++i) {
      start("store-read", [this, i] { serve_reads(*readers_[i], options_.seed + writers_.size() + i); });
    }
  }

  ~PostgresStore() override {
    writes_.close();
    reads_.close();
    pauses_.close();
    for (auto& thread : threads_) thread.join();
  }

  StoreStats stats() const override {
    StoreStats stats = counters_.read();
    stats.queued_writes = writes_.size();
    return stats;
  }

 private:
  template <class Serve>
  void start(const char* name, Serve serve) {
    auto& thread = threads_.emplace_back(std::move(serve));
    pthread_setname_np(thread.native_handle(), name);
  }

  void submit_write(std::unique_ptr<Job> job) override { submit(writes_, std::move(job)); }
  void submit_read(std::unique_ptr<Job> job) override { submit(reads_, std::move(job)); }

  void submit(JobQueue& queue, std::unique_ptr<Job> job) {
    if (queue.push(job)) return;
    counters_.refused.fetch_add(1, std::memory_order_relaxed);
    job->finish(queue_full());
  }

  void serve_writes(sql::PostgresConnection& db, std::uint64_t seed) {
    Reconnecting reconnecting(clock_, db, options_);
    PostgresTransactions transactions(db, hooks(reconnecting), Random(seed));
    std::vector<std::unique_ptr<Job>> batch;
    while (writes_.pop(batch, options_.max_batch)) {
      counters_.count_batch(batch.size());
      const BatchOutcome outcome = transactions.write(batch);
      if (outcome.was_retried) counters_.batch_retries.fetch_add(1, std::memory_order_relaxed);
      batch.clear();  // now, since what the jobs own is not ours to keep until the next batch
    }
  }

  void serve_reads(sql::PostgresConnection& db, std::uint64_t seed) {
    Reconnecting reconnecting(clock_, db, options_);
    PostgresTransactions transactions(db, hooks(reconnecting), Random(seed));
    std::vector<std::unique_ptr<Job>> job;
    while (reads_.pop(job, 1)) {
      counters_.reads.fetch_add(1, std::memory_order_relaxed);
      transactions.read(*job.front());
      job.clear();
    }
  }

  PostgresTransactions::Hooks hooks(Reconnecting& reconnecting) {
    return {.ensure_connected = [&reconnecting] { return reconnecting.ensure_connected(); },
            .pause = [this](std::chrono::milliseconds length) { pauses_.pause(length); }};
  }

  const Clock& clock_;
  const PostgresStoreOptions options_;
  Counters counters_;
  Pauses pauses_;
  JobQueue writes_;
  JobQueue reads_;
  std::vector<Connection> writers_;
  std::vector<Connection> readers_;
  std::vector<std::thread> threads_;
};

/// One sentence for the user out of what failed.
Error start_error(const sql::PostgresUrl& url, const Error& error) {
  if (!error.client.empty()) return error;
  // The server's own words, without code and statement.
  std::string_view detail = error.log_text();
  if (detail.starts_with("postgres: ")) detail.remove_prefix(10);
  detail = detail.substr(0, detail.find(" (SQLSTATE"));
  return {.kind = error.kind,
          .client = "cannot open the PostgreSQL " + url.place() + ": " + std::string(detail) + "; check DATABASE_URL",
          .log = error.log};
}

/// Migrates while no other process does.
Result<void> migrate_alone(sql::PostgresConnection& db, const PostgresStoreOptions& options, UtcTime now) {
  if (auto limited = db.limit_statements(options.migration_timeout); !limited) return limited;
  if (auto locked = db.execute(kLock); !locked) {
    locked.error().log += " (waiting for another process that migrates)";
    return fail(locked);
  }
  auto migrated = migrate(db, now);
  auto unlocked = db.execute(kUnlock);
  if (!migrated) return fail(migrated);
  if (!unlocked) return fail(unlocked);
  return db.limit_statements(options.statement_timeout);
}

}  // namespace

Result<std::unique_ptr<Store>> open_postgres_store(const Clock& clock, const PostgresStoreOptions& options) {
  auto url = sql::PostgresUrl::parse(options.url);
  if (!url) return fail(ErrorKind::invalid_argument, "DATABASE_URL: " + url.error().client);
  const sql::PostgresOptions how{
      .url = *url, .connect_timeout = options.connect_timeout, .statement_timeout = options.statement_timeout};
  const std::size_t writer_count = std::max<std::size_t>(options.writers, 1);
  const std::size_t reader_count = std::max<std::size_t>(options.readers, 1);
  std::vector<Connection> writers;
  std::vector<Connection> readers;
  for (std::size_t i = 0; i < writer_count + reader_count; ++i) {
    auto db = sql::open_postgres(clock, how);
    if (!db) return fail(start_error(*url, db.error()));
    if (i == 0) {
      auto migrated = migrate_alone(**db, options, clock.utc_now());
      if (!migrated) return fail(start_error(*url, migrated.error()));
    }
    (i < writer_count ? writers : readers).push_back(std::move(*db));
  }
  return std::make_unique<PostgresStore>(clock, options, std::move(writers), std::move(readers));
}

std::string postgres_place(const Secret& url) {
  auto parsed = sql::PostgresUrl::parse(url);
  return parsed ? parsed->place() : std::string();
}

}  // namespace offhook::store
