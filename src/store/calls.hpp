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
  bool names_card = false;  ///< somebody spoke of a card in it
  UtcTime created_at{};

  // Which message is believed where several speak: the one with the greater key. Empty: none has spoken yet.
  std::string reason_key;      ///< for ended_reason
  std::string report_key;      ///< for duration_seconds, cost and summary
  std::string recording_key;   ///< for recording_url
  std::string transcript_key;  ///< for the whole transcript; given by replace_transcript()

  friend bool operator==(const Call&, const Call&) = default;
};

/// What two looks at one call come to together; see Calls::upsert(). Of any number of calls the order and repetition
/// of merges do not matter. The id stays, as does transcript_key. Pure.
[[nodiscard]] Call merged(Call stored, const Call& seen);

/// Something said in a call.
struct TranscriptEntry {
  std::string call_id;
  std::int64_t seq = 0;  ///< order among entries of the same time, the same for the same entry; given by the store
  std::string role;      ///< "user", "assistant", …
  std::string text;
  UtcTime at{};
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
  std::string direction;
  std::optional<UtcTime> from;  ///< created then or later
  std::optional<UtcTime> to;    ///< created before
};

/// Calls with their transcripts and tool calls.
class Calls {
 public:
  Calls(sql::Connection& db, Owner owner) : db_(db), owner_(std::move(owner)) {}

  /// Adds a call, or merges what is newly known into the stored one with the same platform_id (when that is
  /// empty, the same id). The order of merges does not matter, nor does a repetition: the status only moves
  /// forward; the earliest started_at and created_at and the latest ended_at win; ended_reason comes with the
  /// greatest reason_key, the outcome with the greatest report_key, the recording with its own; of the other texts,
  /// which agree in practice, the greatest stays, and empty ones change nothing. The id of a stored call stays. Returns
  /// the call as stored. Errors: conflict (the stored one is another owner's).
  Result<Call> upsert(const Call& seen);
  /// The same for a caller who has just looked, in this transaction: `known` is what is stored, of this owner.
  Result<Call> upsert(const Call& seen, const std::optional<Call>& known);
  /// Names the platform's call for a call of ours that had none. Errors: not_found, conflict (that
  /// platform call is stored already, or ours has another one).
  Result<void> set_platform_id(std::string_view id, std::string_view platform_id);

  Result<std::optional<Call>> find(std::string_view id);
  Result<std::optional<Call>> find_by_platform_id(std::string_view platform_id);
  /// By our id or the platform's.
  Result<std::optional<Call>> find_any(std::string_view id);
  Result<Paged<Call>> list(const CallFilter& filter, const Page& page);

  /// Adds an entry (entry.seq is ignored) unless the same one (role, time and text) is there, or a whole transcript
  /// is in place, which knows better. Returns whether it was new.
  Result<bool> add_transcript(const TranscriptEntry& entry);
  /// Puts `entries`, in order of time, in place of what is stored, unless a transcript with a greater or the same
  /// key is there. Repeated entries are dropped; every call_id becomes `call_id`. Returns whether it did.
  Result<bool> replace_transcript(std::string_view call_id, std::string_view key,
                                  std::span<const TranscriptEntry> entries);
  /// In order of time.
  Result<std::vector<TranscriptEntry>> transcript(std::string_view call_id);
  /// At most `limit` entries up to that moment, and after it; the nearest ones, in order of time.
  Result<std::vector<TranscriptEntry>> transcript_before(std::string_view call_id, UtcTime at, std::size_t limit);
  Result<std::vector<TranscriptEntry>> transcript_after(std::string_view call_id, UtcTime at, std::size_t limit);

  /// Adds a tool call, or merges it into the one that is there: the earliest time, of each text the greatest.
  Result<void> add_tool_call(const CallToolCall& tool_call);
  Result<std::vector<CallToolCall>> tool_calls(std::string_view call_id);

 private:
  Result<void> require_own(std::string_view call_id);
  /// Entries of a call, when it is the owner's.
  Result<std::vector<TranscriptEntry>> entries_of(std::string_view call_id, std::string_view sql, sql::Values values);

  sql::Connection& db_;
  Owner owner_;
  std::optional<Call> own_call_;  // the last one that upsert() found to be the owner's
};

/// A stored call and whose it is.
struct OwnedCall {
  Owner owner;
  Call call;
};

/// The call with that platform_id, of whatever owner: for messages that nobody with an account stands behind.
Result<std::optional<OwnedCall>> find_owned_call(sql::Connection& db, std::string_view platform_id);

}  // namespace offhook::store
