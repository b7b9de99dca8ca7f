#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "store/sql/connection.hpp"

namespace offhook::store {

/// What is older than these moments is to go; nullopt keeps it for ever.
struct RetentionLimits {
  std::optional<UtcTime> transcripts;  ///< what was said, summaries, tool calls, journal, calls of the exchange
  std::optional<UtcTime> recordings;   ///< where recordings are; the files are not the database's
  std::optional<UtcTime> payloads;     ///< webhooks as they came, for replay
};

/// One line of what was, or would be, removed.
struct Removal {
  std::string_view what;
  std::int64_t rows = 0;
};

/// How many rows are older than the limits.
Result<std::vector<Removal>> count_expired(sql::Connection& db, const RetentionLimits& limits);

/// Removes some of them: at most `most_rows` (about) of each kind, so that the transaction is short. Call it again
/// until it returns zeros only.
Result<std::vector<Removal>> remove_expired(sql::Connection& db, const RetentionLimits& limits,
                                            std::size_t most_rows = 200);

}  // namespace offhook::store
