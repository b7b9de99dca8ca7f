#include <algorithm>

#include "base/text.hpp"
#include "brain/hearing.hpp"

namespace offhook::brain {
namespace {

// A move may call a tool, look at its result and call another: this many hidden calls are followed.
constexpr int kMaxHiddenCalls = 4;

bool says(const std::string& reply, const std::vector<std::string>& variants, const State& state,
          const Situation& situation) {
  return std::ranges::any_of(variants, [&](const std::string& variant) {
    return contains_words(reply, normalize(render(variant, state, situation)));
  });
}

// The last sentence of a text, normalised, when it is a question; else nothing.
std::string last_question(std::string_view text) {
  const std::string_view plain = trim(text);
  if (!plain.ends_with('?')) return {};
  const std::size_t before = plain.find_last_of(".!?", plain.size() - 2);
  return normalize(before == std::string_view::npos ? plain : plain.substr(before + 1));
}

bool is_asked_in(const std::string& question, const SlotSpec& slot) {
  return std::ranges::any_of(slot.asked_by,
                             [&question](const std::string& words) { return contains_words(question, words); });
}

// What a tool answered, judged by what we said next: our own questions tell refusals apart.
Outcome outcome_from_reply(const FlowSpec& flow, const std::string& text, const State& state,
                           const Situation& situation) {
  Outcome outcome{.tool = flow.tool};
  const std::string reply = normalize(text);
  const auto has_its_words = [&](const ErrorRule& rule) {
    return std::ranges::any_of(rule.heard_as,
                               [&reply](const std::string& words) { return contains_words(reply, words); });
  };
  const auto has_its_question = [&](const ErrorRule& rule) {
    const auto* slot = situation.dialogue.slot(rule.ask);
    return !rule.say.empty() ? says(reply, rule.say, state, situation)
                             : slot != nullptr && says(reply, slot->asks, state, situation);
  };
  if (contains_words(reply, normalize(assurance_question(flow)))) {
    outcome.ok = false;
    outcome.error = "not_confirmed";
    return outcome;
  }
  // The tool's own words tell more than our question after them, which several refusals may share.
  auto rule = std::ranges::find_if(flow.errors, has_its_words);
  if (rule == flow.errors.end()) rule = std::ranges::find_if(flow.errors, has_its_question);
  if (rule != flow.errors.end()) {
    outcome.ok = false;
    outcome.error = rule->error;
    return outcome;
  }
  const std::string question = last_question(text);
  for (const auto& [argument, value] : flow.arguments) {
    for (const auto& [name, slot] : situation.dialogue.slots) {
      const bool is_asked = says(reply, slot.asks, state, situation) || is_asked_in(question, slot);
      if (!value.contains("{" + name + "}") || !is_asked) continue;
      // Asked for after the call, although the flow does not need it: the tool did.
      const bool is_flow_question =
          std::ranges::find(flow.needs, name) != flow.needs.end() && !state.slots.contains(name);
      if (is_flow_question) continue;
      outcome.ok = false;
      outcome.needs = name;
      return outcome;
    }
  }
  if (says(reply, situation.dialogue.after_failure, state, situation)) {
    outcome.ok = false;
    outcome.error = "failed";
  }
  return outcome;
}

Outcome outcome_from_message(const std::string& tool, const std::string& content) {
  Outcome outcome{.tool = tool, .speakable = one_line(content)};
  auto parsed = parse_json(content);
  if (!parsed || !parsed->is_object()) return outcome;
  outcome.data = std::move(*parsed);
  outcome.speakable = std::string(find_string(outcome.data, "speakable").value_or(std::string_view()));
  outcome.ok = find_bool(outcome.data, "ok").value_or(true);
  if (const auto error = find_string(outcome.data, "error")) {
    outcome.error = *error;
    outcome.ok = false;
  }
  // A tool's facts may lie in an inner object.
  const json::value* facts = find(outcome.data, "data");
  if (facts != nullptr && outcome.error.empty()) {
    if (const auto error = find_string(*facts, "error")) {
      outcome.error = *error;
      outcome.ok = false;
    }
  }
  for (const auto* object : {static_cast<const json::value*>(&outcome.data), facts}) {
    if (object == nullptr) continue;
    if (const auto needs = find_string(*object, "needs")) outcome.needs = *needs;
    if (const auto field = find_string(*object, "field"); field && outcome.needs.empty()) outcome.needs = *field;
  }
  if (facts != nullptr && facts->is_object()) outcome.data = json::value(*facts);
  return outcome;
}

class Replay {
 public:
  explicit Replay(const Situation& situation) : situation_(situation) {
    if (!situation.dialogue.start_flow.empty()) start_flow(state_, situation.dialogue, situation.dialogue.start_flow);
  }

  State run(std::span<const llm::Message> messages) && {
    for (const auto& message : messages) {
      switch (message.role) {
        case llm::Role::system: break;
        case llm::Role::user:
          state_ = listen(std::move(state_), situation_, message.content);
          has_heard_ = true;
          break;
        case llm::Role::assistant: assistant(message); break;
        case llm::Role::tool: tool_result(message); break;
      }
    }
    return std::move(state_);
  }

 private:
  void assistant(const llm::Message& message) {
    if (message.tool_calls.empty()) {
      if (!trim(message.content).empty()) spoken(message.content);
      return;
    }
    for (const auto& call : message.tool_calls) {
      Move move = decide(state_, situation_);
      if (move.tool == call.name) {
        state_ = std::move(move.after);
      } else if (const auto* flow = situation_.dialogue.flow_of_tool(call.name)) {
        // Another model made this call: follow it.
        if (state_.running(situation_.dialogue) != flow) start_flow(state_, situation_.dialogue, flow->name);
      }
      state_.turn.outcome.reset();
      state_.turn.calls += 1;
      tool_of_call_[call.id] = call.name;
      last_call_ = call.name;
    }
    state_.turn.has_said_farewell = !trim(message.content).empty();
    if (state_.turn.has_said_farewell) state_.last_reply = one_line(message.content);
  }

  void tool_result(const llm::Message& message) {
    const auto known = tool_of_call_.find(message.tool_call_id);
    std::string tool = known != tool_of_call_.end() ? known->second : message.name;
    if (tool.empty()) tool = last_call_;
    state_.turn.outcome = outcome_from_message(tool, message.content);
  }

  void spoken(const std::string& whole_text) {
    const std::string text = shortened(whole_text);
    if (has_heard_) {
      settle(text);
    } else {
      recognise(text);
    }
    listen_to_ourselves(text);
    state_.last_reply = one_line(text);
  }

  // Makes the move we must have made, following calls whose messages were left out.
  void settle(const std::string& text) {
    Move move = decide(state_, situation_);
    bool was_refused = state_.turn.outcome && !state_.turn.outcome->ok;
    for (int hidden = 0; hidden < kMaxHiddenCalls && move.tool && move.text.empty(); ++hidden) {
      const auto* flow = situation_.dialogue.flow_of_tool(*move.tool);
      state_ = std::move(move.after);
      state_.turn.calls += 1;
      if (flow == nullptr) break;
      state_.turn.outcome = outcome_from_reply(*flow, text, state_, situation_);
      was_refused = !state_.turn.outcome->ok;
      move = decide(state_, situation_);
    }
    if (!move.tool || !move.text.empty()) state_ = std::move(move.after);
    const bool has_our_question = !move.question.empty() && contains_words(normalize(text), normalize(move.question));
    const bool is_cut_short = normalize(move.text).starts_with(normalize(text));
    // A refusal that is a question itself left its slot pending.
    const bool is_tools_question = was_refused && move.question.empty() && state_.pending.kind == Asked::slot;
    if (!has_our_question && !is_cut_short && !is_tools_question) recognise(text);
    if (was_refused && state_.pending.kind == Asked::slot) remember_alternatives(text);
  }

  // Which question does a text that is not ours end with?
  void recognise(const std::string& text) {
    const std::string reply = normalize(text);
    for (const auto& [name, slot] : situation_.dialogue.slots) {
      if (!says(reply, slot.asks, state_, situation_) && !is_asked_in(last_question(text), slot)) continue;
      state_.pending = {Asked::slot, name};
      return;
    }
    for (const auto& [name, flow] : situation_.dialogue.flows) {
      if (says(reply, flow.offer_as, state_, situation_)) {
        state_.pending = {Asked::offer, name};
        return;
      }
      if (says(reply, flow.confirm, state_, situation_) && state_.running(situation_.dialogue) == &flow) {
        state_.pending = {Asked::confirmation, name};
        return;
      }
    }
    if (says(reply, situation_.dialogue.wrap_up, state_, situation_) ||
        says(reply, situation_.dialogue.after_failure, state_, situation_)) {
      state_.pending = {Asked::wrap_up, {}};
    } else if (trim(text).ends_with('?')) {
      // Somebody else's question. What ends otherwise was cut short: our own question still stands.
      state_.pending = {};
    }
  }

  void remember_alternatives(const std::string& text) {
    const auto tokens = tokenize(text);
    state_.alternatives.clear();
    std::string date;
    for (const auto& [name, value] : state_.slots) {
      const auto* slot = situation_.dialogue.slot(name);
      const auto* flow = state_.running(situation_.dialogue);
      if (slot != nullptr && flow != nullptr && slot->type == SlotType::date &&
          std::ranges::find(flow->needs, name) != flow->needs.end()) {
        date = value;
      }
    }
    for (const auto& mention : find_mentions(text, tokens, situation_.reading)) {
      if (mention.is_weak) continue;
      if (mention.kind == MentionKind::date) date = mention.value;
      if (mention.kind == MentionKind::time) state_.alternatives.push_back({date, mention.value});
    }
  }

  // A booking code that we read out is known from then on.
  void listen_to_ourselves(const std::string& text) {
    const auto tokens = tokenize(text);
    const auto mentions = find_mentions(text, tokens, situation_.reading);
    for (const auto& [name, slot] : situation_.dialogue.slots) {
      for (const auto& phrase : slot.heard_after) {
        const std::size_t length = split(phrase, ' ').size();
        for (std::size_t at = 0; at + length < tokens.size(); ++at) {
          if (!starts_at(tokens, at, phrase)) continue;
          const auto code = std::ranges::find_if(mentions, [&](const Mention& mention) {
            return mention.kind == MentionKind::code && mention.first >= at + length &&
                   mention.first <= at + length + 3;
          });
          if (code != mentions.end()) state_.slots[name] = code->value;
        }
      }
    }
  }

  const Situation& situation_;
  State state_;
  bool has_heard_ = false;
  std::map<std::string, std::string> tool_of_call_;
  std::string last_call_;
};

}  // namespace

State replay(std::span<const llm::Message> messages, const Situation& situation) {
  return Replay(situation).run(messages);
}

}  // namespace offhook::brain
