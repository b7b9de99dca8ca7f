#include "store/tool_journal.hpp"

#include "store/rows.hpp"

namespace offhook::store {
namespace {

constexpr std::string_view kStarted = "started";
constexpr std::string_view kFinished = "finished";

}  // namespace

Result<std::optional<JournalEntry>> ToolJournal::find(std::string_view key, UtcTime now) {
  return rows::find(
      db_,
      "SELECT journal_key, call_id, tool, arguments, result, ok, created_at, expires_at, state, idempotency_key "
      "FROM tool_journal WHERE owner_id = ? AND journal_key = ? AND (expires_at IS NULL OR expires_at > ?)",
      {owner_.id(), key, now}, [](const sql::Row& row) {
        return JournalEntry{.key = row.string(0),
                            .call_id = row.string(1),
                            .tool = row.string(2),
                            .arguments = row.string(3),
                            .result = row.string(4),
                            .ok = row.integer(5) != 0,
                            .created_at = row.time(6),
                            .expires_at = row.optional_time(7),
                            .state = row.string(8) == kStarted ? JournalState::started : JournalState::finished,
                            .idempotency_key = row.string(9)};
      });
}

Result<bool> ToolJournal::insert(const JournalEntry& entry) {
  auto recorded = db_.execute(
      "INSERT INTO tool_journal (owner_id, journal_key, call_id, tool, arguments, result, ok, created_at, expires_at, "
      "state, idempotency_key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
      "ON CONFLICT (owner_id, journal_key) DO UPDATE SET call_id = "
      "excluded.call_id, "
      "tool = excluded.tool, arguments = excluded.arguments, result = excluded.result, ok = excluded.ok, "
      "created_at = excluded.created_at, expires_at = excluded.expires_at, "
      "state = excluded.state, idempotency_key = excluded.idempotency_key "
      "WHERE tool_journal.expires_at IS NOT NULL AND tool_journal.expires_at <= excluded.created_at",
      {owner_.id(), entry.key, entry.call_id, entry.tool, entry.arguments, entry.result, entry.ok, entry.created_at,
       entry.expires_at, entry.state == JournalState::started ? kStarted : kFinished, entry.idempotency_key});
  if (!recorded) return fail(recorded);
  return *recorded > 0;
}

Result<bool> ToolJournal::finish(std::string_view key, std::string_view result, bool ok) {
  auto changed = db_.execute(
      "UPDATE tool_journal SET state = 'finished', result = ?, ok = ? "
      "WHERE owner_id = ? AND journal_key = ? AND state = 'started'",
      {result, ok, owner_.id(), key});
  if (!changed) return fail(changed);
  return *changed > 0;
}

Result<bool> ToolJournal::forget_started(std::string_view key) {
  auto changed = db_.execute("DELETE FROM tool_journal WHERE owner_id = ? AND journal_key = ? AND state = 'started'",
                             {owner_.id(), key});
  if (!changed) return fail(changed);
  return *changed > 0;
}

Result<std::int64_t> ToolJournal::purge(sql::Connection& db, UtcTime now) {
  return db.execute("DELETE FROM tool_journal WHERE expires_at IS NOT NULL AND expires_at <= ?", {now});
}

}  // namespace offhook::store
