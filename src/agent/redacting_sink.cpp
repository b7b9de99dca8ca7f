#include "agent/redacting_sink.hpp"

#include <utility>

#include "privacy/conversation.hpp"
#include "privacy/json_text.hpp"

namespace offhook::agent {

Result<void> RedactingSink::take(AgentEvent event) {
  if (auto* said = std::get_if<SpokenDelta>(&event)) {
    said->text = hidden_.push(filter_.push(said->text));
    if (said->text.empty()) return {};
    return next_.take(std::move(event));
  }
  if (auto* called = std::get_if<PlatformToolCall>(&event)) {
    called->call.arguments = privacy::redact_json_text(called->call.arguments);
  } else if (auto* begun = std::get_if<ToolStarted>(&event)) {
    begun->call.arguments = privacy::redact_json_text(begun->call.arguments);
  } else if (auto* done = std::get_if<ToolFinished>(&event)) {
    done->call.arguments = privacy::redact_json_text(done->call.arguments);
  }
  if (std::holds_alternative<PlatformToolCall>(event) || std::holds_alternative<TurnFinished>(event)) {
    if (auto said = release(); !said) return said;
  }
  return next_.take(std::move(event));
}

Result<void> RedactingSink::release() {
  SpokenDelta rest{.text = hidden_.push(filter_.finish())};
  rest.text += hidden_.finish();
  filter_ = privacy::CardFilter(privacy::Wording::spoken, languages_);
  if (rest.text.empty()) return {};
  return next_.take(std::move(rest));
}

void redact_messages(std::vector<llm::Message>& messages) {
  std::vector<privacy::Utterance> utterances;
  for (const auto& message : messages) {
    utterances.push_back({.role = std::to_string(static_cast<int>(message.role)), .text = message.content});
  }
  static_cast<void>(privacy::redact_conversation(utterances));
  for (std::size_t i = 0; i < messages.size(); ++i) {
    messages[i].content = std::move(utterances[i].text);
    for (auto& call : messages[i].tool_calls) call.arguments = privacy::redact_json_text(call.arguments);
  }
}

}  // namespace offhook::agent
