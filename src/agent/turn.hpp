#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "agent/agent_book.hpp"
#include "agent/answer_format.hpp"
#include "async/task.hpp"
#include "base/trace.hpp"
#include "llm/chat_model.hpp"
#include "llm/prices.hpp"
#include "obs/log.hpp"
#include "obs/metrics.hpp"
#include "privacy/pattern_filter.hpp"
#include "store/owners.hpp"
#include "store/store.hpp"
#include "tools/document_search.hpp"
#include "tools/registry.hpp"
#include "tools/tool.hpp"

namespace offhook::agent {

/// Sees the tools that run inside turns: on the wire they are invisible. Called on any loop.
class ToolObserver {
 public:
  virtual ~ToolObserver() = default;
  virtual void on_tool(std::string_view platform_call_id, const llm::ToolCall& call,
                       const tools::ToolResult& result) = 0;
};

/// What every turn needs. References to what outlives the server.
struct AgentServices {
  store::Store& store;
  const tools::ToolRegistry& tools;
  llm::ChatModel& model;
  obs::Log& log;
  obs::Metrics& metrics;
  ToolObserver* observer = nullptr;
  const llm::PriceTable* prices = nullptr;                          ///< null: what answers cost is not known
  std::vector<const privacy::HiddenPattern*> hidden_patterns = {};  ///< never said, beside national ids
  const tools::DocumentSearch* documents = nullptr;                 ///< null: none
};

/// One utterance to answer, however it came in.
struct TurnRequest {
  const AgentDefinition* agent = nullptr;  ///< never null
  std::vector<llm::Message> messages;      ///< the whole conversation; system messages follow the agent's own
  /// For which account tools act. Unset: for that of the call, found by `clues` before the first tool runs.
  std::optional<store::Owner> owner;
  store::CallClues clues;
  Trace trace;                                ///< the call's id is empty outside a call
  std::string caller_phone;                   ///< as given; a [phone: …] marker in the messages fills it when empty
  std::string caller_name;                    ///< as the platform has it; empty: unknown
  std::string property_id;                    ///< overrides the agent's
  std::vector<llm::ToolSpec> platform_tools;  ///< offered with the request: called back, not run here
  llm::ToolChoice tool_choice = llm::ToolChoice::automatic;
  std::string required_tool;        ///< with ToolChoice::required: this very tool; empty: any
  bool parallel_tool_calls = true;  ///< false: at most one call an answer
  llm::ResponseFormat response_format;
  std::shared_ptr<const AnswerFormat> answer_format;  ///< of response_format; null: any text
  std::string model;                                  ///< wanted from the provider; empty: its default
  double temperature = 0.7;
  int max_tokens = 2048;
  std::vector<std::string> stop;
  std::string asker;               ///< as llm::ChatRequest has it
  bool takes_flush_marks = false;  ///< the platform speaks at once what stands before "<flush />", which nobody hears
  std::string journal_scope;       ///< outside a call: what makes a repeated request the same one
  Deadline deadline;
};

/// The first event: an answer is certain to come. Sent again as soon as a model has begun it, which may be another one.
struct TurnStarted {
  std::string model;  ///< what answers, e.g. "brain" or "gpt-4o-mini-2024-07-18"; at first what was asked for
};
/// Words for the caller. Whole UTF-8 characters.
struct SpokenDelta {
  std::string text;
};
/// A tool of ours begins to run.
struct ToolStarted {
  llm::ToolCall call;
};
/// It has run; its effect, if it has one, is on disk.
struct ToolFinished {
  llm::ToolCall call;
  tools::ToolResult result;
  Duration took{};
};
/// A tool the platform has to run; the turn ends after these.
struct PlatformToolCall {
  llm::ToolCall call;
};
/// The last event of a turn that did not fail.
struct TurnFinished {
  llm::FinishReason reason = llm::FinishReason::stop;
  llm::Usage usage;
  std::string model;               ///< what really answered
  bool wants_end = false;          ///< a tool asked to end the call
  Duration first_words{};          ///< from the beginning of the turn to its first words
  Duration tools{};                ///< spent in our own tools
  Duration model_time{};           ///< spent waiting for models
  Duration queue{};                ///< waiting for a place at a model
  std::optional<double> cost_usd;  ///< nullopt: a model has no price (llm::PriceTable)
  Duration took{};                 ///< the whole turn

  /// What is left when tools and models are taken off: our own work, with the writing of chunks to a slow client.
  [[nodiscard]] Duration overhead() const { return took - queue - tools - model_time; }
};
using AgentEvent = std::variant<TurnStarted, SpokenDelta, ToolStarted, ToolFinished, PlatformToolCall, TurnFinished>;

/// Where the events of a turn go. An error stops the turn (the listener has left).
class AgentEventSink {
 public:
  virtual ~AgentEventSink() = default;
  /// Takes the next event in. What it makes of it may stay in memory until flush().
  virtual Result<void> take(AgentEvent event) = 0;
  /// Sends what has been taken in. The turn calls it whenever it is about to wait for something else, and at its end.
  virtual Task<void> flush() = 0;
};

/// Answers one utterance: prompts the model, runs tools, and goes on until the model has finished. A model
/// that fails after the first words is covered with a closing sentence; before them the error comes out
/// (unavailable, timeout, …). When `answer_format` demands JSON, nothing is emitted before the whole answer has been
/// checked; one that does not fit is asked for once more, then the turn fails (bad_gateway, "invalid_model_output").
/// An answer that the length limit cut off passes as it is, with that reason. No HTTP and no audio in here: every front
/// translates the same events.
Task<void> run_turn(const AgentServices& services, TurnRequest request, AgentEventSink& sink);

}  // namespace offhook::agent
