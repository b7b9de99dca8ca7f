#include "brain/schema/conversation.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include "base/text.hpp"
#include "brain/hearing.hpp"
#include "brain/schema/speaking.hpp"
#include "brain/schema/tracker.hpp"

namespace offhook::brain::schema {
namespace {

// A question put this often without an answer is given up.
constexpr int kMostAsks = 3;
// More calls than this in one turn means that we run in a circle.
constexpr int kMostCalls = 4;
constexpr int kMostFailures = 2;
// Ways out of the call, which the dialogue looks after.
constexpr auto kOthers = std::to_array<std::string_view>(
    {"transfer_to_human", "transfer_call", "transferCall", "end_call", "endCall", "search_documents"});

constexpr std::string_view kChange = "What should I change?";
constexpr std::string_view kWrapUp = "Is there anything else I can help you with?";

std::vector<llm::ToolSpec> tools_for_us(const Situation& situation) {
  std::vector<llm::ToolSpec> tools;
  for (const auto& tool : situation.tools) {
    if (!is_one_of(kOthers, tool.name) && situation.dialogue.flow_of_tool(tool.name) == nullptr) tools.push_back(tool);
  }
  return tools;
}

json::value typed(const Argument& argument, const std::string& value) {
  const auto number = [&]() -> json::value {
    char* end = nullptr;
    const double read = std::strtod(value.c_str(), &end);
    if (end == value.c_str()) return json::value(value);
    // A number that no integer holds, or that no JSON writes, stays what was said.
    if (!std::isfinite(read)) return json::value(value);
    if (argument.json_type != "integer") return json::value(read);
    constexpr double kMostWhole = 9e18;
    return std::abs(read) < kMostWhole ? json::value(static_cast<std::int64_t>(read)) : json::value(value);
  };
  if (argument.json_type == "integer" || argument.json_type == "number") return number();
  if (argument.json_type == "boolean") return json::value(normalize(value) == "true" || normalize(value) == "yes");
  if (argument.json_type == "array") return json::array{json::value(value)};
  return json::value(value);
}

class Talk {
 public:
  explicit Talk(const Situation& situation)
      : situation_(situation),
        specs_(tools_for_us(situation)),
        tools_(read_tools(specs_)),
        tracker_(tools_, situation.reading) {}

  [[nodiscard]] bool has_tools() const { return !tools_.empty(); }

  void follow(std::span<const llm::Message> messages) {
    for (const auto& message : messages) {
      switch (message.role) {
        case llm::Role::system: break;
        case llm::Role::user: hear(message.content); break;
        case llm::Role::tool: result(message.content); break;
        case llm::Role::assistant: ours(message); break;
      }
    }
  }

  std::optional<Move> decide() {
    if (outcome_) return after_call();
    if (!tracker_.active() || is_for_dialogue_) return std::nullopt;
    const auto& tool = tools_[*tracker_.active()];
    if (gave_up_.contains(tool.name)) return std::nullopt;
    const auto missing = tracker_.missing(tool);
    if (!missing.empty()) return ask(*missing.front());
    const auto values = tracker_.arguments(tool);
    const std::string key = key_of(tool, values);
    if (done_.contains(key) && !tracker_.has_named_tool() && tracker_.filled().empty()) return std::nullopt;
    if (tool.has_effect && confirmed_ != key) {
      if (is_refused_) return say(std::string(kChange), {});
      if (++read_backs_[key] > kMostAsks) return give_up();
      Move move = *say(confirmation_of(tool, values, situation_.reading.moment), {});
      confirming_ = key;
      return move;
    }
    return call(tool, values, key);
  }

 private:
  void hear(const std::string& text) {
    const auto heard = offhook::brain::hear(text, situation_);
    outcome_.reset();
    calls_ = 0;
    // Silence answers nothing and is the dialogue's to ask about.
    is_silent_ = std::ranges::all_of(heard.tokens, &Token::is_mark);
    if (is_silent_) return;
    tracker_.hear(heard.text);
    if (is_changing_ && heard.polarity == Polarity::no && tracker_.filled().empty()) given_up();
    is_changing_ = false;
    if (tracker_.active() && tracker_.has_named_tool()) gave_up_.erase(tools_[*tracker_.active()].name);
    // A word to the dialogue ("thanks", "bye", "a person please") is its own, unless it came with something for a tool.
    const bool is_answer = !confirming_.empty() && heard.polarity != Polarity::none;
    is_for_dialogue_ = !heard.intents.empty() && tracker_.filled().empty() && !is_answer &&
                       (!tracker_.has_named_tool() || heard.best.score > 0.6) && !has_asked(heard);
    is_refused_ = false;
    confirmed_.clear();
    if (!confirming_.empty() && tracker_.active()) {
      const auto& tool = tools_[*tracker_.active()];
      const std::string key = key_of(tool, tracker_.arguments(tool));
      if (key == confirming_ && is_consent(heard)) confirmed_ = key;
      is_refused_ = key == confirming_ && heard.polarity == Polarity::no;
    }
    if (heard.has("cancel") && !(is_consent(heard) && is_plain_answer(heard.tokens))) given_up();
    confirming_.clear();
    has_heard_ = true;
  }

  // An answer to our question may look like anything.
  [[nodiscard]] bool has_asked(const Utterance& heard) const { return !asked_.empty() && heard.best.score < 0.6; }

  void given_up() {
    if (tracker_.active()) gave_up_.insert(tools_[*tracker_.active()].name);
  }

  void result(const std::string& content) {
    outcome_ = speak_result(content, situation_.reading.moment);
    if (auto parsed = parse_json(content)) tracker_.result(*parsed);
    failures_ = outcome_->is_ok ? 0 : failures_ + 1;
  }

  // What we said, or called; a history may hold only the words.
  void ours(const llm::Message& message) {
    for (const auto& made : message.tool_calls) {
      const auto tool = std::ranges::find(tools_, made.name, &ToolSchema::name);
      if (tool == tools_.end()) continue;
      done_.insert(key_of(*tool, tracker_.arguments(*tool)));
      calls_ += 1;
    }
    if (!message.tool_calls.empty() || message.content.empty()) return;
    confirming_.clear();
    if (is_silent_) return;
    if (has_heard_) {
      std::optional<Move> move = decide();
      if (move && move->tool) {
        done_.insert(key_of_call_);
        calls_ = 0;
      }
      is_changing_ = move && move->text == kChange;
      // Somebody else's words asked for no consent.
      if (!move || !contains_words(normalize(message.content), normalize(move->text))) confirming_.clear();
    }
    has_heard_ = false;
    outcome_.reset();
    // A read-back asks for a yes and for nothing else: "yes" is no value of what it names.
    if (confirming_.empty()) tracker_.speak(shortened(message.content));
  }

  std::string key_of(const ToolSchema& tool, const Values& values) const {
    std::string key = tool.name;
    for (const auto& [name, value] : values) key += "\x1f" + name + "=" + value;
    return key;
  }

  static std::optional<Move> say(std::string text, std::string question) {
    Move move;
    move.text = std::move(text);
    move.question = std::move(question);
    return move;
  }

  std::optional<Move> give_up() {
    given_up();
    const bool has_human = situation_.tool("transfer_to_human") != nullptr;
    return say(has_human ? "I'm sorry, I can't seem to get that right. Would you like me to pass you on to a colleague?"
                         : "I'm sorry, I can't seem to get that right. What else can I do for you?",
               {});
  }

  std::optional<Move> ask(const Argument& argument) {
    int& asks = asks_[argument.name];
    if (++asks > kMostAsks) return give_up();
    asked_ = argument.name;
    const bool is_again = asks > 1 && tracker_.filled().empty();
    const std::string question = question_for(argument);
    return say(is_again ? "Sorry, I didn't get that. " + question : question, question);
  }

  std::optional<Move> call(const ToolSchema& tool, const Values& values, const std::string& key) {
    if (calls_ >= kMostCalls) return say("I'm sorry, that isn't working right now.", {});
    Move move;
    move.tool = tool.name;
    for (const auto& [name, value] : values) move.arguments[name] = typed(*tool.argument(name), value);
    key_of_call_ = key;
    asked_.clear();
    asks_.clear();
    read_backs_.clear();
    return move;
  }

  std::optional<Move> after_call() {
    std::string text = outcome_->text;
    if (!outcome_->is_ok && failures_ >= kMostFailures && situation_.tool("transfer_to_human") != nullptr) {
      return say(text + " Would you like me to pass you on to a colleague?", {});
    }
    if (text.ends_with('?')) return say(std::move(text), {});
    if (!outcome_->is_ok) return say(text + " What would you like instead?", {});
    return say(text + " " + std::string(kWrapUp), std::string(kWrapUp));
  }

  const Situation& situation_;
  std::vector<llm::ToolSpec> specs_;
  std::vector<ToolSchema> tools_;
  Tracker tracker_;
  std::optional<SpokenResult> outcome_;
  std::set<std::string> done_;
  std::set<std::string> gave_up_;
  std::map<std::string, int> asks_;
  std::map<std::string, int> read_backs_;  // by key of the call
  std::string asked_;
  std::string confirming_;  // key of the call whose confirmation we asked for
  std::string confirmed_;   // key of the call the caller agreed to
  std::string key_of_call_;
  bool is_refused_ = false;
  bool is_changing_ = false;  // we asked what to change
  bool is_silent_ = false;
  bool is_for_dialogue_ = false;
  bool has_heard_ = false;
  int calls_ = 0;
  int failures_ = 0;

 public:
  [[nodiscard]] bool is_silent() const { return is_silent_; }
  [[nodiscard]] int calls() const { return calls_; }
};

}  // namespace

std::optional<Move> next_move(std::span<const llm::Message> messages, const Situation& situation) {
  Talk talk(situation);
  if (!talk.has_tools()) return std::nullopt;
  talk.follow(messages);
  if (talk.is_silent()) return std::nullopt;
  auto move = talk.decide();
  if (move) move->after.turn.calls = talk.calls();
  return move;
}

}  // namespace offhook::brain::schema
