#include "store/sqlite_store.hpp"

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "store/counters.hpp"
#include "store/group_commit.hpp"
#include "store/job_queue.hpp"
#include "store/migrations.hpp"

namespace offhook::store {
namespace {

using Connection = std::unique_ptr<sql::SqliteConnection>;

constexpr std::string_view kBegin = "BEGIN IMMEDIATE";  // takes the write lock now, not at the first write

/// The log is emptied only when a checkpoint has caught up with it, which one beside a busy writer never
/// does. At this many times checkpoint_pages the writer therefore makes one itself.
constexpr int kForcedCheckpointFactor = 4;

/// Everything at once on the caller's thread.
class InlineStore final : public Store {
 public:
  explicit InlineStore(Connection db) : db_(std::move(db)) {}
  StoreStats stats() const override { return counters_.read(); }

 private:
  void submit_write(std::unique_ptr<Job> job) override {
    counters_.count_batch(1);
    run_batch(*db_, kBegin, std::span(&job, 1));
  }
  void submit_read(std::unique_ptr<Job> job) override {
    ++counters_.reads;
    // A work that writes while it says it reads fails here as it does on a reading connection.
    static_cast<void>(db_->execute("PRAGMA query_only=ON"));
    run_read(*db_, *job);
    static_cast<void>(db_->execute("PRAGMA query_only=OFF"));
  }

  Connection db_;
  Counters counters_;
};

/// One writing thread, some reading threads, one that makes checkpoints.
class ThreadedStore final : public Store {
 public:
  ThreadedStore(const StoreOptions& options, Connection writer, std::vector<Connection> readers,
                Connection checkpointer)
      : options_(options),
        writes_(options.max_queued_writes),
        reads_(options.max_queued_reads),
        writer_(std::move(writer)),
        readers_(std::move(readers)),
        checkpointer_(std::move(checkpointer)) {
    start(writing_, "store-write", [this] { serve_writes(); });
    start(checkpointing_, "store-chkpt", [this] { serve_checkpoints(); });
    reading_.resize(readers_.size());
    for (std::size_t i = 0; i < readers_.size(); ++i) {
      start(reading_[i], "store-read", [this, i] { serve_reads(*readers_[i]); });
    }
  }

  ~ThreadedStore() override {
    writes_.close();
    reads_.close();
    writing_.join();
    for (auto& thread : reading_) thread.join();
    wanted_checkpoints_.fetch_or(kStop);
    wanted_checkpoints_.notify_one();
    checkpointing_.join();
    readers_.clear();
    checkpointer_.reset();
    static_cast<void>(writer_->truncate_log());  // a log that stays is read at the next start: nothing is lost
  }

  StoreStats stats() const override {
    StoreStats stats = counters_.read();
    stats.queued_writes = writes_.size();
    return stats;
  }

 private:
  static constexpr unsigned kStop = 1, kWanted = 2;

  template <class Serve>
  static void start(std::thread& thread, const char* name, Serve serve) {
    thread = std::thread(std::move(serve));
    pthread_setname_np(thread.native_handle(), name);
  }

  void submit_write(std::unique_ptr<Job> job) override { submit(writes_, std::move(job)); }
  void submit_read(std::unique_ptr<Job> job) override { submit(reads_, std::move(job)); }

  void submit(JobQueue& queue, std::unique_ptr<Job> job) {
    if (queue.push(job)) return;
    counters_.refused.fetch_add(1, std::memory_order_relaxed);
    job->finish(queue_full());
  }

  void serve_writes() {
    std::vector<std::unique_ptr<Job>> batch;
    while (writes_.pop(batch, options_.max_batch)) {
      counters_.count_batch(batch.size());
      const BatchOutcome outcome = run_batch(*writer_, kBegin, batch);
      if (outcome.was_retried) counters_.batch_retries.fetch_add(1, std::memory_order_relaxed);
      batch.clear();  // now, since what the jobs own is not ours to keep until the next batch
      look_after_log();
    }
  }

  void look_after_log() {
    const int step = static_cast<int>(options_.checkpoint_pages);
    const int pages = writer_->wal_pages();
    if (pages < checkpoint_asked_at_) checkpoint_asked_at_ = 0;  // the log began anew
    // Right after the other thread's checkpoint little is left of it, and a checkpoint that leaves nothing empties the
    // log: cheap now, while one that had to do all of it would hold up every write for tens of milliseconds.
    const bool is_nearly_caught_up = has_checkpointed_.exchange(false) && pages >= step;
    if (!is_nearly_caught_up && pages < checkpoint_asked_at_ + step) return;
    checkpoint_asked_at_ = pages;
    if (is_nearly_caught_up || pages >= step * kForcedCheckpointFactor) {
      if (writer_->checkpoint()) counters_.checkpoints.fetch_add(1, std::memory_order_relaxed);
    } else {
      wanted_checkpoints_.fetch_or(kWanted);
      wanted_checkpoints_.notify_one();
    }
  }

  void serve_reads(sql::SqliteConnection& db) {
    std::vector<std::unique_ptr<Job>> job;
    while (reads_.pop(job, 1)) {
      counters_.reads.fetch_add(1, std::memory_order_relaxed);
      run_read(db, *job.front());
      job.clear();
    }
  }

  void serve_checkpoints() {
    for (;;) {
      wanted_checkpoints_.wait(0);
      const unsigned wanted = wanted_checkpoints_.load();
      if ((wanted & kStop) != 0) return;
      wanted_checkpoints_.fetch_and(~kWanted);
      // Busy (the writer makes one) and a refusing disk both mean: a later commit asks again.
      if (checkpointer_->checkpoint()) counters_.checkpoints.fetch_add(1, std::memory_order_relaxed);
      has_checkpointed_ = true;
    }
  }

  const StoreOptions options_;
  Counters counters_;
  JobQueue writes_;
  JobQueue reads_;
  Connection writer_;
  std::vector<Connection> readers_;
  Connection checkpointer_;
  std::atomic<unsigned> wanted_checkpoints_{0};
  std::atomic<bool> has_checkpointed_{false};  // since the writer last looked
  int checkpoint_asked_at_ = 0;                // length of the log then; the writing thread's
  std::thread writing_;
  std::thread checkpointing_;
  std::vector<std::thread> reading_;
};

}  // namespace

Result<std::unique_ptr<Store>> open_sqlite_store(const StoreOptions& options) {
  if (options.path.empty() && !options.inline_on_caller) {
    return fail(ErrorKind::invalid_argument, {}, "a database in memory has one connection: use inline_on_caller");
  }
  sql::SqliteOptions how{.path = options.path, .synchronous = options.synchronous, .vfs = options.vfs};
  if (options.inline_on_caller) {
    auto db = sql::open_sqlite(how);
    if (!db) return fail(db);
    if (auto done = migrate(**db, options.opened_at); !done) return fail(done);
    return std::make_unique<InlineStore>(std::move(*db));
  }
  how.automatic_checkpoints = false;
  auto writer = sql::open_sqlite(how);
  if (!writer) return fail(writer);
  if (auto done = migrate(**writer, options.opened_at); !done) return fail(done);
  auto checkpointer = sql::open_sqlite(how);
  if (!checkpointer) return fail(checkpointer);
  how.read_only = true;
  std::vector<Connection> readers;
  for (std::size_t i = 0; i < std::max<std::size_t>(options.readers, 1); ++i) {
    auto reader = sql::open_sqlite(how);
    if (!reader) return fail(reader);
    readers.push_back(std::move(*reader));
  }
  return std::make_unique<ThreadedStore>(options, std::move(*writer), std::move(readers), std::move(*checkpointer));
}

}  // namespace offhook::store
