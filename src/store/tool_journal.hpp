#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "store/owner.hpp"
#include "store/sql/connection.hpp"

namespace offhook::store {

/// How far a journalled tool call has come. Tools of our own database are only ever seen finished.
enum class JournalState {
  started,   ///< a remote call is being sent, or was when its process ended
  finished,  ///< `result` is what it came to
};

/// What a writing tool did, kept so that the same tool call never acts twice and never loses its result.
struct JournalEntry {
  std::string key;  ///< names the tool call, e.g. by call and tool-call id
  std::string call_id;
  std::string tool;
  std::string arguments;  ///< JSON object as text
  std::string result;     ///< JSON as text
  bool ok = true;
  UtcTime created_at{};
  std::optional<UtcTime> expires_at;  ///< from then on the key means a new tool call
  JournalState state = JournalState::finished;
  std::string idempotency_key;  ///< what a remote call bears whenever it is sent
};

/// The journal is written in the same transaction as the tool's own rows.
class ToolJournal {
 public:
  ToolJournal(sql::Connection& db, Owner owner) : db_(db), owner_(std::move(owner)) {}
  /// The entry, unless it has expired at `now`.
  Result<std::optional<JournalEntry>> find(std::string_view key, UtcTime now);
  /// Records the entry. Returns false, and changes nothing, when one that has not expired at
  /// entry.created_at holds the key.
  Result<bool> insert(const JournalEntry& entry);
  /// Records the result of a started entry. Returns false when there is none.
  Result<bool> finish(std::string_view key, std::string_view result, bool ok);
  /// Deletes a started entry. Returns false when there is none.
  Result<bool> forget_started(std::string_view key);
  /// Deletes what has expired, of every owner. Returns how many.
  static Result<std::int64_t> purge(sql::Connection& db, UtcTime now);

 private:
  sql::Connection& db_;
  Owner owner_;
};

}  // namespace offhook::store
