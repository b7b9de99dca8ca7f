#include "brain/brain.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/civil_time.hpp"
#include "base/text.hpp"
#include "brain/dialogue.hpp"
#include "brain/documents.hpp"
#include "brain/schema/conversation.hpp"
#include "brain/state.hpp"
#include "brain/structured_answer.hpp"

namespace offhook::brain {
namespace {

// Words per piece of a streamed answer: small enough that speech can start at once.
constexpr int kWordsPerDelta = 4;
constexpr std::size_t kCallIdLength = 24;

// FNV-1a, 64 bits (Fowler, Noll, Vo): only to make ids from texts.
class Fingerprint {
 public:
  void add(std::string_view text) {
    for (const char c : text) mix(static_cast<unsigned char>(c));
    mix(0x1f);
  }
  void mix(std::uint64_t value) { hash_ = (hash_ ^ value) * 0x100000001b3ULL; }
  [[nodiscard]] std::uint64_t value() const { return hash_; }

 private:
  std::uint64_t hash_ = 0xcbf29ce484222325ULL;
};

// The same call in the same place of the same conversation has the same id.
std::string call_id(const llm::ChatRequest& request, std::string_view tool, int ordinal) {
  Fingerprint print;
  print.add(request.agent);
  print.add(request.caller_phone);
  for (const auto& message : request.messages) {
    print.mix(static_cast<std::uint64_t>(message.role));
    print.add(message.content);
    for (const auto& call : message.tool_calls) {
      print.add(call.name);
      print.add(call.arguments);
    }
  }
  print.add(tool);
  print.mix(static_cast<std::uint64_t>(ordinal));
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz234567";
  std::string id = "call_";
  std::uint64_t bits = print.value();
  for (std::size_t i = 0; i < kCallIdLength; ++i) {
    if (i % 12 == 0) {
      print.mix(i + 1);
      bits = print.value();
    }
    id += kLetters[bits % 32];
    bits /= 32;
  }
  return id;
}

std::vector<llm::ChatEvent> events_of(const llm::ChatRequest& request, const Move& move, int ordinal) {
  std::vector<llm::ChatEvent> events;
  std::string piece;
  int words = 0;
  for (const char c : move.text) {
    if (c == ' ' && ++words % kWordsPerDelta == 0 && !piece.empty()) {
      events.emplace_back(llm::TextDelta{std::move(piece)});
      piece.clear();
    }
    piece += c;
  }
  if (!piece.empty()) events.emplace_back(llm::TextDelta{std::move(piece)});
  int completion_tokens = llm::estimate_tokens(move.text);
  if (move.tool) {
    llm::ToolCall call{
        .id = call_id(request, *move.tool, ordinal), .name = *move.tool, .arguments = json::serialize(move.arguments)};
    completion_tokens += llm::estimate_tokens(call.name) + llm::estimate_tokens(call.arguments);
    events.emplace_back(llm::ToolCallReady{std::move(call)});
  }
  int prompt_tokens = 0;
  for (const auto& message : request.messages) prompt_tokens += llm::estimate_tokens(message.content);
  events.emplace_back(llm::Finished{
      .reason = move.tool ? llm::FinishReason::tool_calls : llm::FinishReason::stop,
      .usage = {.prompt_tokens = prompt_tokens, .completion_tokens = completion_tokens, .estimated = true},
      .model = "brain",
      .is_free = true});
  return events;
}

class ReadyStream final : public llm::ChatStream {
 public:
  explicit ReadyStream(std::vector<llm::ChatEvent> events) : events_(std::move(events)) {}
  [[nodiscard]] std::string_view model() const override { return "brain"; }
  [[nodiscard]] bool is_ready() const override { return true; }
  Task<llm::ChatEvent> next(Deadline) override {
    if (at_ >= events_.size()) co_return fail(ErrorKind::internal, {}, "read past the end of an answer");
    co_return std::move(events_[at_++]);
  }

 private:
  std::vector<llm::ChatEvent> events_;
  std::size_t at_ = 0;
};

class Brain final : public llm::ChatModel {
 public:
  Brain(std::map<std::string, Dialogue> dialogues, Dialogue common)
      : dialogues_(std::move(dialogues)), common_(std::move(common)) {}

  [[nodiscard]] std::string_view name() const override { return "brain"; }

  Task<std::unique_ptr<llm::ChatStream>> open_stream(llm::ChatRequest request) override {
    auto events = answer(request);
    if (!events) co_return fail(events);
    co_return std::unique_ptr<llm::ChatStream>(std::make_unique<ReadyStream>(std::move(*events)));
  }

 private:
  [[nodiscard]] Result<std::vector<llm::ChatEvent>> answer(const llm::ChatRequest& request) const {
    const auto found = dialogues_.find(request.agent);
    const Dialogue& dialogue = found != dialogues_.end() ? found->second : common_;
    const auto zone = TimeZone::find(request.time_zone).value_or(TimeZone::utc());
    const Situation situation{
        .dialogue = dialogue,
        .reading = {.moment = {.today = zone.to_civil(request.now).date, .is_month_first = dialogue.region == "US"},
                    .region = dialogue.region,
                    .language = dialogue.language},
        .caller_phone = request.caller_phone,
        .tools = request.tool_choice == llm::ToolChoice::none ? std::span<const llm::ToolSpec>()
                                                              : std::span<const llm::ToolSpec>(request.tools)};
    auto [move, calls] = next_move(request, situation);
    if (request.response_format.kind != llm::ResponseFormat::Kind::text && !move.tool) {
      auto text = structured_answer(request, situation, move);
      if (!text) return fail(text);
      move.text = std::move(*text);
    }
    return events_of(request, move, calls);
  }

  // The move, and how many calls this turn has made before it.
  [[nodiscard]] static std::pair<Move, int> next_move(const llm::ChatRequest& request, const Situation& situation) {
    const auto found = looked_up(request.messages);
    auto [move, state] = move_without_documents(found ? found->before : request.messages, situation);
    const int calls = state.turn.calls;
    if (request.response_format.kind != llm::ResponseFormat::Kind::text) return {std::move(move), calls};
    if (found) return {answer_from_documents(*found, state, std::move(move)), calls};
    if (auto question = question_to_look_up(request.messages, state, situation, move)) {
      move = {.text = {}, .question = {}, .tool = std::string(kSearchDocuments), .arguments = {{"query", *question}}};
    }
    return {std::move(move), calls};
  }

  // With the state that it was chosen in.
  [[nodiscard]] static std::pair<Move, State> move_without_documents(std::span<const llm::Message> messages,
                                                                     const Situation& situation) {
    // Tools that nobody wrote a flow for are understood by their schemas.
    if (!has_own_flows(situation.dialogue)) {
      if (auto move = schema::next_move(messages, situation)) {
        State state = move->after;
        return {std::move(*move), std::move(state)};
      }
    }
    State state = replay(messages, situation);
    Move move = decide(state, situation);
    return {std::move(move), std::move(state)};
  }

  static bool has_own_flows(const Dialogue& dialogue) {
    return std::ranges::any_of(dialogue.flows,
                               [](const auto& entry) { return !entry.second.tool.empty() && entry.first != "human"; });
  }

  std::map<std::string, Dialogue> dialogues_;
  Dialogue common_;
};

}  // namespace

Result<std::unique_ptr<llm::ChatModel>> make_brain(std::span<const EmbeddedFile> agent_files, ModelCache* models) {
  auto common = load_common_dialogue(models);
  if (!common) return fail(common);
  std::map<std::string, Dialogue> dialogues;
  for (const auto& file : agent_files) {
    auto dialogue = load_dialogue(file, models);
    if (!dialogue) return fail(dialogue);
    const std::string agent = dialogue->agent;
    if (!dialogues.emplace(agent, std::move(*dialogue)).second) {
      return fail(ErrorKind::invalid_argument, std::string(file.name) + ": there is already an agent '" + agent + "'");
    }
  }
  return std::unique_ptr<llm::ChatModel>(std::make_unique<Brain>(std::move(dialogues), std::move(*common)));
}

}  // namespace offhook::brain
