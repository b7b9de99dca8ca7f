#include "vendors/vapi/responses.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace offhook::vapi {
namespace {

json::object destination_object(const ForwardTo& destination) {
  return {{"type", "number"}, {"number", destination.number}, {"message", one_line(destination.message)}};
}

struct ChoiceEncoder {
  json::object operator()(const SavedAssistant& saved) const { return {{"assistantId", saved.id}}; }
  json::object operator()(const InlineAssistant& assistant) const { return {{"assistant", assistant.configuration}}; }
  json::object operator()(const ForwardTo& destination) const {
    return {{"destination", destination_object(destination)}};
  }
  json::object operator()(const Refusal& refusal) const { return {{"error", one_line(refusal.sentence)}}; }
};

}  // namespace

std::string tool_results(const std::vector<ToolAnswer>& answers) {
  json::array results;
  for (const auto& answer : answers) {
    json::object result{{"toolCallId", answer.tool_call_id}};
    if (!answer.name.empty()) result["name"] = answer.name;
    result[answer.ok ? "result" : "error"] = one_line(answer.text);
    results.push_back(std::move(result));
  }
  return json::serialize(json::object{{"results", std::move(results)}});
}

std::string function_result(const ToolAnswer& answer) {
  return json::serialize(json::object{{answer.ok ? "result" : "error", one_line(answer.text)}});
}

std::string assistant_answer(const AssistantChoice& choice, const json::object& overrides) {
  auto answer = std::visit(ChoiceEncoder{}, choice);
  const bool has_assistant = answer.contains("assistantId") || answer.contains("assistant");
  if (has_assistant && !overrides.empty()) answer["assistantOverrides"] = overrides;
  return json::serialize(answer);
}

std::string transfer_answer(const ForwardTo& destination) {
  return json::serialize(json::object{{"destination", destination_object(destination)}});
}

std::string transfer_refusal(std::string_view sentence) {
  return json::serialize(json::object{{"error", one_line(sentence)}});
}

std::string handoff_answer(const InlineAssistant& assistant) {
  return json::serialize(
      json::object{{"destination", json::object{{"type", "assistant"}, {"assistant", assistant.configuration}}}});
}

std::string handoff_refusal(std::string_view sentence) { return transfer_refusal(sentence); }

std::string endpointing_answer(double timeout_seconds) {
  return fmt::format(R"({{"timeoutSeconds":{}}})", timeout_seconds);
}

std::string received() { return R"({"status":"received"})"; }

std::string ignored() { return R"({"status":"ignored"})"; }

std::string stored_but_failed(std::string_view message) {
  return json::serialize(json::object{{"status", "error"}, {"message", one_line(message)}});
}

}  // namespace offhook::vapi
