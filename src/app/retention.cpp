#include "app/retention.hpp"

#include "async/loop.hpp"

namespace offhook::app {
namespace {

constexpr std::string_view kFiles = "recording files";

Result<store::Removal> expired_files(const call::RecordingFiles& recordings, const store::RetentionLimits& limits,
                                     bool removes) {
  store::Removal removal{.what = kFiles};
  if (!limits.recordings) return removal;
  auto files = recordings.expired(*limits.recordings, removes);
  if (!files) return fail(files);
  removal.rows = static_cast<std::int64_t>(files->size());
  return removal;
}

}  // namespace

store::RetentionLimits retention_limits(const config::Settings& settings, UtcTime now) {
  const auto before = [now](int days) {
    return days == 0 ? std::nullopt : std::optional(now - std::chrono::days(days));
  };
  return {.transcripts = before(settings.keep_transcripts_days),
          .recordings = before(settings.keep_recordings_days),
          .payloads = before(settings.keep_payloads_days)};
}

Task<std::vector<store::Removal>> apply_retention(store::Store& store, const call::RecordingFiles& recordings,
                                                  const config::Settings& settings, Workers& workers) {
  Loop& loop = co_await this_loop();
  const auto limits = retention_limits(settings, loop.clock().utc_now());
  std::vector<store::Removal> total;
  for (bool is_done = false; !is_done;) {
    auto removed = co_await store.write([limits](sql::Connection& db) { return store::remove_expired(db, limits); });
    if (!removed) co_return fail(removed);
    if (total.empty()) total.resize(removed->size());
    is_done = true;
    for (std::size_t i = 0; i < removed->size(); ++i) {
      total[i].what = (*removed)[i].what;
      total[i].rows += (*removed)[i].rows;
      is_done = is_done && (*removed)[i].rows == 0;
    }
  }
  auto files = co_await offload(workers, [recordings, limits] { return expired_files(recordings, limits, true); });
  if (!files) co_return fail(files);
  total.push_back(*files);
  co_return total;
}

Task<std::vector<store::Removal>> preview_retention(store::Store& store, const call::RecordingFiles& recordings,
                                                    const config::Settings& settings) {
  Loop& loop = co_await this_loop();
  const auto limits = retention_limits(settings, loop.clock().utc_now());
  auto counted = co_await store.read([limits](sql::Connection& db) { return store::count_expired(db, limits); });
  if (!counted) co_return fail(counted);
  auto files = expired_files(recordings, limits, false);
  if (!files) co_return fail(files);
  counted->push_back(*files);
  co_return counted;
}

}  // namespace offhook::app
