#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/embedded_file.hpp"
#include "base/result.hpp"
#include "brain/intent_model.hpp"

namespace offhook::brain {

/// What kind of answer a slot holds, and so how it is read and spoken.
enum class SlotType {
  date,
  time,
  birth_date,  ///< a date with its year
  money,
  bedrooms,
  name,
  phone,
  email,
  card_digits,
  code,    ///< customer or booking number
  flag,    ///< yes or no
  choice,  ///< one of `choices`
  text,    ///< the caller's own words
};

struct Choice {
  std::string value;
  std::vector<std::string> words;  ///< normalised phrases that mean it
};

/// Something the dialogue can know. Sentences are templates: "{move_in_date}" is replaced by the slot as
/// it is spoken.
struct SlotSpec {
  std::string name;
  SlotType type = SlotType::text;
  std::vector<std::string> asks;         ///< the question and its variants, used in turn
  std::vector<std::string> cues;         ///< normalised words near a value that show it is meant for this slot
  std::vector<std::string> asked_by;     ///< words in a question of others that ask for this slot
  std::vector<std::string> heard_after;  ///< words after which our own speech gives the value (a booking code)
  std::vector<std::string> yes;          ///< flag: phrases that say yes without being asked
  std::vector<std::string> no;           ///< flag: phrases that say no without being asked
  std::vector<Choice> choices;
  std::string noted;         ///< how an unasked value is acknowledged: "moving in on {move_in_date}"
  std::string retry;         ///< said before asking again when the answer could not be used
  std::string on_no;         ///< flag: the flow that starts when the answer is no
  bool is_open = true;       ///< may it be filled when nobody asked?
  bool may_be_any = false;   ///< "doesn't matter" is an answer (the argument is then left out)
  bool from_caller = false;  ///< phone: the number of the call serves
};

/// What to do when a tool refuses with {"error": name}. In YAML several names share a rule: "a|b".
struct ErrorRule {
  std::string error;
  std::vector<std::string> clear;     ///< slots to forget
  std::string ask;                    ///< the slot to ask for next
  std::vector<std::string> say;       ///< the question; empty: the slot's own
  std::vector<std::string> heard_as;  ///< words of the tool's own that tell this refusal in a history
};

/// Something the agent does: gathers slots, calls a tool, speaks its result.
struct FlowSpec {
  std::string name;
  std::string tool;  ///< empty: only speaks `say`
  std::vector<std::string> needs;
  std::vector<std::pair<std::string, std::string>> arguments;  ///< argument name -> template over slots
  std::vector<std::string> confirm;      ///< the question asked before the tool is called; empty: none
  std::vector<std::string> say;          ///< spoken when a flow without a tool has all it needs
  std::vector<std::string> intro;        ///< spoken once before the first question
  std::vector<std::string> done;         ///< spoken after the result of the tool
  std::string offer;                     ///< the flow offered afterwards
  std::vector<std::string> offer_as;     ///< how this flow is offered: a yes/no question
  std::vector<std::string> refresh;      ///< slots whose change makes a finished read worth repeating
  std::vector<std::string> restart;      ///< slots forgotten when the flow is asked for again
  std::vector<std::string> unavailable;  ///< when the tool is not offered in this conversation
  std::vector<ErrorRule> errors;
  bool ends_call = false;   ///< afterwards we say goodbye
  bool hands_over = false;  ///< afterwards somebody else speaks: no question follows

  /// Is the slot one of its needs or a part of its arguments?
  [[nodiscard]] bool uses(std::string_view slot) const;
};

/// Something callers say.
struct IntentSpec {
  std::string name;
  std::vector<std::string> examples;
  std::vector<std::string> answers;  ///< what is said in return, variants used in turn
  std::string flow;                  ///< the flow it starts
  std::string offer;                 ///< the flow offered after the answer
  bool is_set_phrase = false;        ///< said in these words and little else, such as a goodbye
};

/// One agent's dialogue: everything common_dialogue.yaml says plus its own `brain:` section.
/// The format is described in README.md of this folder. Immutable.
struct Dialogue {
  std::string agent;
  std::string language = "en";  ///< what its callers speak
  std::string region = "US";
  std::vector<std::string> about;          ///< what the agent can do, as sentences
  std::vector<std::string> opening;        ///< "how can I help you?", before anything was done
  std::vector<std::string> wrap_up;        ///< "is there anything else?"
  std::vector<std::string> after_failure;  ///< the same after something went wrong
  std::vector<std::string> farewell;
  std::vector<std::string> silence;         ///< when nothing was said
  std::vector<std::string> fallback;        ///< when nothing was understood
  std::vector<std::string> again;           ///< before a question that is asked a second time
  std::vector<std::string> dropped;         ///< after "never mind"
  std::vector<std::string> declined;        ///< after a no to an offer
  std::vector<std::string> what_else;       ///< after a yes to "anything else?"
  std::vector<std::string> what_to_change;  ///< after a no to a confirmation
  std::string start_flow;
  std::map<std::string, SlotSpec> slots;
  std::map<std::string, FlowSpec> flows;
  std::map<std::string, IntentSpec> intents;
  std::vector<std::vector<std::string>> words;  ///< groups of words that mean the same here
  IntentModel classifier;

  [[nodiscard]] const SlotSpec* slot(std::string_view name) const;
  [[nodiscard]] const FlowSpec* flow(std::string_view name) const;
  [[nodiscard]] const FlowSpec* flow_of_tool(std::string_view tool) const;
};

/// Reads the `brain:` section of an agent file over the common dialogue. Errors: invalid_argument naming
/// the file and what is wrong in it (unknown slots and flows included). `models`: where trained models are kept; null:
/// nowhere.
[[nodiscard]] Result<Dialogue> load_dialogue(const EmbeddedFile& agent_file, ModelCache* models = nullptr);

/// The dialogue of an agent nobody described: polite, able to pass a caller on.
[[nodiscard]] Result<Dialogue> load_common_dialogue(ModelCache* models = nullptr);

}  // namespace offhook::brain
