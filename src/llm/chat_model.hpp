#pragma once

#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "async/task.hpp"
#include "base/clock.hpp"
#include "base/trace.hpp"
#include "json/json.hpp"

namespace offhook::llm {

enum class Role { system, user, assistant, tool };

/// A tool call as the model made it. `arguments` is JSON text as models write it: validate before use.
struct ToolCall {
  std::string id;
  std::string name;
  std::string arguments;
  std::string signature;  ///< a provider's own mark, opaque; it wants it back with the call, in the same turn
};

/// One message of a conversation, in OpenAI's chat shape with content parts already joined to text.
struct Message {
  Role role = Role::user;
  std::string content;
  std::vector<ToolCall> tool_calls;  ///< role assistant only
  std::string tool_call_id;          ///< role tool only: the call this answers
  std::string name;                  ///< optional speaker or tool name
};

/// A JSON Schema of type object that many requests share: it does not change, and copies cost nothing.
class SharedSchema {
 public:
  SharedSchema() : SharedSchema(json::object()) {}
  // NOLINTNEXTLINE(google-explicit-constructor): a schema is an object
  SharedSchema(json::object schema) : schema_(std::make_shared<const json::object>(std::move(schema))) {}
  SharedSchema(std::initializer_list<std::pair<json::string_view, json::value_ref>> members)
      : SharedSchema(json::object(members)) {}
  /// Shares what somebody else keeps; never null.
  explicit SharedSchema(std::shared_ptr<const json::object> schema) : schema_(std::move(schema)) {}

  const json::object& operator*() const { return *schema_; }
  const json::object* operator->() const { return schema_.get(); }

 private:
  std::shared_ptr<const json::object> schema_;
};

/// A tool offered to the model.
struct ToolSpec {
  std::string name;
  std::string description;
  SharedSchema parameters;
};

enum class ToolChoice { automatic, none, required };

/// What shape the answer's text must have. Only asked for: whoever needs it checks the answer.
struct ResponseFormat {
  enum class Kind { text, json_object, json_schema };
  Kind kind = Kind::text;
  std::string name;     ///< json_schema only
  json::object schema;  ///< json_schema only: a JSON Schema
  bool strict = false;  ///< json_schema only: the provider may offer nothing else while it writes
};

struct ChatRequest {
  std::string agent;  ///< name of the Offhook agent that asks; embedded models choose their dialogue by it
  std::string model;  ///< model wanted from the provider; empty: the provider's default
  std::vector<Message> messages;
  std::vector<ToolSpec> tools;
  ToolChoice tool_choice = ToolChoice::automatic;
  std::string required_tool;        ///< with ToolChoice::required: this very tool; empty: any of them
  bool parallel_tool_calls = true;  ///< false: at most one call an answer
  ResponseFormat response_format;
  double temperature = 0.7;
  int max_tokens = 2048;
  std::vector<std::string> stop;
  std::string documents_version;  ///< of what the answer may quote; another one, other answers. Empty: no documents
  std::string asker;              ///< who pays and queues for it: a key's public name, an address; empty: nobody
  Deadline deadline;              ///< of the turn: nobody waits for a place beyond it
  Deadline words_by;              ///< the caller's patience, when some of it is used up already
  Trace trace;                    ///< whose question it is, for the log
  UtcTime now{};                  ///< what "tomorrow" is counted from
  std::string time_zone;          ///< IANA name; where the caller's "two o'clock" is
  std::string caller_phone;       ///< normalised; empty when unknown
  std::string language;           ///< ISO 639-1, of what the caller hears; empty: English
  std::uint64_t seed = 0;         ///< a model that varies its wording must draw from this only
  /// Called and waited for once, as soon as it is certain that an answer will come, however long its first word takes.
  /// Not called where it never is. It may refer to the asker: whoever lets a request outlive its asker takes it out.
  std::function<Task<void>()> on_certain = {};
};

/// A piece of text, in order. Never empty, always whole UTF-8 characters.
struct TextDelta {
  std::string text;
};
/// A complete tool call; models that stream fragments assemble them before handing it on.
struct ToolCallReady {
  ToolCall call;
};
struct Usage {
  int prompt_tokens = 0;
  int completion_tokens = 0;
  bool estimated = false;  ///< counted by us because the provider did not say
};
enum class FinishReason { stop, length, tool_calls, content_filter };
/// The last event of every stream that did not fail.
struct Finished {
  FinishReason reason = FinishReason::stop;
  Usage usage;
  std::string model;        ///< what really answered
  bool is_cut_off = false;  ///< the model failed in mid-answer and a closing sentence stands in for the rest
  bool is_copy = false;     ///< of an answer that another request has had written
  bool is_free = false;     ///< nobody is paid for it
  Duration queued{};        ///< that the request waited for a place before the model was asked
};
/// A sign of life with nothing in it yet: the model thinks, or writes a tool call. Only providers send it, at most
/// once a read; a chain (fallback.hpp) keeps it to itself.
struct Working {};
using ChatEvent = std::variant<TextDelta, ToolCallReady, Finished, Working>;

/// An answer on its way. Destroying it cancels the work behind it. One loop, one reader.
class ChatStream {
 public:
  virtual ~ChatStream() = default;
  /// What answers, in its provider's words. Known once the first event has been read.
  [[nodiscard]] virtual std::string_view model() const = 0;
  /// The next event. After Finished or an error it must not be called again. Errors: timeout when there is none by
  /// `by`, and what open_stream() has.
  virtual Task<ChatEvent> next(Deadline by) = 0;
  /// Will next() come back without waiting? Whoever passes events on sends them before it waits.
  [[nodiscard]] virtual bool is_ready() const { return false; }
};

/// Something that answers conversations: a provider, the brain, a script for tests.
/// One object serves every loop; open_stream is thread-safe.
class ChatModel {
 public:
  virtual ~ChatModel() = default;
  [[nodiscard]] virtual std::string_view name() const = 0;
  /// Errors: unavailable, rate_limited, timeout, unauthorized, bad_gateway, invalid_argument.
  virtual Task<std::unique_ptr<ChatStream>> open_stream(ChatRequest request) = 0;
};

/// About four bytes a token: for usage when nobody counted.
[[nodiscard]] int estimate_tokens(std::string_view text);

}  // namespace offhook::llm
