#include "brain/documents.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "json/json.hpp"

namespace offhook::brain {
namespace {

constexpr std::array<std::string_view, 28> kQuestionWords{
    "what",   "which", "who", "whose", "when",  "where",  "why",  "how",    "is",  "are",
    "do",     "does",  "did", "can",   "could", "may",    "will", "would",  "has", "have",
    "should", "must",  "am",  "whats", "hows",  "wheres", "tell", "explain"};

/// Speech has no question marks: the first word tells.
bool is_question(std::string_view text) {
  if (text.contains('?')) return true;
  std::string lower = to_lower(trim(text));
  for (const std::string_view opening :
       {"and ", "so ", "okay ", "ok ", "well ", "um ", "uh ", "oh ", "but ", "sorry, ", "also, "}) {
    if (lower.starts_with(opening)) lower = lower.substr(opening.size());
  }
  std::erase(lower, '\'');
  const std::string word = lower.substr(0, lower.find_first_of(" ,.!"));
  return std::ranges::find(kQuestionWords, word) != kQuestionWords.end();
}

bool is_search(const llm::Message& message) {
  if (message.role == llm::Role::tool) return message.name == kSearchDocuments;
  return message.role == llm::Role::assistant && message.content.empty() && message.tool_calls.size() == 1 &&
         message.tool_calls.front().name == kSearchDocuments;
}

}  // namespace

std::optional<std::string> question_to_look_up(std::span<const llm::Message> messages, const State& state,
                                               const Situation& situation, const Move& move) {
  if (messages.empty() || messages.back().role != llm::Role::user || situation.tool(kSearchDocuments) == nullptr)
    return std::nullopt;
  const Turn& turn = state.turn;
  if (move.tool || turn.is_goodbye || turn.is_repeat || turn.calls > 0) return std::nullopt;
  const std::string& words = messages.back().content;
  // Facts that were asked for are no questions, whatever else they sound like.
  const bool is_answered = turn.is_understood && turn.notes.empty() && turn.offer.empty();
  if (is_answered || !turn.filled.empty() || !is_question(words)) return std::nullopt;
  return one_line(words);
}

std::optional<LookedUp> looked_up(std::span<const llm::Message> messages) {
  if (messages.empty() || messages.back().role != llm::Role::tool || messages.back().name != kSearchDocuments)
    return std::nullopt;
  LookedUp found;
  if (auto result = parse_json(messages.back().content)) {
    found.is_found = find_bool(*result, "ok").value_or(false);
    found.speakable = find_string(*result, "speakable").value_or("");
  }
  while (!messages.empty() && is_search(messages.back())) messages = messages.first(messages.size() - 1);
  found.before = messages;
  return found;
}

Move answer_from_documents(const LookedUp& found, const State& state, Move move) {
  const bool has_set_answer = state.turn.is_understood && !state.turn.notes.empty();
  if (found.speakable.empty() || (!found.is_found && has_set_answer)) return move;
  // Not having understood is put as a question too; it has no place behind an answer.
  const bool goes_on = !state.flows.empty() || has_set_answer;
  std::string text = found.speakable;
  if (goes_on && !move.question.empty() && move.question != move.text) text += " " + move.question;
  if (!state.flows.empty() && move.question == move.text) text += " " + move.question;
  move.text = one_line(text);
  return move;
}

}  // namespace offhook::brain
