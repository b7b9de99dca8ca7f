#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "async/task.hpp"
#include "base/civil_time.hpp"
#include "base/clock.hpp"
#include "base/random.hpp"
#include "json/json.hpp"
#include "store/owner.hpp"
#include "store/sql/connection.hpp"

namespace offhook::tools {

class DocumentSearch;

/// May a tool be called that? 1 to 64 letters, digits, underscores and dashes, as OpenAI's API has it.
[[nodiscard]] bool is_tool_name(std::string_view name);

/// Does running it change anything? Writing tools are journalled, so that no effect happens twice.
enum class Effect { reads, writes };

/// What a tool knows about the turn it runs in. A value: it may be used again when a write is retried.
struct ToolContext {
  store::Owner owner = store::Owner::local();  ///< the account whose rows the tool sees and writes
  std::string call_id;                         ///< the platform's id of the call; empty outside a call
  std::string tool_call_id;  ///< the id the platform issued; empty when the model inside Offhook asked
  std::string agent;
  std::string caller_phone;  ///< normalised; empty when unknown
  std::string assistant_id;  ///< whose documents are searched: the platform's id or ours; may be empty
  std::string property_id;   ///< the property the dialled number or the assistant stands for; may be empty
  std::string region = "US";
  std::string second_factor = "date_of_birth";  ///< what banking tools ask for besides the phone; "none" to skip
  const DocumentSearch* documents = nullptr;    ///< null: there are none
  TimeZone time_zone = TimeZone::utc();
  UtcTime now{};     ///< invoke() fills it in when it is the epoch
  Random random{0};  ///< ids of new rows come from a copy of it: the same again on a retry; invoke() seeds it

  // What names the effect when the platform issued no tool-call id (see journal_key.hpp).
  int ordinal = 0;  ///< how many tool calls the turn made before this one
  /// Outside a call: names the request (API key and a hash of the messages up to the last user line).
  /// Empty there too: nothing names the effect, so it is not journalled.
  std::string journal_scope;
};

/// What a tool gives back.
struct ToolResult {
  bool ok = true;
  std::string speakable;  ///< one line fit to be read aloud to the caller, for failures too
  json::object data;      ///< the facts, for the model; {"error": kind} and details when not ok
  std::string log;        ///< what went wrong inside, for the log only; not journalled
};

/// What is known of a call to somebody else's system.
enum class Fate {
  answered,  ///< they answered: the result is theirs
  not_sent,  ///< certainly nothing of it has left: it may be made anew
  unknown,   ///< it left, and no answer came: it may have had its effect, or not
};

struct RemoteAnswer {
  ToolResult result;
  Fate fate = Fate::answered;
};

/// One call of a remote tool. A value.
struct RemoteRequest {
  ToolContext context;
  json::object arguments;       ///< checked
  std::string idempotency_key;  ///< the same whenever the same call is sent again
  Deadline deadline;
};

/// How long a tool may keep a caller waiting, unless it says otherwise.
inline constexpr std::chrono::seconds kToolTimeLimit{2};

/// Something an agent can do. It has one of two kinds of handler.
///
/// `handler` runs inside one database transaction of its own (reads: a snapshot; writes: together with the
/// journal row), may run again from the start when the transaction is retried, and has no effect outside
/// the database. A failed Result means that we failed (the database); a refusal the caller should hear is a
/// ToolResult with ok = false.
///
/// `remote` asks somebody else's system and waits, on the loop of whoever calls it, until the request's
/// deadline at most. Whatever can go wrong is a RemoteAnswer; only a cancelled task fails.
struct Tool {
  std::string name;
  std::string description;
  json::object parameters;  ///< JSON Schema of type object
  Effect effect = Effect::reads;
  std::function<Result<ToolResult>(sql::Connection& db, const ToolContext& context, const json::object& arguments)>
      handler;
  std::function<Task<RemoteAnswer>(RemoteRequest request)> remote;  ///< set instead of handler
  bool is_idempotent = false;  ///< a writing remote tool: may the same call be sent twice with the same key?
  Duration time_limit = kToolTimeLimit;
  std::string agent;  ///< the agent whose file defines it, and who alone has it; empty: everybody's
};

}  // namespace offhook::tools
