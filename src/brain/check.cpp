#include "brain/check.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "brain/words.hpp"

namespace offhook::brain {
namespace {

// Fewer examples of a wish are too few to know it by.
constexpr std::size_t kFewExamples = 5;
// Another intent's examples have to be this near, and so much nearer than its own, to be worth a line. (A sentence is
// acted upon from 0.28 on, but a lone example of some wish is often a little like everything.)
constexpr double kMuchAlike = 0.5;
constexpr double kClearly = 0.08;

// What the program does without a flow: it hangs up after a farewell, and has a flow of its own for a person.
constexpr std::string_view kWithoutFlow[] = {"end_call", "endCall", "transferCall", "transfer_to_human"};

bool is_named(const std::vector<OfferedTool>& tools, std::string_view name) {
  return std::ranges::any_of(tools, [name](const OfferedTool& tool) { return tool.name == name; });
}

class Checker {
 public:
  Checker(const Dialogue& dialogue, const std::vector<OfferedTool>& tools)
      : dialogue_(dialogue), tools_(tools), common_(load_common_dialogue().value()) {}

  std::vector<Finding> run() && {
    check_tools();
    check_slots();
    for (const auto& [name, flow] : dialogue_.flows) {
      if (!is_common(common_.flows, name)) check_flow(flow);
    }
    for (const auto& [name, intent] : dialogue_.intents) check_intent(intent);
    check_examples();
    return std::move(findings_);
  }

 private:
  void fault(std::string where, std::string what) {
    findings_.push_back({Finding::Weight::fault, std::move(where), std::move(what)});
  }
  void warn(std::string where, std::string what) {
    findings_.push_back({Finding::Weight::warning, std::move(where), std::move(what)});
  }

  template <class Map>
  static bool is_common(const Map& common, const std::string& name) {
    return common.contains(name);
  }

  void check_tools() {
    for (const auto& tool : tools_) {
      const bool needs_none = std::ranges::find(kWithoutFlow, tool.name) != std::end(kWithoutFlow);
      if (!needs_none && dialogue_.flow_of_tool(tool.name) == nullptr) {
        warn("tool " + tool.name, "no flow calls it, so only a language model will: write a flow with this tool");
      }
    }
  }

  void check_slots() {
    for (const auto& [name, slot] : dialogue_.slots) {
      if (is_common(common_.slots, name)) continue;
      if (slot.type == SlotType::choice && slot.choices.empty()) {
        fault("slot " + name, "a choice without `choices` can never be filled");
      }
      const bool is_used = std::ranges::any_of(dialogue_.flows, [&](const auto& flow) {
        return flow.second.uses(name) ||
               std::ranges::any_of(flow.second.errors, [&](const ErrorRule& rule) { return rule.ask == name; });
      });
      if (!is_used) warn("slot " + name, "no flow uses it: name it in `needs` or `arguments`, or take it out");
    }
  }

  void check_flow(const FlowSpec& flow) {
    const std::string where = "flow " + flow.name;
    if (!flow.tool.empty() && !is_named(tools_, flow.tool)) {
      fault(where, fmt::format("its tool {} is not among the agent's: put it under `tools`", flow.tool));
    }
    if (!is_reachable(flow.name)) fault(where, "nothing begins it: give an intent this `flow`, or a flow this `offer`");
    if (flow.tool.empty() && flow.say.empty()) fault(where, "it has neither a `tool` nor anything to `say`");
    const bool is_offered =
        std::ranges::any_of(dialogue_.flows, [&](const auto& other) { return other.second.offer == flow.name; }) ||
        std::ranges::any_of(dialogue_.intents, [&](const auto& intent) { return intent.second.offer == flow.name; });
    if (is_offered && flow.offer_as.empty()) {
      fault(where, "it is offered but has no `offer_as`: the question that offers it");
    }
    check_questions(flow, where);
  }

  void check_questions(const FlowSpec& flow, const std::string& where) {
    for (const auto& rule : flow.errors) {
      const auto* asked = rule.ask.empty() ? nullptr : dialogue_.slot(rule.ask);
      if (asked != nullptr && asked->asks.empty() && rule.say.empty()) {
        fault(where, fmt::format("after \"{}\" it asks for {}, which has no question: give the slot an `ask`",
                                 rule.error, rule.ask));
      }
    }
    const auto tool = std::ranges::find(tools_, flow.tool, &OfferedTool::name);
    if (tool == tools_.end()) return;
    for (const auto& argument : tool->required) {
      const bool is_given =
          std::ranges::any_of(flow.arguments, [&](const auto& given) { return given.first == argument; });
      if (!is_given) {
        fault(where, fmt::format("{} needs the argument {}: put it under `arguments`", flow.tool, argument));
      }
    }
  }

  [[nodiscard]] bool is_reachable(const std::string& flow) const {
    return dialogue_.start_flow == flow ||
           std::ranges::any_of(
               dialogue_.intents,
               [&](const auto& entry) { return entry.second.flow == flow || entry.second.offer == flow; }) ||
           std::ranges::any_of(dialogue_.flows, [&](const auto& entry) { return entry.second.offer == flow; }) ||
           std::ranges::any_of(dialogue_.slots, [&](const auto& entry) { return entry.second.on_no == flow; });
  }

  void check_intent(const IntentSpec& intent) {
    if (is_common(common_.intents, intent.name)) return;
    if (intent.examples.empty()) return fault("intent " + intent.name, "it has no examples, so nobody can mean it");
    if (intent.examples.size() < kFewExamples) {
      warn("intent " + intent.name, fmt::format("{} examples are few: callers find other words; write {} to 20",
                                                intent.examples.size(), kFewExamples));
    }
  }

  /// Each example, as if nobody had written it: would the others of its intent find it?
  void check_examples() {
    Classifier others(dialogue_.words);
    struct Example {
      const IntentSpec* intent;
      std::string text;
      std::string blanked;
    };
    std::vector<Example> examples;
    using namespace std::chrono_literals;
    const ReadingContext context{.moment = {.today = 2026y / 1 / 1}, .region = dialogue_.region};
    for (const auto& [name, intent] : dialogue_.intents) {
      for (const auto& text : intent.examples) {
        const auto tokens = tokenize(text);
        const auto mentions = find_mentions(text, tokens, context);
        examples.push_back({&intent, text, blank_facts(tokens, 0, tokens.size(), mentions)});
        others.add(name, examples.back().blanked, intent.is_set_phrase);
      }
    }
    others.build();
    std::map<std::string, const Example*> seen;
    for (const auto& example : examples) {
      const bool is_own = !is_common(common_.intents, example.intent->name) ||
                          !is_among(common_.intents.at(example.intent->name).examples, example.text);
      const auto [same, is_new] = seen.emplace(normalize(example.blanked), &example);
      if (!is_new) {
        report_twin(*same->second->intent, *example.intent, example.text);
        continue;
      }
      if (is_own) report_likeness(*example.intent, example.text, others.classify(example.blanked, true));
    }
  }

  static bool is_among(const std::vector<std::string>& texts, const std::string& text) {
    return std::ranges::find(texts, text) != texts.end();
  }

  void report_twin(const IntentSpec& first, const IntentSpec& second, const std::string& text) {
    if (first.name == second.name) return;
    fault("intent " + second.name,
          fmt::format("\"{}\" is also an example of {}: it can mean only one of them", text, first.name));
  }

  void report_likeness(const IntentSpec& intent, const std::string& text, const std::vector<Guess>& guesses) {
    if (guesses.empty() || guesses.front().label == intent.name) return;
    const auto own = std::ranges::find(guesses, intent.name, &Guess::label);
    const double own_score = own == guesses.end() ? 0 : own->score;
    if (guesses.front().score < kMuchAlike || guesses.front().score - own_score < kClearly ||
        !leads_elsewhere(intent, guesses.front().label))
      return;
    warn("intent " + intent.name, fmt::format("\"{}\" is more like the examples of {}: give {} more examples of its "
                                              "kind, or take it out",
                                              text, guesses.front().label, intent.name));
  }

  /// Two intents with one flow may be taken for each other.
  [[nodiscard]] bool leads_elsewhere(const IntentSpec& intent, const std::string& other) const {
    const auto& taken = dialogue_.intents.at(other);
    return intent.flow.empty() || intent.flow != taken.flow;
  }

  const Dialogue& dialogue_;
  const std::vector<OfferedTool>& tools_;
  const Dialogue common_;
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> check_dialogue(const Dialogue& dialogue, const std::vector<OfferedTool>& tools) {
  return Checker(dialogue, tools).run();
}

}  // namespace offhook::brain
