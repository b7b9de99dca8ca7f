#include <algorithm>

#include "base/civil_time.hpp"
#include "base/text.hpp"
#include "brain/hearing.hpp"
#include "brain/numbers.hpp"

namespace offhook::brain {
namespace {

// Intents every agent has (common_dialogue.yaml) and that this file knows by name.
constexpr std::string_view kRepeat = "repeat";
constexpr std::string_view kGoodbye = "goodbye";
constexpr std::string_view kCancel = "cancel";
constexpr std::string_view kHuman = "human";

// Words of an answer that says yes or no and nothing else; an intent in it must be as good as quoted.
constexpr std::size_t kPlainAnswer = 5;
constexpr double kUnmistakable = 0.75;
// A longer answer may well hold a wish of its own; it must be a likely one.
constexpr std::size_t kLongAnswer = 12;
constexpr double kLikely = 0.5;

// Halves of a date of birth that came apart: "-04-12" and "1985".
constexpr std::string_view kBirthDay = "birth_day";
constexpr std::string_view kBirthYear = "birth_year";

// Pleasantries are answered only when nothing else was said.
bool is_pleasantry(std::string_view intent) {
  return intent == "hello" || intent == "how_are_you" || intent == "thanks" || intent == "wait" ||
         intent == "small_talk" || intent == "help" || intent == "upset";
}

class Listener {
 public:
  Listener(State state, const Situation& situation, std::string_view text)
      : state_(std::move(state)), situation_(situation), heard_(hear(text, situation)) {
    state_.turn = {};
    state_.turn.words = heard_.text;
  }

  State run() && {
    state_.turn.is_silent = std::ranges::all_of(heard_.tokens, &Token::is_mark);
    state_.silences = state_.turn.is_silent ? state_.silences + 1 : 0;
    if (state_.turn.is_silent) return std::move(state_);
    ignore_intents_of_plain_answers();
    const bool has_facts =
        std::ranges::any_of(heard_.mentions, [](const Mention& mention) { return !mention.is_weak; });
    const bool is_top_only = heard_.intents.size() == 1 && !has_facts;
    if (is_top_only && heard_.has(kRepeat) && !is_refusal(heard_.tokens) && !tells_what_was_asked()) {
      state_.turn.is_repeat = state_.turn.is_understood = true;
      return std::move(state_);
    }
    if (is_top_only && heard_.has(kCancel) && !leaves_open() && drop_running()) return std::move(state_);
    answer_pending();
    fill();
    join_birth_date();
    ignore_intents_of_asked_facts();
    if (state_.turn.is_goodbye) return std::move(state_);
    ignore_intents_before_a_goodbye();
    act_on_intents();
    if (heard_.has(kGoodbye) && state_.turn.filled.empty() && !has_started_ && !state_.is_confirmed) {
      state_.flows.clear();
      state_.turn.notes.clear();
      state_.turn.is_goodbye = state_.turn.is_understood = true;
    }
    if (state_.turn.is_understood) state_.misses = 0;
    return std::move(state_);
  }

 private:
  [[nodiscard]] const Dialogue& dialogue() const { return situation_.dialogue; }

  [[nodiscard]] bool wants_flow() const {
    return std::ranges::any_of(heard_.intents, [](const Heard& heard) { return !heard.intent->flow.empty(); });
  }

  // "Yes, that's right" after a yes-or-no question is an answer, whatever its words resemble.
  void ignore_intents_of_plain_answers() {
    const auto* slot = state_.pending.kind == Asked::slot ? dialogue().slot(state_.pending.name) : nullptr;
    const bool is_yes_or_no = state_.pending.kind == Asked::confirmation || state_.pending.kind == Asked::offer ||
                              state_.pending.kind == Asked::wrap_up ||
                              (slot != nullptr && slot->type == SlotType::flag);
    // "Sure, go ahead" wishes for nothing else, whatever was asked.
    if (heard_.polarity == Polarity::yes && is_plain_answer(heard_.tokens)) ignore_intents_of_changes();
    if (!is_yes_or_no || heard_.polarity == Polarity::none || count_words() > kPlainAnswer) return;
    // "Alright, that's all for now" says yes to nothing.
    const bool may_be_goodbye = heard_.polarity == Polarity::yes;
    std::erase_if(heard_.intents, [&](const Heard& heard) {
      return heard.score < kUnmistakable && !(may_be_goodbye && heard.intent->name == kGoodbye);
    });
  }

  // "Sorry, I meant 4242" asks for no repetition.
  [[nodiscard]] bool tells_what_was_asked() const {
    if (state_.pending.kind != Asked::slot) return false;
    State trial = state_;
    const auto filled = fill_slots(trial, situation_, heard_, {});
    return std::ranges::find(filled, state_.pending.name) != filled.end();
  }

  // "I don't know yet" answers a question that may be left open; it gives nothing up.
  [[nodiscard]] bool leaves_open() const {
    const auto* slot = state_.pending.kind == Asked::slot ? dialogue().slot(state_.pending.name) : nullptr;
    return slot != nullptr && slot->may_be_any && is_indifferent(heard_.tokens);
  }

  // So is "next Tuesday at four" after a question for the day.
  void ignore_intents_of_asked_facts() {
    const auto* flow = state_.running(dialogue());
    const bool is_answer = state_.pending.kind == Asked::slot && !has_started_ &&
                           std::ranges::any_of(state_.turn.filled, [&](const std::string& name) {
                             return name == state_.pending.name || (flow != nullptr && flow->uses(name));
                           });
    if (!is_answer || heard_.is_question || count_words() > kLongAnswer) return;
    const double enough = count_words() > kPlainAnswer + 2 ? kLikely : kUnmistakable;
    std::erase_if(heard_.intents, [enough](const Heard& heard) { return heard.score < enough; });
  }

  // "Yes, who is calling?" answers first and asks then.
  [[nodiscard]] bool opens_with_answer() const {
    const auto mark = std::ranges::find_if(heard_.tokens, &Token::is_mark);
    const Tokens head(heard_.tokens.begin(), mark);
    return !head.empty() && is_plain_answer(head) && read_polarity(head) != Polarity::none;
  }

  // "This is John" after "am I speaking with John?".
  [[nodiscard]] bool repeats_asked_name() const {
    const std::string question = normalize(state_.last_reply);
    return std::ranges::any_of(heard_.mentions, [&question](const Mention& mention) {
      return mention.kind == MentionKind::name &&
             contains_words(question, normalize(split(mention.value, ' ').front()));
    });
  }

  // What came along with a change of the facts is no wish of its own, unless it says so clearly.
  void ignore_intents_of_changes() {
    if (heard_.is_question) return;
    std::erase_if(heard_.intents, [](const Heard& heard) { return heard.score < kUnmistakable; });
  }

  // Whoever says "bye" wants nothing more, unless they clearly said so.
  void ignore_intents_before_a_goodbye() {
    const bool says_bye = std::ranges::any_of(heard_.intents, [](const Heard& heard) {
      return heard.intent->name == kGoodbye && heard.score > kUnmistakable;
    });
    if (!says_bye || heard_.is_question) return;
    std::erase_if(heard_.intents, [](const Heard& heard) { return heard.score < kUnmistakable; });
  }

  [[nodiscard]] std::size_t count_words() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(heard_.tokens, [](const Token& token) { return !token.is_mark; }));
  }

  void understood() { state_.turn.is_understood = true; }

  void note(const std::string& key, const std::vector<std::string>& variants) {
    if (variants.empty()) return;
    const int count = state_.said[key]++;
    state_.turn.notes.push_back(
        render(variants[static_cast<std::size_t>(count) % variants.size()], state_, situation_));
  }

  bool drop_running() {
    if (state_.flows.empty() && state_.pending.kind != Asked::offer) return false;
    if (state_.pending.kind == Asked::offer) state_.declined.insert(state_.pending.name);
    if (!state_.flows.empty()) {
      state_.finished[state_.flows.back()] = false;
      state_.flows.pop_back();
    }
    state_.pending = {};
    state_.is_confirmed = false;
    note("dropped", dialogue().dropped);
    understood();
    return true;
  }

  // The slots of the running flow that a word such as "time" or "day" or "name" stands for.
  [[nodiscard]] std::vector<std::string> named_slots(const FlowSpec& flow) const {
    std::vector<std::string> out;
    const std::string words = normalize(heard_.text);
    const auto says = [&words](std::initializer_list<std::string_view> names) {
      return std::ranges::any_of(names, [&words](std::string_view name) { return contains_words(words, name); });
    };
    for (const auto& name : flow.needs) {
      const SlotType type = dialogue().slot(name)->type;
      if ((type == SlotType::time && says({"time", "hour", "earlier", "later"})) ||
          (type == SlotType::date && says({"day", "date"})) || (type == SlotType::name && says({"name"})) ||
          (type == SlotType::phone && says({"number", "phone"})) ||
          (type == SlotType::code && says({"number", "id", "code"}))) {
        out.push_back(name);
      }
    }
    return out;
  }

  void answer_pending() {
    switch (state_.pending.kind) {
      case Asked::slot: return answer_slot();
      case Asked::confirmation: return answer_confirmation();
      case Asked::change: return answer_change();
      case Asked::offer: return answer_offer();
      case Asked::wrap_up: return answer_wrap_up();
      case Asked::nothing: return;
    }
  }

  void answer_slot() {
    const auto* slot = dialogue().slot(state_.pending.name);
    if (slot == nullptr) return;
    if (take_alternative()) return;
    // "Why do you need that?" is answered where the agent can answer it.
    const bool has_answer = heard_.is_question && std::ranges::any_of(heard_.intents, [](const Heard& heard) {
                              return !heard.intent->answers.empty() && !is_pleasantry(heard.intent->name);
                            });
    if (is_refusal(heard_.tokens) && !has_answer) {
      understood();
      std::erase_if(heard_.intents, [](const Heard& heard) { return heard.score < kUnmistakable; });
      if (slot->may_be_any) {
        set(slot->name, std::string(kAny));
      } else {
        drop_running();
      }
      return;
    }
    // A value of another kind ("no, Sunday instead") is left to fill().
    const bool needs_words = slot->type == SlotType::flag || slot->type == SlotType::name ||
                             slot->type == SlotType::text || slot->type == SlotType::choice;
    if (needs_words) {
      const bool has_name = std::ranges::any_of(heard_.mentions, [&](const Mention& mention) {
        return slot->type == SlotType::name && mention.kind == MentionKind::name;
      });
      const bool is_side_question = slot->type == SlotType::flag && heard_.is_question && !opens_with_answer();
      std::string value = answer_for(*slot, heard_);
      if (slot->type == SlotType::flag && value.empty() && repeats_asked_name()) value = "yes";
      if (!value.empty() && !has_name && !is_side_question) {
        set(slot->name, value);
        if (slot->type == SlotType::flag && value == "no" && !slot->on_no.empty()) {
          state_.flows.clear();
          start_flow(state_, dialogue(), slot->on_no);
          has_started_ = true;
        }
      }
    }
    const bool has_value = std::ranges::find(state_.turn.filled, slot->name) != state_.turn.filled.end();
    const bool is_bare_no = heard_.polarity == Polarity::no && count_words() <= 3 && heard_.mentions.empty();
    if (!has_value && is_bare_no && slot->type != SlotType::flag && !slot->may_be_any) {
      std::erase_if(heard_.intents, [](const Heard& heard) { return heard.intent->name != kGoodbye; });
      drop_running();
      return;
    }
    if (!has_value && slot->may_be_any && heard_.mentions.empty() && (is_bare_no || is_indifferent(heard_.tokens))) {
      heard_.intents.clear();
      set(slot->name, std::string(kAny));
    }
  }

  void set(const std::string& name, std::string value) {
    state_.slots[name] = std::move(value);
    state_.turn.filled.push_back(name);
    state_.said.erase("ask " + name);
    understood();
  }

  // Of the days and times we offered: "the first one", "2:30 then", "either".
  bool take_alternative() {
    const auto* flow = state_.running(dialogue());
    if (flow == nullptr || state_.alternatives.empty()) return false;
    const Alternative* picked = nullptr;
    if (const auto choice = read_choice(heard_.tokens)) {
      const auto count = static_cast<int>(state_.alternatives.size());
      const int index = *choice < 0 ? count - 1 : *choice;
      if (index < count) picked = &state_.alternatives[static_cast<std::size_t>(index)];
    }
    std::string new_date;
    for (const auto& mention : heard_.mentions) {
      if (mention.kind == MentionKind::date && !mention.is_weak) new_date = mention.value;
    }
    for (const auto& mention : heard_.mentions) {
      if (mention.kind != MentionKind::time) continue;
      const auto found = std::ranges::find_if(state_.alternatives, [&](const Alternative& alternative) {
        return alternative.time == mention.value && (new_date.empty() || alternative.date == new_date);
      });
      if (found != state_.alternatives.end()) picked = &*found;
    }
    const bool has_time = std::ranges::any_of(
        heard_.mentions, [](const Mention& mention) { return mention.kind == MentionKind::time && !mention.is_weak; });
    if (picked == nullptr && !has_time && new_date.empty() && heard_.polarity == Polarity::yes) {
      picked = &state_.alternatives.front();
    }
    if (picked == nullptr) return false;
    for (const auto& name : flow->needs) {
      const SlotType type = dialogue().slot(name)->type;
      if (type == SlotType::date && !picked->date.empty()) set(name, picked->date);
      if (type == SlotType::time) set(name, picked->time);
    }
    state_.alternatives.clear();
    // They chose from what we read out to them: that is consent.
    state_.is_confirmed = true;
    was_picked_ = true;
    return true;
  }

  void answer_confirmation() {
    const auto* flow = state_.running(dialogue());
    if (flow == nullptr) return;
    const auto before = state_.slots;
    fill();
    bool has_change = false;
    for (const auto& name : state_.turn.filled) {
      const auto old = before.find(name);
      has_change = has_change || old == before.end() || old->second != state_.slots[name];
    }
    if (has_change) {
      ignore_intents_of_changes();
      return understood();
    }
    if (is_consent(heard_)) {
      state_.is_confirmed = true;
      return understood();
    }
    if (heard_.polarity == Polarity::no && !heard_.is_question && flow->confirm.empty()) {
      drop_running();  // there is nothing to change, only something not to do
      return;
    }
    if (heard_.polarity == Polarity::no && !heard_.is_question) {
      understood();
      if (!clear_named(*flow)) state_.pending = {Asked::change, flow->name};
    }
  }

  bool clear_named(const FlowSpec& flow) {
    const auto named = named_slots(flow);
    for (const auto& name : named) {
      state_.slots.erase(name);
      state_.said.erase("ask " + name);
    }
    return !named.empty();
  }

  void answer_change() {
    const auto* flow = state_.running(dialogue());
    if (flow == nullptr) return;
    state_.pending = {Asked::confirmation, flow->name};
    fill();
    if (!state_.turn.filled.empty() || clear_named(*flow)) {
      ignore_intents_of_changes();
      return understood();
    }
    if (heard_.polarity == Polarity::no || heard_.has(kCancel)) drop_running();
  }

  void answer_offer() {
    const std::string name = state_.pending.name;
    const auto* offered = dialogue().flow(name);
    // "Just put me through" takes an offer to be transferred, to whomever.
    const bool asks_for_it = offered != nullptr && offered->hands_over && heard_.has(kHuman);
    const bool says_yes = heard_.polarity == Polarity::yes && (!heard_.is_question || opens_with_answer());
    const bool accepts = asks_for_it || (says_yes && !heard_.has(kGoodbye));
    if (accepts) {
      start_flow(state_, dialogue(), name);
      has_started_ = true;
      if (asks_for_it) std::erase_if(heard_.intents, [](const Heard& heard) { return heard.intent->name == kHuman; });
      return understood();
    }
    if (heard_.polarity == Polarity::no && !heard_.is_question) {
      state_.declined.insert(name);
      state_.pending = {};
      understood();
      if (!wants_flow() && !heard_.has(kGoodbye)) note("declined", dialogue().declined);
      return;
    }
    // "Saturday at two" answers "would you like a tour?" as well.
    State trial = state_;
    for (const auto& slot : fill_slots(trial, situation_, heard_, {name})) {
      const bool is_when = dialogue().slot(slot)->type == SlotType::time ||
                           (dialogue().slot(slot)->type == SlotType::date && !wants_flow());
      if (offered != nullptr && is_when && std::ranges::find(offered->needs, slot) != offered->needs.end()) {
        start_flow(state_, dialogue(), name);
        has_started_ = true;
        return understood();
      }
    }
  }

  void answer_wrap_up() {
    const bool has_wish = wants_flow() || !heard_.intents.empty();
    if (heard_.polarity == Polarity::no && !wants_flow() && !heard_.is_question && heard_.mentions.empty()) {
      state_.turn.is_goodbye = true;
      state_.flows.clear();
      return understood();
    }
    if (heard_.polarity == Polarity::yes && !has_wish && heard_.tokens.size() <= 4) {
      note("what_else", dialogue().what_else);
      understood();
    }
  }

  void fill() {
    if (was_picked_ || was_filled_) return;
    was_filled_ = true;
    std::vector<std::string> focus;
    if (!state_.flows.empty()) focus.push_back(state_.flows.back());
    if (state_.pending.kind == Asked::offer) focus.push_back(state_.pending.name);
    for (const auto& heard : heard_.intents) {
      if (!heard.intent->flow.empty()) focus.push_back(heard.intent->flow);
    }
    for (const auto& name : fill_slots(state_, situation_, heard_, focus)) {
      if (std::ranges::find(state_.turn.filled, name) == state_.turn.filled.end()) state_.turn.filled.push_back(name);
      state_.said.erase("ask " + name);
      understood();
    }
  }

  // A date of birth that comes in two answers: "April 12", then "1985".
  void join_birth_date() {
    const auto* slot = state_.pending.kind == Asked::slot ? dialogue().slot(state_.pending.name) : nullptr;
    if (slot == nullptr || slot->type != SlotType::birth_date || state_.slots.contains(slot->name)) return;
    for (const auto& mention : heard_.mentions) {
      if (mention.kind == MentionKind::date && !mention.has_year && !mention.is_weak) {
        state_.slots[std::string(kBirthDay)] = mention.value.substr(4);
      }
    }
    for (std::size_t at = 0; at < heard_.tokens.size(); ++at) {
      if (const auto year = read_year(heard_.tokens, at)) {
        state_.slots[std::string(kBirthYear)] = std::to_string(static_cast<int>(year->value));
      }
    }
    const auto day = state_.slots.find(std::string(kBirthDay));
    const auto year = state_.slots.find(std::string(kBirthYear));
    if (day == state_.slots.end() || year == state_.slots.end()) return;
    const std::string joined = year->second + day->second;
    state_.slots.erase(day);
    state_.slots.erase(year);
    if (parse_date(joined)) set(slot->name, joined);
  }

  // A fact that two flows need starts no second one: "my customer number is 123" while booking a visit.
  [[nodiscard]] bool only_states_facts_for(const FlowSpec& flow, const std::string& other_name) const {
    const auto* other = dialogue().flow(other_name);
    return other != nullptr && other != &flow && !flow.needs.empty() && !heard_.is_question &&
           std::ranges::all_of(flow.needs, [&](const std::string& name) {
             return std::ranges::find(state_.turn.filled, name) != state_.turn.filled.end() &&
                    std::ranges::find(other->needs, name) != other->needs.end();
           });
  }

  // "He took my purse, the debit card ends in 1881": what a flow without needs of its own would be told belongs to the
  // likelier wish.
  [[nodiscard]] bool only_details(const FlowSpec& flow, const std::string& other_name) const {
    const auto* other = dialogue().flow(other_name);
    return other != nullptr && other != &flow && flow.needs.empty() && !heard_.is_question &&
           !state_.turn.filled.empty() && std::ranges::all_of(state_.turn.filled, [&](const std::string& name) {
             return flow.uses(name) && other->uses(name);
           });
  }

  // A new date for what was just booked, or facts for the running flow, are no reason to begin anew.
  void act_on_intents() {
    std::vector<std::string> to_start;
    for (const auto& heard : heard_.intents) {
      const auto& intent = *heard.intent;
      if (intent.name == kRepeat || intent.name == kGoodbye || intent.name == kCancel) continue;
      if (!intent.flow.empty()) {
        understood();
        if (!state_.flows.empty() && state_.flows.back() == intent.flow) continue;
        if (has_started_ && std::ranges::find(state_.flows, intent.flow) != state_.flows.end()) continue;
        const auto& wanted = *dialogue().flow(intent.flow);
        const bool is_detail = std::ranges::any_of(heard_.intents, [&](const Heard& other) {
          return other.score > heard.score && only_details(wanted, other.intent->flow);
        });
        const bool states_facts =
            (is_detail && heard.score < kUnmistakable) ||
            (!state_.flows.empty() && only_states_facts_for(wanted, state_.flows.back())) ||
            std::ranges::any_of(heard_.intents, [&](const Heard& other) {
              return !other.intent->flow.empty() && only_states_facts_for(wanted, other.intent->flow);
            });
        if (states_facts) continue;
        to_start.push_back(intent.flow);
        continue;
      }
      const bool is_alone = heard_.intents.size() == 1 && !state_.turn.is_understood;
      if (is_pleasantry(intent.name) && !is_alone) continue;
      // While a question waits, an answer to it may look like anything: only a question diverts.
      const bool waits = state_.pending.kind == Asked::slot || state_.pending.kind == Asked::confirmation;
      if (waits && state_.turn.is_understood && !heard_.is_question) continue;
      if (waits && is_pleasantry(intent.name) && !heard_.is_question && heard.score < kUnmistakable) continue;
      if (!intent.answers.empty()) note("answer " + intent.name, intent.answers);
      if (!intent.offer.empty()) state_.turn.offer = intent.offer;
      understood();
    }
    // What was said first comes first: it goes on top.
    for (auto name = to_start.rbegin(); name != to_start.rend(); ++name) {
      start_flow(state_, dialogue(), *name);
      has_started_ = true;
    }
    if (has_started_) state_.pending = {};
  }

  State state_;
  const Situation& situation_;
  Utterance heard_;
  bool has_started_ = false;
  bool was_picked_ = false;
  bool was_filled_ = false;
};

}  // namespace

State listen(State state, const Situation& situation, std::string_view text) {
  return Listener(std::move(state), situation, text).run();
}

}  // namespace offhook::brain
