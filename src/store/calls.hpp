#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/owner.hpp"
#include "store/paging.hpp"
#include "store/sql/connection.hpp"

namespace offhook::store {

/// Where a call stands. The order is the order of life: a call only ever moves to a later one.
enum class CallStatus : std::uint8_t { scheduled, queued, ringing, in_progress, forwarding, ended };

/// The platform's spelling: "scheduled", "queued", "ringing", "in-progress", "forwarding", "ended".
[[nodiscard]] std::string_view to_string(CallStatus status);
[[nodiscard]] std::optional<CallStatus> parse_call_status(std::string_view text);

/// One conversation with a caller. In texts, empty means unknown.
struct Call {
  std::string id;           ///< ours
  std::string platform_id;  ///< the telephone platform's; unique among calls, empty until it gave one
  CallStatus status = CallStatus::queued;
  std::string direction;  ///< "inbound" or "outbound"
  std::string assistant_id;
  std::string agent;
  std::string phone_number;  ///< the other party's, normalised
  std::string property_id;
  std::string lead_id;
  std::string metadata;  ///< a JSON object as text; empty means none given
  std::optional<UtcTime> started_at;
  std::optional<UtcTime> ended_at;
  std::optional<double> duration_seconds;
  std::string ended_reason;
  std::optional<double> cost;  ///< US dollars
  std::string recording_url;
  std::string summary;
  UtcTime created_at{};
};

/// Something said in a call.
struct TranscriptEntry {
  std::string call_id;
  std::int64_t seq = 0;  ///< order within the call, from 1; given by the store
  std::string role;      ///< "user", "assistant", …
  std::string text;
  UtcTime at{};
  std::string source_key;  ///< what makes it the same entry when it is sent again; empty: role, time and text
};

/// A tool that was called in a call, as the call log shows it (effects are in the ToolJournal).
struct CallToolCall {
  std::string call_id;
  std::string id;  ///< the tool call's id; unique within the call
  std::string name;
  std::string arguments;  ///< JSON object as text
  std::string result;     ///< empty until it is known
  UtcTime at{};
};

/// What to list; empty members do not restrict.
struct CallFilter {
  std::string agent;
  std::optional<CallStatus> status;
  std::string phone_number;
  std::string assistant_id;
  std::string lead_id;
  std::string property_id;
};

/// Calls with their transcripts and tool calls.
class Calls {
 public:
  Calls(sql::Connection& db, Owner owner) : db_(db), owner_(std::move(owner)) {}

  /// Adds a call, or merges what is newly known into the stored one with the same platform_id (when
  /// that is empty, the same id): the status only moves forward, the earliest started_at and the latest
  /// ended_at win, other filled members replace what was stored, empty ones change nothing. The id,
  /// created_at and (once set) direction of a stored call stay. Returns the call as stored.
  /// Errors: conflict (the stored one is another owner's).
  Result<Call> upsert(const Call& seen);
  /// Names the platform's call for a call of ours that had none. Errors: not_found, conflict (that
  /// platform call is stored already, or ours has another one).
  Result<void> set_platform_id(std::string_view id, std::string_view platform_id);

  Result<std::optional<Call>> find(std::string_view id);
  Result<std::optional<Call>> find_by_platform_id(std::string_view platform_id);
  /// By our id or the platform's.
  Result<std::optional<Call>> find_any(std::string_view id);
  Result<Paged<Call>> list(const CallFilter& filter, const Page& page);

  /// Appends an entry (entry.seq is ignored) unless the same one is there. Returns whether it was new.
  Result<bool> add_transcript(const TranscriptEntry& entry);
  /// Puts `entries` in place of what is stored: the platform's final report knows best. Repeated
  /// entries are dropped; seq follows the order given; every call_id becomes `call_id`.
  Result<void> replace_transcript(std::string_view call_id, std::span<const TranscriptEntry> entries);
  Result<std::vector<TranscriptEntry>> transcript(std::string_view call_id);

  /// Adds a tool call; when it is there already, only a still missing name, arguments or result is
  /// filled in.
  Result<void> add_tool_call(const CallToolCall& tool_call);
  Result<std::vector<CallToolCall>> tool_calls(std::string_view call_id);

 private:
  Result<void> require_own(std::string_view call_id);

  sql::Connection& db_;
  Owner owner_;
};

}  // namespace offhook::store
