#pragma once

#include <vector>

#include "async/task.hpp"
#include "call/recording_files.hpp"
#include "config/settings.hpp"
#include "store/retention.hpp"
#include "store/store.hpp"

namespace offhook::app {

/// The moments before which things go, as the settings have it.
[[nodiscard]] store::RetentionLimits retention_limits(const config::Settings& settings, UtcTime now);

/// Removes what is older than the settings allow, in many small transactions, so that writes come in between, and
/// old recordings from the disk, by `workers`. Time is the loop's. Errors: unavailable, internal.
Task<std::vector<store::Removal>> apply_retention(store::Store& store, const call::RecordingFiles& recordings,
                                                  const config::Settings& settings, Workers& workers);

/// What apply_retention() would remove.
Task<std::vector<store::Removal>> preview_retention(store::Store& store, const call::RecordingFiles& recordings,
                                                    const config::Settings& settings);

}  // namespace offhook::app
