#include <algorithm>
#include <cstdlib>

#include "base/text.hpp"
#include "brain/state.hpp"

namespace offhook::brain {
namespace {

// More calls than this in one turn means that we run in a circle.
constexpr int kMaxCalls = 4;
// After so many turns without a word we say goodbye.
constexpr int kMostSilences = 2;
// A question put this often without an answer is given up.
constexpr int kMaxAsks = 4;
// So does a tool that has refused this often.
constexpr int kMaxRefusals = 3;
// Who is not understood this often in a row is offered a person.
constexpr int kMaxMisses = 3;
// How the turn refuses a tool that the caller has not asked for (agent/grounding.hpp).
constexpr std::string_view kNotConfirmed = "not_confirmed";
// The flow of common_dialogue.yaml that passes a caller on.
constexpr const char* kHuman = "human";

// The parts of one answer, put together sentence by sentence.
class Decision {
 public:
  Decision(const State& state, const Situation& situation)
      : situation_(situation), dialogue_(situation.dialogue), parts_(state.turn.notes) {
    move_.after = state;
  }

  Move run() && {
    if (s().turn.is_silent && !s().turn.outcome) return std::move(*this).wait_for_words();
    if (s().turn.is_repeat) return std::move(*this).repeat();
    if (s().turn.outcome && is_end_tool(s().turn.outcome->tool)) {
      // The call is ending; what had to be said has been said.
      if (!s().turn.has_said_farewell) parts_.push_back(say("farewell", dialogue_.farewell));
      return std::move(*this).finish({});
    }
    if (s().turn.outcome && speak_outcome()) return std::move(*this).finish(question_);
    if (s().turn.is_goodbye) return std::move(*this).farewell();
    refresh();
    while (const FlowSpec* flow = s().running(dialogue_)) {
      if (!flow->tool.empty() && situation_.tool(flow->tool) == nullptr) {
        parts_.push_back(flow->unavailable.empty() ? "I'm sorry, I can't do that on this line."
                                                   : say("unavailable " + flow->name, flow->unavailable));
        leave_flow(false);
        continue;
      }
      if (ask_for_missing(*flow) || ask_for_tool(*flow)) return std::move(*this).finish(question_);
      if (!flow->confirm.empty() && !s().is_confirmed) {
        ask_confirmation(*flow);
        return std::move(*this).finish(question_);
      }
      if (!flow->tool.empty()) {
        if (s().turn.calls >= kMaxCalls) {
          parts_.push_back("I'm sorry, that isn't working right now.");
          leave_flow(false);
          continue;
        }
        return std::move(*this).call(*flow);
      }
      parts_.push_back(say("flow " + flow->name, flow->say));
      const bool ends_call = flow->ends_call;
      leave_flow(true);
      if (ends_call) return std::move(*this).farewell();
    }
    return std::move(*this).close();
  }

 private:
  State& s() { return move_.after; }

  static bool is_end_tool(std::string_view tool) { return tool == "end_call" || tool == "endCall"; }

  // The next variant of a sentence, never the one whose words were the last reply's end.
  std::string say(const std::string& key, const std::vector<std::string>& variants) {
    if (variants.empty()) return {};
    int& count = s().said[key];
    std::string text;
    for (std::size_t tries = 0; tries < variants.size(); ++tries) {
      text = render(variants[static_cast<std::size_t>(count) % variants.size()], s(), situation_);
      ++count;
      if (!s().last_reply.ends_with(text)) break;
    }
    return text;
  }

  Move repeat() && {
    const std::string last = s().last_reply.empty() ? render("{about}", s(), situation_) : s().last_reply;
    // "I said: I said: …" helps nobody.
    const bool is_second = last.starts_with("I said: ");
    move_.text = is_second ? "Once more: " + last.substr(8) : "I said: " + last;
    move_.question = move_.text;
    return std::move(move_);
  }

  // Nobody there: what we asked still stands, and after a while we hang up.
  Move wait_for_words() && {
    if (s().silences > kMostSilences) return std::move(*this).farewell();
    move_.text = say("silence", dialogue_.silence);
    move_.question = move_.text;
    return std::move(move_);
  }

  Move finish(std::string question) && {
    std::erase(parts_, std::string());
    if (!question.empty()) parts_.push_back(question);
    std::string text = one_line(join(parts_, " "));
    if (!text.empty() && normalize(text) == normalize(s().last_reply)) text = "As I said: " + text;
    move_.text = std::move(text);
    move_.question = std::move(question);
    s().turn.outcome.reset();
    return std::move(move_);
  }

  Move farewell() && {
    parts_.push_back(say("farewell", dialogue_.farewell));
    s().pending = {};
    s().flows.clear();
    for (const std::string_view tool : {"endCall", "end_call"}) {
      if (situation_.tool(tool) != nullptr) {
        move_.tool = tool;
        break;
      }
    }
    return std::move(*this).finish({});
  }

  Move call(const FlowSpec& flow) && {
    move_.tool = flow.tool;
    move_.arguments = arguments_of(flow);
    s().turn.notes = parts_;
    s().pending = {};
    return std::move(move_);
  }

  json::object arguments_of(const FlowSpec& flow);
  json::value typed_value(std::string_view slot_name, std::string_view wanted_type);

  void leave_flow(bool is_ok) {
    s().finished[s().flows.back()] = is_ok;
    s().flows.pop_back();
    s().is_confirmed = false;
    s().pending = {};
  }

  bool ask_for_missing(const FlowSpec& flow) {
    for (const auto& name : flow.needs) {
      const auto& slot = *dialogue_.slot(name);
      if (is_known(s(), situation_, slot)) continue;
      if (!flow.intro.empty() && s().said["intro " + flow.name] == 0)
        parts_.push_back(say("intro " + flow.name, flow.intro));
      ask_slot(slot, s().said["ask " + name] == 0);
      return true;
    }
    return false;
  }

  // The tool asked for something and has not got it: calling it again would bring the same refusal.
  bool ask_for_tool(const FlowSpec& flow) {
    if (s().pending.kind != Asked::slot || s().turn.outcome || s().turn.calls > 0) return false;
    const auto* slot = dialogue_.slot(s().pending.name);
    if (slot == nullptr || slot->asks.empty() || !flow.uses(slot->name) || is_known(s(), situation_, *slot))
      return false;
    const bool has_news =
        std::ranges::any_of(s().turn.filled, [&flow](const std::string& name) { return flow.uses(name); });
    if (has_news) return false;
    ask_slot(*slot, false);
    return true;
  }

  void ask_slot(const SlotSpec& slot, bool is_first) {
    if (s().said["ask " + slot.name] >= kMaxAsks && !s().turn.is_understood) return give_up();
    if (is_first || s().turn.is_understood) {
      acknowledge();
    } else {
      parts_.push_back(slot.retry.empty() ? say("again", dialogue_.again) : slot.retry);
    }
    question_ = say("ask " + slot.name, slot.asks);
    s().pending = {Asked::slot, slot.name};
  }

  // "Got it, moving in on Wednesday, April 1, with a budget of 2,500 dollars."
  void acknowledge() {
    std::vector<std::string> facts;
    for (const auto& name : s().turn.filled) {
      const auto* slot = dialogue_.slot(name);
      const bool has_value = s().slots.contains(name) && s().slots.at(name) != kAny;
      if (slot != nullptr && !slot->noted.empty() && has_value) facts.push_back(render(slot->noted, s(), situation_));
    }
    if (!facts.empty())
      parts_.push_back(std::string(s().said["noted"]++ % 2 == 0 ? "Got it, " : "Noted, ") + join(facts, ", ") + ".");
  }

  // An address is easily misheard: it is read back before anything is done with it.
  void read_back_email() {
    for (const auto& name : s().turn.filled) {
      const auto* slot = dialogue_.slot(name);
      if (slot == nullptr || slot->type != SlotType::email || slot->noted.empty()) continue;
      parts_.push_back("Got it, " + render(slot->noted, s(), situation_) + ".");
    }
  }

  void ask_confirmation(const FlowSpec& flow) {
    if (s().pending.kind == Asked::change) {
      question_ = say("change", dialogue_.what_to_change);
      return;
    }
    if (!s().turn.is_understood && s().said["confirm " + flow.name] > 0)
      parts_.push_back(say("again", dialogue_.again));
    read_back_email();
    question_ = say("confirm " + flow.name, flow.confirm);
    s().pending = {Asked::confirmation, flow.name};
  }

  void give_up() {
    parts_.push_back("I'm sorry, I can't seem to get that right.");
    leave_flow(false);
    offer_a_person();
  }

  // Where we come to no end, a colleague may.
  void offer_a_person() {
    if (can_offer(kHuman)) return offer(kHuman);
    question_ = say("failed", dialogue_.after_failure);
    s().pending = {Asked::wrap_up, {}};
  }

  // The slot behind an argument a tool asks for; the argument's name may differ from the slot's.
  const SlotSpec* slot_of_argument(const FlowSpec& flow, const std::string& argument) {
    for (const auto& [name, value] : flow.arguments) {
      if (name != argument) continue;
      for (const auto& [slot_name, slot] : dialogue_.slots) {
        if (value.contains("{" + slot_name + "}")) return &slot;
      }
    }
    return dialogue_.slot(argument);
  }

  bool speak_outcome();
  bool speak_refusal(const Outcome& outcome, const FlowSpec& flow);

  // New facts make an earlier search worth repeating.
  void refresh() {
    if (!s().flows.empty() || s().turn.outcome || s().turn.calls > 0) return;
    for (const auto& [name, flow] : dialogue_.flows) {
      const auto done = s().finished.find(name);
      if (done == s().finished.end() || !done->second) continue;
      const bool has_news = std::ranges::any_of(flow.refresh, [this](const std::string& slot) {
        return std::ranges::find(s().turn.filled, slot) != s().turn.filled.end();
      });
      if (!has_news || situation_.tool(flow.tool) == nullptr) continue;
      acknowledge();
      start_flow(s(), dialogue_, name);
      return;
    }
  }

  bool can_offer(const std::string& name) {
    const auto* flow = dialogue_.flow(name);
    if (flow == nullptr || flow->offer_as.empty()) return false;
    const auto done = s().finished.find(name);
    const bool is_done = done != s().finished.end() && done->second;
    return !is_done && !s().declined.contains(name) && (flow->tool.empty() || situation_.tool(flow->tool) != nullptr);
  }

  void offer(const std::string& name) {
    question_ = say("offer " + name, dialogue_.flow(name)->offer_as);
    s().pending = {Asked::offer, name};
  }

  // Nothing is left to do: offer something, ask what else, or own up to not having understood.
  Move close() && {
    const Pending before = s().pending;
    s().pending = {};
    if (parts_.empty() && s().turn.outcome) parts_.push_back("Done.");
    const bool is_opening = parts_.empty() && s().finished.empty() && before.kind == Asked::nothing;
    if (parts_.empty() && s().turn.is_understood) acknowledge();
    if (parts_.empty() && !s().turn.is_understood) {
      s().misses += 1;
      if (before.kind == Asked::offer && s().misses == 1) {
        parts_.push_back(say("again", dialogue_.again));
        offer(before.name);
        return std::move(*this).finish(question_);
      }
      if (s().misses >= kMaxMisses && can_offer(kHuman)) {
        parts_.push_back("I'm sorry, I still don't understand.");
        offer_a_person();
        return std::move(*this).finish(question_);
      }
      return std::move(*this).finish(say("fallback", dialogue_.fallback));
    }
    s().misses = 0;
    if (!parts_.empty() && parts_.back().ends_with('?')) {
      std::string question = parts_.back();
      parts_.pop_back();
      return std::move(*this).finish(question);
    }
    const bool was_offered = before.kind == Asked::offer && can_offer(before.name);
    if (!s().turn.offer.empty() && can_offer(s().turn.offer)) {
      offer(s().turn.offer);
    } else if (was_offered) {
      offer(before.name);
    } else if (is_opening && !dialogue_.opening.empty()) {
      question_ = say("opening", dialogue_.opening);
    } else {
      question_ = say("wrap_up", dialogue_.wrap_up);
      s().pending = {Asked::wrap_up, {}};
    }
    return std::move(*this).finish(question_);
  }

  const Situation& situation_;
  const Dialogue& dialogue_;
  std::vector<std::string> parts_;
  std::string question_;
  Move move_;
};

json::value Decision::typed_value(std::string_view slot_name, std::string_view wanted_type) {
  const auto* slot = dialogue_.slot(slot_name);
  const auto known = s().slots.find(std::string(slot_name));
  std::string value = known != s().slots.end() ? known->second : std::string();
  if (value.empty() && slot != nullptr && slot->from_caller) value = situation_.caller_phone;
  if (value.empty() || value == kAny) return nullptr;
  if (slot == nullptr || wanted_type == "string") return json::value(value);
  switch (slot->type) {
    case SlotType::money:
    case SlotType::bedrooms: {
      const double number = std::strtod(value.c_str(), nullptr);
      if (number == static_cast<double>(static_cast<std::int64_t>(number))) {
        return json::value(static_cast<std::int64_t>(number));
      }
      return json::value(number);
    }
    case SlotType::flag: return json::value(value == "yes");
    default: return json::value(value);
  }
}

json::object Decision::arguments_of(const FlowSpec& flow) {
  json::object out;
  const auto* tool = situation_.tool(flow.tool);
  const auto* found = tool != nullptr ? tool->parameters->if_contains("properties") : nullptr;
  const auto* properties = found != nullptr ? found->if_object() : nullptr;
  for (const auto& [name, value_template] : flow.arguments) {
    // Only what the tool declares; an undeclared argument would be refused.
    std::string_view wanted_type;
    if (properties != nullptr && !properties->empty()) {
      const auto* property = properties->if_contains(name);
      if (property == nullptr) continue;
      wanted_type = find_string(*property, "type").value_or(std::string_view());
    }
    const bool is_one_slot = value_template.starts_with('{') && value_template.find('}') == value_template.size() - 1;
    if (is_one_slot) {
      auto value = typed_value(std::string_view(value_template).substr(1, value_template.size() - 2), wanted_type);
      if (!value.is_null()) out[name] = std::move(value);
      continue;
    }
    std::string text = value_template;
    bool is_whole = true;
    for (std::size_t open = 0; (open = text.find('{', open)) != std::string::npos;) {
      const std::size_t close = text.find('}', open);
      if (close == std::string::npos) break;
      const auto value = typed_value(std::string_view(text).substr(open + 1, close - open - 1), "string");
      is_whole = is_whole && value.is_string();
      const std::string plain = to_std_string(value);
      text.replace(open, close - open + 1, plain);
      open += plain.size();
    }
    if (is_whole) out[name] = text;
  }
  return out;
}

// Speaks what the tool gave back and ends or mends the flow. True when that ends the answer.
bool Decision::speak_outcome() {
  const Outcome outcome = *s().turn.outcome;
  const FlowSpec* flow = s().running(dialogue_);
  if (flow == nullptr || flow->tool != outcome.tool) {
    parts_.push_back(outcome.speakable);
    return false;
  }
  if (!outcome.ok) return speak_refusal(outcome, *flow);
  parts_.push_back(outcome.speakable);
  parts_.push_back(say("done " + flow->name, flow->done));
  const bool ends_call = flow->ends_call;
  leave_flow(true);
  if (ends_call) {
    s().turn.is_goodbye = true;
    return false;
  }
  if (flow->hands_over) {
    s().flows.clear();
    return true;
  }
  if (!flow->offer.empty() && can_offer(flow->offer) && s().flows.empty()) {
    offer(flow->offer);
    return true;
  }
  return false;
}

bool Decision::speak_refusal(const Outcome& outcome, const FlowSpec& flow) {
  // A card was described ("my credit card") and the refusal lists the cards: that may settle it.
  if (const auto* cards = find_array(outcome.data, "cards"); cards != nullptr && s().slots.contains("card_kind")) {
    std::vector<std::string> fitting;
    for (const auto& card : *cards) {
      const auto last_four = find_string(card, "last_four");
      if (last_four && find_string(card, "kind") == s().slots["card_kind"]) fitting.emplace_back(*last_four);
    }
    if (fitting.size() == 1 && s().slots["last_four"] != fitting.front()) {
      s().slots["last_four"] = fitting.front();
      return false;
    }
  }
  if (outcome.error == kNotConfirmed) {
    s().is_confirmed = false;
    question_ = assurance_question(flow);
    s().pending = {Asked::confirmation, flow.name};
    return true;
  }
  const int attempts = ++s().said["refused " + flow.name];
  std::string speakable = outcome.speakable;
  if (speakable.empty() && !outcome.data.is_null()) speakable = "I'm sorry, that didn't work.";
  parts_.push_back(speakable);
  const auto rule = std::ranges::find(flow.errors, outcome.error, &ErrorRule::error);
  std::string ask;
  const auto* needed = slot_of_argument(flow, outcome.needs);
  if (needed != nullptr && !needed->asks.empty()) {
    s().slots.erase(needed->name);
    ask = needed->name;
  }
  if (rule != flow.errors.end()) {
    for (const auto& slot : rule->clear) s().slots.erase(slot);
    if (ask.empty()) ask = rule->ask;
  }
  if (attempts > kMaxRefusals) {
    leave_flow(false);
    offer_a_person();
    return true;
  }
  if (ask.empty()) {
    leave_flow(false);
    question_ = say("failed", dialogue_.after_failure);
    s().pending = {Asked::wrap_up, {}};
    return true;
  }
  s().is_confirmed = false;
  const bool has_words = rule != flow.errors.end() && !rule->say.empty() && ask == rule->ask;
  // A refusal that is a question itself needs no second one.
  if (!speakable.ends_with('?')) {
    question_ =
        has_words ? say("error " + flow.name + rule->error, rule->say) : say("ask " + ask, dialogue_.slot(ask)->asks);
  }
  s().pending = {Asked::slot, ask};
  return true;
}

}  // namespace

Move decide(const State& state, const Situation& situation) { return Decision(state, situation).run(); }

}  // namespace offhook::brain
