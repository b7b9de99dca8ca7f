#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "brain/dialogue.hpp"
#include "brain/mentions.hpp"
#include "json/json.hpp"
#include "llm/chat_model.hpp"

namespace offhook::brain {

/// What one request brings besides its messages. Borrowed for the length of one answer.
struct Situation {
  const Dialogue& dialogue;
  ReadingContext reading;
  std::string caller_phone;              ///< normalised; empty when unknown
  std::span<const llm::ToolSpec> tools;  ///< empty when the request forbids tools

  [[nodiscard]] const llm::ToolSpec* tool(std::string_view name) const;
};

/// The value of a slot that the caller left open.
inline constexpr std::string_view kAny = "any";

/// The question that waits for an answer.
enum class Asked { nothing, slot, confirmation, change, offer, wrap_up };
struct Pending {
  Asked kind = Asked::nothing;
  std::string name;  ///< of the slot or the flow
};

/// What a tool gave back.
struct Outcome {
  std::string tool;
  bool ok = true;
  std::string error;      ///< its kind, when not ok
  std::string needs;      ///< the argument it asks for, when not ok
  std::string speakable;  ///< empty when only its effect on our next words is known
  json::value data;
};

/// A day and time we offered ourselves.
struct Alternative {
  std::string date;
  std::string time;
};

/// What came of the caller's last words; begun anew with each of them.
struct Turn {
  std::string words;                ///< what was said, on one line
  std::vector<std::string> notes;   ///< sentences to say first (answers to side questions)
  std::vector<std::string> filled;  ///< slots that got a value
  std::string offer;                ///< a flow to offer when nothing else is to be done
  bool is_understood = false;
  bool is_goodbye = false;
  bool is_repeat = false;
  bool is_silent = false;  ///< nothing was said
  bool has_said_farewell = false;
  int calls = 0;  ///< tools called in this turn
  std::optional<Outcome> outcome;
};

/// Everything the brain knows in the middle of a conversation: a pure function of its messages.
struct State {
  std::map<std::string, std::string> slots;  ///< in the canonical form of Mention::value
  std::vector<std::string> flows;            ///< unfinished ones, the running one last
  std::map<std::string, bool> finished;      ///< flow -> did its tool succeed?
  std::set<std::string> declined;            ///< flows whose offer was turned down
  Pending pending;
  bool is_confirmed = false;
  std::vector<Alternative> alternatives;
  std::map<std::string, int> said;  ///< how often each question or answer was used
  int silences = 0;                 ///< turns in a row in which nothing was said
  int misses = 0;                   ///< turns in a row that we did not understand
  std::string last_reply;
  Turn turn;

  [[nodiscard]] const FlowSpec* running(const Dialogue& dialogue) const {
    return flows.empty() ? nullptr : dialogue.flow(flows.back());
  }
};

/// Has the slot a value, be it the caller's own number?
[[nodiscard]] bool is_known(const State& state, const Situation& situation, const SlotSpec& slot);

/// The value of a slot as it is said aloud: "Saturday, March 7", "2 PM", "2,500 dollars".
[[nodiscard]] std::string spoken_slot(const State& state, const Situation& situation, const SlotSpec& slot);

/// Replaces "{slot}" by its spoken value, "{about}" by what the agent can do.
[[nodiscard]] std::string render(std::string_view text, const State& state, const Situation& situation);

/// What is asked before a tool runs for a flow that the caller has hardly spoken of: "Just to be sure: do you want me
/// to block the card?"
[[nodiscard]] std::string assurance_question(const FlowSpec& flow);

/// Puts a flow on top, keeping what is known; a finished one forgets what its `restart` names.
void start_flow(State& state, const Dialogue& dialogue, const std::string& name);

/// What the caller's words change: facts, answers, wishes. Decides nothing.
[[nodiscard]] State listen(State state, const Situation& situation, std::string_view text);

/// Our next move, and the state once it has been made.
struct Move {
  std::string text;      ///< may come with a tool (a farewell before hanging up)
  std::string question;  ///< the last sentence of `text` when it waits for an answer
  std::optional<std::string> tool;
  json::object arguments;
  State after;
};
[[nodiscard]] Move decide(const State& state, const Situation& situation);

/// Walks through a conversation: the state after its last message. Tool calls that a platform has left
/// out of its history are recognised by what was said afterwards.
[[nodiscard]] State replay(std::span<const llm::Message> messages, const Situation& situation);

}  // namespace offhook::brain
