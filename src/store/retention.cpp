#include "store/retention.hpp"

#include <array>

namespace offhook::store {
namespace {

struct Rule {
  std::string_view what;
  std::optional<UtcTime> RetentionLimits::* limit;
  std::string_view count;   ///< the limit
  std::string_view remove;  ///< the limit and how many
  bool has_limit_twice = false;
};

constexpr std::array kRules{
    Rule{"webhook payloads", &RetentionLimits::payloads, "SELECT COUNT(*) FROM webhook_events WHERE received_at < ?",
         "DELETE FROM webhook_events WHERE id IN (SELECT id FROM webhook_events WHERE received_at < ? LIMIT ?)"},
    Rule{"transcript entries", &RetentionLimits::transcripts,
         "SELECT COUNT(*) FROM transcript_entries WHERE said_at < ?",
         "DELETE FROM transcript_entries WHERE said_at < ? AND call_id IN (SELECT call_id FROM transcript_entries "
         "WHERE said_at < ? LIMIT ?)",
         true},
    Rule{"tool calls", &RetentionLimits::transcripts, "SELECT COUNT(*) FROM call_tool_calls WHERE called_at < ?",
         "DELETE FROM call_tool_calls WHERE called_at < ? AND call_id IN (SELECT call_id FROM call_tool_calls "
         "WHERE called_at < ? LIMIT ?)",
         true},
    Rule{"summaries", &RetentionLimits::transcripts,
         "SELECT COUNT(*) FROM calls WHERE created_at < ? AND summary <> ''",
         "UPDATE calls SET summary = '' WHERE id IN (SELECT id FROM calls WHERE created_at < ? AND summary <> '' "
         "LIMIT ?)"},
    Rule{"journal entries", &RetentionLimits::transcripts, "SELECT COUNT(*) FROM tool_journal WHERE created_at < ?",
         "DELETE FROM tool_journal WHERE journal_key IN (SELECT journal_key FROM tool_journal WHERE created_at < ? "
         "LIMIT ?)"},
    Rule{"exchange calls", &RetentionLimits::transcripts,
         "SELECT COUNT(*) FROM exchange_objects WHERE kind = 'call' AND updated_at < ?",
         "DELETE FROM exchange_objects WHERE kind = 'call' AND id IN (SELECT id FROM exchange_objects "
         "WHERE kind = 'call' AND updated_at < ? LIMIT ?)"},
    Rule{"recording addresses", &RetentionLimits::recordings,
         "SELECT COUNT(*) FROM calls WHERE created_at < ? AND recording_url <> ''",
         "UPDATE calls SET recording_url = '' WHERE id IN (SELECT id FROM calls WHERE created_at < ? "
         "AND recording_url <> '' LIMIT ?)"},
    Rule{"recording consents", &RetentionLimits::recordings,
         "SELECT COUNT(*) FROM call_recordings WHERE updated_at < ? AND status IN ('available', 'quarantined')",
         "UPDATE call_recordings SET url = '', status = 'deleted' WHERE call_id IN (SELECT call_id FROM "
         "call_recordings WHERE updated_at < ? AND status IN ('available', 'quarantined') LIMIT ?)"},
};

}  // namespace

Result<std::vector<Removal>> count_expired(sql::Connection& db, const RetentionLimits& limits) {
  std::vector<Removal> removals;
  for (const Rule& rule : kRules) {
    Removal removal{.what = rule.what};
    if (const auto limit = limits.*rule.limit) {
      auto counted = db.query(rule.count, {*limit}, [&](const sql::Row& row) -> Result<void> {
        removal.rows = row.integer(0);
        return {};
      });
      if (!counted) return fail(counted);
    }
    removals.push_back(removal);
  }
  return removals;
}

Result<std::vector<Removal>> remove_expired(sql::Connection& db, const RetentionLimits& limits, std::size_t most_rows) {
  std::vector<Removal> removals;
  for (const Rule& rule : kRules) {
    Removal removal{.what = rule.what};
    if (const auto limit = limits.*rule.limit) {
      auto removed = rule.has_limit_twice ? db.execute(rule.remove, {*limit, *limit, most_rows})
                                          : db.execute(rule.remove, {*limit, most_rows});
      if (!removed) return fail(removed);
      removal.rows = *removed;
    }
    removals.push_back(removal);
  }
  return removals;
}

}  // namespace offhook::store
