#include "store/retention.hpp"

#include <array>
#include <string>

#include "base/random.hpp"
#include "store/rows.hpp"

namespace offhook::store {
namespace {

/// Rows that go by an age of their own.
struct Rule {
  std::string_view what;
  std::optional<UtcTime> RetentionLimits::* limit;
  std::string_view count;   ///< takes the limit
  std::string_view remove;  ///< takes the limit twice, and how many
};

constexpr std::array kRules{
    Rule{"journal entries", &RetentionLimits::transcripts, "SELECT COUNT(*) FROM tool_journal WHERE created_at < ?",
         "DELETE FROM tool_journal WHERE created_at < ? AND journal_key IN (SELECT journal_key FROM tool_journal "
         "WHERE created_at < ? LIMIT ?)"},
    Rule{"exchange calls", &RetentionLimits::transcripts,
         "SELECT COUNT(*) FROM exchange_objects WHERE kind = 'call' AND updated_at < ?",
         "DELETE FROM exchange_objects WHERE kind = 'call' AND updated_at < ? AND id IN (SELECT id FROM "
         "exchange_objects WHERE kind = 'call' AND updated_at < ? LIMIT ?)"},
    Rule{"recording addresses", &RetentionLimits::recordings,
         "SELECT COUNT(*) FROM calls WHERE created_at < ? AND recording_url <> ''",
         "UPDATE calls SET recording_url = '' WHERE created_at < ? AND id IN (SELECT id FROM calls WHERE "
         "created_at < ? AND recording_url <> '' LIMIT ?)"},
    Rule{"recording consents", &RetentionLimits::recordings,
         "SELECT COUNT(*) FROM call_recordings WHERE updated_at < ? AND status IN ('available', 'quarantined')",
         "UPDATE call_recordings SET url = '', status = 'deleted' WHERE updated_at < ? AND call_id IN (SELECT call_id "
         "FROM call_recordings WHERE updated_at < ? AND status IN ('available', 'quarantined') LIMIT ?)"},
};

/// What was said in a call: it goes when the call is old, all at once.
struct Words {
  std::string_view what;
  std::string_view count;   ///< takes the limit
  std::string_view remove;  ///< takes a call's id
};

#define OFFHOOK_DUE_CALLS "(SELECT id FROM calls WHERE words_removed = 0 AND created_at < ?)"
constexpr std::array kWords{
    Words{"transcript entries", "SELECT COUNT(*) FROM transcript_entries WHERE call_id IN " OFFHOOK_DUE_CALLS,
          "DELETE FROM transcript_entries WHERE call_id = ?"},
    Words{"tool calls", "SELECT COUNT(*) FROM call_tool_calls WHERE call_id IN " OFFHOOK_DUE_CALLS,
          "DELETE FROM call_tool_calls WHERE call_id = ?"},
    Words{"summaries", "SELECT COUNT(*) FROM calls WHERE summary <> '' AND words_removed = 0 AND created_at < ?",
          "UPDATE calls SET summary = '' WHERE id = ? AND summary <> ''"},
    // The lead's history has the summary too (call_log.cpp names the entry after the call).
    Words{"notes of calls",
          "SELECT COUNT(*) FROM activities WHERE note <> '' AND id IN "
          "(SELECT 'act_' || id FROM calls WHERE words_removed = 0 AND created_at < ?)",
          "UPDATE activities SET note = '' WHERE id = 'act_' || ? AND note <> ''"},
    // Also those of which no word was kept: they are not looked at again.
    Words{"calls gone through", "SELECT COUNT(*) FROM calls WHERE words_removed = 0 AND created_at < ?",
          "UPDATE calls SET words_removed = 1 WHERE id = ?"},
};
#undef OFFHOOK_DUE_CALLS

constexpr std::string_view kPayloads = "webhook payloads";

/// Ids of events begin with their time: every earlier one is less.
std::string first_event_of(UtcTime at) { return ordered_id_prefix("evt", at); }

Result<std::int64_t> count(sql::Connection& db, std::string_view sql, sql::Values values) {
  std::int64_t rows = 0;
  auto counted = db.query(sql, values, [&](const sql::Row& row) -> Result<void> {
    rows = row.integer(0);
    return {};
  });
  if (!counted) return fail(counted);
  return rows;
}

Result<std::vector<Removal>> remove_words(sql::Connection& db, UtcTime limit, std::size_t most_calls) {
  std::vector<Removal> removals;
  for (const Words& words : kWords) removals.push_back({.what = words.what});
  auto due = rows::all(db, "SELECT id FROM calls WHERE words_removed = 0 AND created_at < ? LIMIT ?",
                       {limit, most_calls}, [](const sql::Row& row) { return row.string(0); });
  if (!due) return fail(due);
  for (const std::string& call : *due) {
    for (std::size_t i = 0; i < kWords.size(); ++i) {
      auto removed = db.execute(kWords[i].remove, {call});
      if (!removed) return fail(removed);
      removals[i].rows += *removed;
    }
  }
  return removals;
}

}  // namespace

Result<std::vector<Removal>> count_expired(sql::Connection& db, const RetentionLimits& limits) {
  std::vector<Removal> removals;
  const auto add = [&](std::string_view what, const std::optional<UtcTime>& limit,
                       std::string_view sql) -> Result<void> {
    auto rows = limit ? count(db, sql, {*limit}) : Result<std::int64_t>(0);
    if (!rows) return fail(rows);
    removals.push_back({.what = what, .rows = *rows});
    return {};
  };
  for (const Words& words : kWords) {
    if (auto added = add(words.what, limits.transcripts, words.count); !added) return fail(added);
  }
  for (const Rule& rule : kRules) {
    if (auto added = add(rule.what, limits.*rule.limit, rule.count); !added) return fail(added);
  }
  Removal payloads{.what = kPayloads};
  if (limits.payloads) {
    auto rows = count(db, "SELECT COUNT(*) FROM webhook_events WHERE id < ? AND received_at < ?",
                      {first_event_of(*limits.payloads), *limits.payloads});
    if (!rows) return fail(rows);
    payloads.rows = *rows;
  }
  removals.push_back(payloads);
  return removals;
}

Result<std::vector<Removal>> remove_expired(sql::Connection& db, const RetentionLimits& limits, std::size_t most_rows) {
  std::vector<Removal> removals;
  if (limits.transcripts) {
    auto words = remove_words(db, *limits.transcripts, most_rows);
    if (!words) return fail(words);
    removals = std::move(*words);
  } else {
    for (const Words& words : kWords) removals.push_back({.what = words.what});
  }
  for (const Rule& rule : kRules) {
    Removal removal{.what = rule.what};
    if (const auto limit = limits.*rule.limit) {
      auto removed = db.execute(rule.remove, {*limit, *limit, most_rows});
      if (!removed) return fail(removed);
      removal.rows = *removed;
    }
    removals.push_back(removal);
  }
  Removal payloads{.what = kPayloads};
  if (limits.payloads) {
    const std::string first = first_event_of(*limits.payloads);
    auto removed = db.execute(
        "DELETE FROM webhook_events WHERE id IN (SELECT id FROM webhook_events WHERE id < ? AND received_at < ? LIMIT "
        "?)",
        {first, *limits.payloads, most_rows});
    if (!removed) return fail(removed);
    payloads.rows = *removed;
  }
  removals.push_back(payloads);
  return removals;
}

}  // namespace offhook::store
