#include "store/calls.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>

#include "store/rows.hpp"

namespace offhook::store {
namespace {

using namespace std::string_view_literals;

constexpr std::array kStatusNames{"scheduled"sv, "queued"sv, "ringing"sv, "in-progress"sv, "forwarding"sv, "ended"sv};

#define OFFHOOK_CALL_COLUMNS                                                                                     \
  "id, platform_id, status, direction, assistant_id, agent, phone_number, property_id, lead_id, metadata, "      \
  "started_at, ended_at, duration_seconds, ended_reason, cost, recording_url, summary, created_at, reason_key, " \
  "report_key, recording_key, transcript_key, names_card"

constexpr std::string_view kSelect = "SELECT " OFFHOOK_CALL_COLUMNS " FROM calls";
constexpr int kCallColumns = 23;

Call read_call(const sql::Row& row) {
  return {.id = row.string(0),
          .platform_id = row.string(1),
          .status = parse_call_status(row.text(2)).value_or(CallStatus::ended),
          .direction = row.string(3),
          .assistant_id = row.string(4),
          .agent = row.string(5),
          .phone_number = row.string(6),
          .property_id = row.string(7),
          .lead_id = row.string(8),
          .metadata = row.string(9),
          .started_at = row.optional_time(10),
          .ended_at = row.optional_time(11),
          .duration_seconds = rows::optional_real(row, 12),
          .ended_reason = row.string(13),
          .cost = rows::optional_real(row, 14),
          .recording_url = row.string(15),
          .summary = row.string(16),
          .names_card = row.integer(22) != 0,
          .created_at = row.time(17),
          .reason_key = row.string(18),
          .report_key = row.string(19),
          .recording_key = row.string(20),
          .transcript_key = row.string(21)};
}

#define OFFHOOK_CALL_VALUES(call)                                                                                   \
  to_string((call).status), static_cast<int>((call).status), (call).direction, (call).assistant_id, (call).agent,   \
      (call).phone_number, (call).property_id, (call).lead_id, (call).metadata, (call).started_at, (call).ended_at, \
      (call).duration_seconds, (call).ended_reason, (call).cost, (call).recording_url, (call).summary,              \
      (call).created_at, (call).reason_key, (call).report_key, (call).recording_key, (call).names_card

void take_greatest(std::string& stored, const std::string& seen) {
  if (seen > stored) stored = seen;
}

#define OFFHOOK_SELECT_ENTRY "SELECT call_id, seq, role, said, said_at FROM transcript_entries WHERE call_id = ? "

TranscriptEntry read_entry(const sql::Row& row) {
  return {
      .call_id = row.string(0), .seq = row.integer(1), .role = row.string(2), .text = row.string(3), .at = row.time(4)};
}

/// A number that only what was said decides (FNV-1a, 63 bits): with call and time it tells the entry.
std::int64_t seq_of(const TranscriptEntry& entry) {
  std::uint64_t hash = 14695981039346656037ULL;
  const auto add = [&hash](char c) { hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL; };
  std::ranges::for_each(entry.role, add);
  add('\0');
  std::ranges::for_each(entry.text, add);
  return static_cast<std::int64_t>(hash >> 1);
}

}  // namespace

std::string_view to_string(CallStatus status) { return kStatusNames[static_cast<std::size_t>(status)]; }

std::optional<CallStatus> parse_call_status(std::string_view text) {
  const auto* const found = std::ranges::find(kStatusNames, text);
  if (found == kStatusNames.end()) return std::nullopt;
  return static_cast<CallStatus>(found - kStatusNames.begin());
}

Call merged(Call stored, const Call& seen) {
  if (stored.platform_id.empty()) stored.platform_id = seen.platform_id;
  stored.status = std::max(stored.status, seen.status);
  for (const auto member : {&Call::direction, &Call::assistant_id, &Call::agent, &Call::phone_number,
                            &Call::property_id, &Call::lead_id, &Call::metadata}) {
    take_greatest(stored.*member, seen.*member);
  }
  if (seen.started_at && (!stored.started_at || *seen.started_at < *stored.started_at)) {
    stored.started_at = seen.started_at;
  }
  if (seen.ended_at && (!stored.ended_at || *seen.ended_at > *stored.ended_at)) stored.ended_at = seen.ended_at;
  stored.created_at = std::min(stored.created_at, seen.created_at);
  stored.names_card = stored.names_card || seen.names_card;
  if (seen.reason_key > stored.reason_key) {
    stored.reason_key = seen.reason_key;
    stored.ended_reason = seen.ended_reason;
  }
  if (seen.report_key > stored.report_key) {
    stored.report_key = seen.report_key;
    stored.duration_seconds = seen.duration_seconds;
    stored.cost = seen.cost;
    stored.summary = seen.summary;
  }
  if (seen.recording_key > stored.recording_key) {
    stored.recording_key = seen.recording_key;
    stored.recording_url = seen.recording_url;
  }
  return stored;
}

Result<Call> Calls::upsert(const Call& seen) {
  auto known = seen.platform_id.empty() ? find(seen.id) : find_by_platform_id(seen.platform_id);
  if (!known) return fail(known);
  return upsert(seen, *known);
}

Result<Call> Calls::upsert(const Call& seen, const std::optional<Call>& known) {
  if (!known) {
    auto added = db_.execute(
        "INSERT INTO calls (id, owner_id, platform_id, status, status_rank, direction, assistant_id, agent, "
        "phone_number, property_id, lead_id, metadata, started_at, ended_at, duration_seconds, ended_reason, cost, "
        "recording_url, summary, created_at, reason_key, report_key, recording_key, names_card) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        {seen.id, owner_.id(), rows::nullable(seen.platform_id), OFFHOOK_CALL_VALUES(seen)});
    if (!added) return fail(added);
    if (*added == 0) return fail(ErrorKind::conflict, "the call belongs to another account");
    Call stored = seen;
    stored.transcript_key.clear();
    own_call_ = stored;
    return stored;
  }
  Call call = merged(*known, seen);
  own_call_ = call;
  if (call == *known) return call;  // most messages say nothing new of the call as such
  auto changed = db_.execute(
      "UPDATE calls SET platform_id = ?, status = ?, status_rank = ?, direction = ?, assistant_id = ?, agent = ?, "
      "phone_number = ?, property_id = ?, lead_id = ?, metadata = ?, started_at = ?, ended_at = ?, "
      "duration_seconds = ?, ended_reason = ?, cost = ?, recording_url = ?, summary = ?, created_at = ?, "
      "reason_key = ?, report_key = ?, recording_key = ?, names_card = ? WHERE id = ? AND owner_id = ?",
      {rows::nullable(call.platform_id), OFFHOOK_CALL_VALUES(call), call.id, owner_.id()});
  if (!changed) return fail(changed);
  return call;
}

#undef OFFHOOK_CALL_VALUES

Result<void> Calls::require_own(std::string_view call_id) {
  if (own_call_ && call_id == own_call_->id) return {};
  return rows::require_owned(db_, "SELECT 1 FROM calls WHERE id = ? AND owner_id = ?", call_id, owner_.id(), "call");
}

Result<void> Calls::set_platform_id(std::string_view id, std::string_view platform_id) {
  auto ours = find(id);
  if (!ours) return fail(ours);
  if (!*ours) return fail(ErrorKind::not_found, "call not found");
  if ((*ours)->platform_id == platform_id) return {};
  // Of whatever owner: the platform's ids are unique among all.
  static const std::string sql = std::string(kSelect) + " WHERE platform_id = ?";
  auto other = rows::find(db_, sql, {platform_id}, read_call);
  if (!other) return fail(other);
  if (*other || !(*ours)->platform_id.empty()) {
    return fail(ErrorKind::conflict, "the call is known under another id", "platform id " + std::string(platform_id));
  }
  return rows::update(db_, "UPDATE calls SET platform_id = ? WHERE id = ? AND owner_id = ?",
                      {platform_id, id, owner_.id()}, "call");
}

Result<std::optional<Call>> Calls::find(std::string_view id) {
  static const std::string sql = std::string(kSelect) + " WHERE id = ? AND owner_id = ?";
  return rows::find(db_, sql, {id, owner_.id()}, read_call);
}

Result<std::optional<Call>> Calls::find_by_platform_id(std::string_view platform_id) {
  static const std::string sql = std::string(kSelect) + " WHERE platform_id = ? AND owner_id = ?";
  return rows::find(db_, sql, {platform_id, owner_.id()}, read_call);
}

Result<std::optional<OwnedCall>> find_owned_call(sql::Connection& db, std::string_view platform_id) {
  return rows::find(
      db, "SELECT " OFFHOOK_CALL_COLUMNS ", owner_id FROM calls WHERE platform_id = ?", {platform_id},
      [](const sql::Row& row) { return OwnedCall{.owner = Owner(row.string(kCallColumns)), .call = read_call(row)}; });
}

Result<std::optional<Call>> Calls::find_any(std::string_view id) {
  auto found = find(id);
  if (!found || *found) return found;
  return find_by_platform_id(id);
}

Result<Paged<Call>> Calls::list(const CallFilter& filter, const Page& page) {
  rows::Select select(kSelect);
  select.where("owner_id = ?", owner_.id())
      .where_given("agent = ?", filter.agent)
      .where_given("phone_number = ?", filter.phone_number)
      .where_given("assistant_id = ?", filter.assistant_id)
      .where_given("lead_id = ?", filter.lead_id)
      .where_given("property_id = ?", filter.property_id);
  select.where_given("direction = ?", filter.direction);
  if (filter.status) select.where("status = ?", to_string(*filter.status));
  if (filter.from) select.where("created_at >= ?", *filter.from);
  if (filter.to) select.where("created_at < ?", *filter.to);
  return rows::page(db_, std::move(select), page, "created_at", read_call,
                    [](const Call& call) { return Position{call.created_at, call.id}; });
}

Result<bool> Calls::add_transcript(const TranscriptEntry& entry) {
  if (auto owned = require_own(entry.call_id); !owned) return fail(owned);
  const bool is_known = own_call_ && own_call_->id == entry.call_id;
  if (is_known && !own_call_->transcript_key.empty()) return false;
  static constexpr std::string_view kInsert =
      "INSERT INTO transcript_entries (call_id, said_at, seq, role, said) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO "
      "NOTHING";
  static constexpr std::string_view kInsertUnlessWhole =
      "INSERT INTO transcript_entries (call_id, said_at, seq, role, said) "
      "SELECT ?, CAST(? AS BIGINT), CAST(? AS BIGINT), ?, ? "
      "WHERE NOT EXISTS (SELECT 1 FROM calls WHERE id = ? AND transcript_key <> '') ON CONFLICT DO NOTHING";
  const std::int64_t seq = seq_of(entry);
  auto added =
      is_known ? db_.execute(kInsert, {entry.call_id, entry.at, seq, entry.role, entry.text})
               : db_.execute(kInsertUnlessWhole, {entry.call_id, entry.at, seq, entry.role, entry.text, entry.call_id});
  if (!added) return fail(added);
  return *added > 0;
}

Result<bool> Calls::replace_transcript(std::string_view call_id, std::string_view key,
                                       std::span<const TranscriptEntry> entries) {
  auto believed =
      db_.execute("UPDATE calls SET transcript_key = ? WHERE id = ? AND owner_id = ? AND transcript_key < ?",
                  {key, call_id, owner_.id(), key});
  if (!believed) return fail(believed);
  if (own_call_ && own_call_->id == call_id) own_call_.reset();  // it was read before this
  if (*believed == 0) return false;
  auto removed = db_.execute("DELETE FROM transcript_entries WHERE call_id = ?", {call_id});
  if (!removed) return fail(removed);
  std::set<std::tuple<UtcTime, std::string_view, std::string_view>> seen;
  std::int64_t seq = 0;
  for (const TranscriptEntry& entry : entries) {
    if (!seen.emplace(entry.at, entry.role, entry.text).second) continue;
    auto added =
        db_.execute("INSERT INTO transcript_entries (call_id, said_at, seq, role, said) VALUES (?, ?, ?, ?, ?)",
                    {call_id, entry.at, ++seq, entry.role, entry.text});
    if (!added) return fail(added);
  }
  return true;
}

Result<std::vector<TranscriptEntry>> Calls::transcript(std::string_view call_id) {
  return entries_of(call_id, OFFHOOK_SELECT_ENTRY "ORDER BY said_at, seq", {call_id});
}

Result<std::vector<TranscriptEntry>> Calls::transcript_before(std::string_view call_id, UtcTime at, std::size_t limit) {
  auto entries = entries_of(call_id, OFFHOOK_SELECT_ENTRY "AND said_at <= ? ORDER BY said_at DESC, seq DESC LIMIT ?",
                            {call_id, at, limit});
  if (entries) std::ranges::reverse(*entries);
  return entries;
}

Result<std::vector<TranscriptEntry>> Calls::transcript_after(std::string_view call_id, UtcTime at, std::size_t limit) {
  return entries_of(call_id, OFFHOOK_SELECT_ENTRY "AND said_at > ? ORDER BY said_at, seq LIMIT ?",
                    {call_id, at, limit});
}

Result<std::vector<TranscriptEntry>> Calls::entries_of(std::string_view call_id, std::string_view sql,
                                                       sql::Values values) {
  if (auto owned = require_own(call_id); !owned) {
    if (owned.error().kind == ErrorKind::conflict) return std::vector<TranscriptEntry>{};
    return fail(owned);
  }
  return rows::all(db_, sql, values, read_entry);
}

#undef OFFHOOK_SELECT_ENTRY
#undef OFFHOOK_CALL_COLUMNS

Result<void> Calls::add_tool_call(const CallToolCall& tool_call) {
  if (auto owned = require_own(tool_call.call_id); !owned) return owned;
  auto done = db_.execute(
      "INSERT INTO call_tool_calls (call_id, id, name, arguments, result, called_at) VALUES (?, ?, ?, ?, ?, ?) "
      "ON CONFLICT (call_id, id) DO UPDATE SET "
      "name = CASE WHEN excluded.name > call_tool_calls.name THEN excluded.name ELSE call_tool_calls.name END, "
      "arguments = CASE WHEN excluded.arguments > call_tool_calls.arguments THEN excluded.arguments "
      "ELSE call_tool_calls.arguments END, "
      "result = CASE WHEN excluded.result > call_tool_calls.result THEN excluded.result "
      "ELSE call_tool_calls.result END, "
      "called_at = CASE WHEN excluded.called_at < call_tool_calls.called_at THEN excluded.called_at "
      "ELSE call_tool_calls.called_at END",
      {tool_call.call_id, tool_call.id, tool_call.name, tool_call.arguments, tool_call.result, tool_call.at});
  if (!done) return fail(done);
  return {};
}

Result<std::vector<CallToolCall>> Calls::tool_calls(std::string_view call_id) {
  return rows::all(db_,
                   "SELECT call_id, id, name, arguments, result, called_at FROM call_tool_calls WHERE call_id = ? "
                   "AND EXISTS (SELECT 1 FROM calls WHERE id = ? AND owner_id = ?) ORDER BY called_at, id",
                   {call_id, call_id, owner_.id()}, [](const sql::Row& row) {
                     return CallToolCall{.call_id = row.string(0),
                                         .id = row.string(1),
                                         .name = row.string(2),
                                         .arguments = row.string(3),
                                         .result = row.string(4),
                                         .at = row.time(5)};
                   });
}

}  // namespace offhook::store
