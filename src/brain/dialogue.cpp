#include "brain/dialogue.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "base/text.hpp"
#include "embedded/common_dialogue.hpp"

namespace offhook::brain {
namespace {

using Texts = std::vector<std::string>;

// A scalar is a list of one.
void read(const YAML::Node& node, const char* key, Texts& out) {
  const auto value = node[key];
  if (!value) return;
  out.clear();
  if (value.IsScalar()) {
    out.push_back(value.as<std::string>());
  } else {
    for (const auto& item : value) out.push_back(item.as<std::string>());
  }
}

void read(const YAML::Node& node, const char* key, std::string& out) {
  if (node[key]) out = node[key].as<std::string>();
}

void read(const YAML::Node& node, const char* key, bool& out) {
  if (node[key]) out = node[key].as<bool>();
}

void read_phrases(const YAML::Node& node, const char* key, Texts& out) {
  read(node, key, out);
  for (auto& phrase : out) phrase = normalize(phrase);
}

// A misspelt key would be silently without effect: refuse it.
void check_keys(const YAML::Node& node, const std::string& where, std::initializer_list<std::string_view> known) {
  for (const auto& entry : node) {
    const auto key = entry.first.as<std::string>();
    if (std::ranges::find(known, key) == known.end()) throw std::runtime_error(where + ": unknown key '" + key + "'");
  }
}

SlotType slot_type(const std::string& where, const std::string& name) {
  constexpr std::array<std::string_view, 13> kNames{"date", "time",   "birth_date", "money",       "bedrooms",
                                                    "name", "phone",  "email",      "card_digits", "code",
                                                    "flag", "choice", "text"};
  const auto found = std::ranges::find(kNames, name);
  if (found == kNames.end()) throw std::runtime_error(where + ": unknown slot type '" + name + "'");
  return static_cast<SlotType>(found - kNames.begin());
}

SlotSpec read_slot(const std::string& name, const YAML::Node& node) {
  check_keys(node, "slot " + name,
             {"type", "ask", "cues", "asked_by", "heard_after", "yes", "no", "choices", "noted", "retry", "on_no",
              "open", "any", "from_caller"});
  SlotSpec slot{.name = name};
  std::string type = "text";
  read(node, "type", type);
  slot.type = slot_type("slot " + name, type);
  read(node, "ask", slot.asks);
  read_phrases(node, "cues", slot.cues);
  read_phrases(node, "asked_by", slot.asked_by);
  read_phrases(node, "heard_after", slot.heard_after);
  read_phrases(node, "yes", slot.yes);
  read_phrases(node, "no", slot.no);
  read(node, "noted", slot.noted);
  read(node, "retry", slot.retry);
  read(node, "on_no", slot.on_no);
  read(node, "open", slot.is_open);
  read(node, "any", slot.may_be_any);
  read(node, "from_caller", slot.from_caller);
  for (const auto& entry : node["choices"]) {
    Choice choice{.value = entry.first.as<std::string>(), .words = {}};
    for (const auto& words : entry.second) choice.words.push_back(normalize(words.as<std::string>()));
    slot.choices.push_back(std::move(choice));
  }
  return slot;
}

FlowSpec read_flow(const std::string& name, const YAML::Node& node) {
  check_keys(node, "flow " + name,
             {"tool", "needs", "arguments", "confirm", "say", "intro", "done", "offer", "offer_as", "refresh",
              "restart", "unavailable", "errors", "ends_call", "hands_over"});
  FlowSpec flow{.name = name};
  read(node, "tool", flow.tool);
  read(node, "needs", flow.needs);
  for (const auto& entry : node["arguments"]) {
    flow.arguments.emplace_back(entry.first.as<std::string>(), entry.second.as<std::string>());
  }
  read(node, "confirm", flow.confirm);
  read(node, "say", flow.say);
  read(node, "intro", flow.intro);
  read(node, "done", flow.done);
  read(node, "offer", flow.offer);
  read(node, "offer_as", flow.offer_as);
  read(node, "refresh", flow.refresh);
  read(node, "restart", flow.restart);
  read(node, "unavailable", flow.unavailable);
  read(node, "ends_call", flow.ends_call);
  read(node, "hands_over", flow.hands_over);
  for (const auto& entry : node["errors"]) {
    ErrorRule rule;
    check_keys(entry.second, "flow " + name + ", errors", {"clear", "ask", "say", "heard_as"});
    read(entry.second, "clear", rule.clear);
    read(entry.second, "ask", rule.ask);
    read(entry.second, "say", rule.say);
    read_phrases(entry.second, "heard_as", rule.heard_as);
    const auto errors = entry.first.as<std::string>();
    for (const auto error : split(errors, '|')) {
      rule.error = trim(error);
      flow.errors.push_back(rule);
    }
  }
  return flow;
}

// Later sections replace entries of the same name.
void read_section(const YAML::Node& brain, Dialogue& dialogue, std::vector<Texts>& words) {
  check_keys(brain, "brain",
             {"about", "opening", "wrap_up", "after_failure", "farewell", "silence", "fallback", "again", "dropped",
              "declined", "what_else", "what_to_change", "start_flow", "words", "slots", "flows", "intents"});
  read(brain, "about", dialogue.about);
  read(brain, "opening", dialogue.opening);
  read(brain, "wrap_up", dialogue.wrap_up);
  read(brain, "after_failure", dialogue.after_failure);
  read(brain, "farewell", dialogue.farewell);
  read(brain, "silence", dialogue.silence);
  read(brain, "fallback", dialogue.fallback);
  read(brain, "again", dialogue.again);
  read(brain, "dropped", dialogue.dropped);
  read(brain, "declined", dialogue.declined);
  read(brain, "what_else", dialogue.what_else);
  read(brain, "what_to_change", dialogue.what_to_change);
  read(brain, "start_flow", dialogue.start_flow);
  for (const auto& group : brain["words"]) words.push_back(group.as<Texts>());
  for (const auto& entry : brain["slots"]) {
    const auto name = entry.first.as<std::string>();
    dialogue.slots[name] = read_slot(name, entry.second);
  }
  for (const auto& entry : brain["flows"]) {
    const auto name = entry.first.as<std::string>();
    dialogue.flows[name] = read_flow(name, entry.second);
  }
  for (const auto& entry : brain["intents"]) {
    const auto name = entry.first.as<std::string>();
    check_keys(entry.second, "intent " + name, {"examples", "answer", "flow", "offer", "set_phrase"});
    IntentSpec intent{.name = name};
    read(entry.second, "examples", intent.examples);
    read(entry.second, "answer", intent.answers);
    read(entry.second, "flow", intent.flow);
    read(entry.second, "offer", intent.offer);
    read(entry.second, "set_phrase", intent.is_set_phrase);
    // An agent's section adds its examples to those of a common intent.
    auto& known = dialogue.intents[name];
    intent.examples.insert(intent.examples.end(), known.examples.begin(), known.examples.end());
    if (intent.answers.empty()) intent.answers = known.answers;
    if (intent.flow.empty()) intent.flow = known.flow;
    intent.is_set_phrase = intent.is_set_phrase || known.is_set_phrase;
    known = std::move(intent);
  }
}

void check_names(const Dialogue& dialogue) {
  const auto need_slot = [&](const std::string& where, const std::string& name) {
    if (!name.empty() && !dialogue.slots.contains(name)) throw std::runtime_error(where + ": no slot '" + name + "'");
  };
  const auto need_flow = [&](const std::string& where, const std::string& name) {
    if (!name.empty() && !dialogue.flows.contains(name)) throw std::runtime_error(where + ": no flow '" + name + "'");
  };
  need_flow("start_flow", dialogue.start_flow);
  for (const auto& [name, slot] : dialogue.slots) need_flow("slot " + name, slot.on_no);
  for (const auto& [name, intent] : dialogue.intents) {
    need_flow("intent " + name, intent.flow);
    need_flow("intent " + name, intent.offer);
  }
  for (const auto& [name, flow] : dialogue.flows) {
    const std::string where = "flow " + name;
    need_flow(where, flow.offer);
    for (const auto& slot : flow.needs) {
      need_slot(where, slot);
      if (dialogue.slots.at(slot).asks.empty())
        throw std::runtime_error(where + ": slot '" + slot + "' has no question");
    }
    for (const auto& slot : flow.refresh) need_slot(where, slot);
    for (const auto& slot : flow.restart) need_slot(where, slot);
    for (const auto& rule : flow.errors) {
      need_slot(where, rule.ask);
      for (const auto& slot : rule.clear) need_slot(where, slot);
    }
  }
}

void train(Dialogue& dialogue, std::vector<Texts> words, ModelCache* models) {
  dialogue.classifier = IntentModel(std::move(words));
  // Any fixed day: only the places of the facts matter.
  using namespace std::chrono_literals;
  const ReadingContext context{.moment = {.today = 2026y / 1 / 1}, .region = dialogue.region};
  for (const auto& [name, intent] : dialogue.intents) {
    for (const auto& example : intent.examples) {
      const auto tokens = tokenize(example);
      const auto mentions = find_mentions(example, tokens, context);
      dialogue.classifier.add(name, blank_facts(tokens, 0, tokens.size(), mentions), intent.is_set_phrase);
    }
  }
  dialogue.classifier.build(models);
}

Result<Dialogue> load(const EmbeddedFile* agent_file, ModelCache* models) {
  std::string_view file = "common_dialogue.yaml";
  try {
    Dialogue dialogue;
    std::vector<Texts> words;
    read_section(YAML::Load(std::string(embedded::common_dialogue().front().content)), dialogue, words);
    if (agent_file != nullptr) {
      file = agent_file->name;
      const auto root = YAML::Load(std::string(agent_file->content));
      if (!root.IsMap() || !root["name"]) throw std::runtime_error("not an agent: no 'name'");
      dialogue.agent = root["name"].as<std::string>();
      if (root["language"]) dialogue.language = root["language"].as<std::string>();
      if (root["region"]) dialogue.region = root["region"].as<std::string>();
      if (root["brain"]) read_section(root["brain"], dialogue, words);
    }
    check_names(dialogue);
    dialogue.words = words;
    train(dialogue, std::move(words), models);
    return dialogue;
  } catch (const std::exception& error) {
    return fail(ErrorKind::invalid_argument, std::string(file) + ": " + error.what());
  }
}

}  // namespace

bool FlowSpec::uses(std::string_view slot) const {
  if (std::ranges::find(needs, slot) != needs.end()) return true;
  const std::string place = "{" + std::string(slot) + "}";
  return std::ranges::any_of(arguments, [&place](const auto& argument) { return argument.second.contains(place); });
}

const SlotSpec* Dialogue::slot(std::string_view name) const {
  const auto found = slots.find(std::string(name));
  return found == slots.end() ? nullptr : &found->second;
}

const FlowSpec* Dialogue::flow(std::string_view name) const {
  const auto found = flows.find(std::string(name));
  return found == flows.end() ? nullptr : &found->second;
}

const FlowSpec* Dialogue::flow_of_tool(std::string_view tool) const {
  const auto found = std::ranges::find_if(flows, [tool](const auto& entry) { return entry.second.tool == tool; });
  return found == flows.end() ? nullptr : &found->second;
}

Result<Dialogue> load_dialogue(const EmbeddedFile& agent_file, ModelCache* models) { return load(&agent_file, models); }
Result<Dialogue> load_common_dialogue(ModelCache* models) { return load(nullptr, models); }

}  // namespace offhook::brain
