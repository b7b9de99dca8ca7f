#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "json/json.hpp"

namespace offhook::vapi {

/// Bodies that answer server messages: JSON text, not wrapped in an envelope. Texts in them are made one
/// line, since the platform does not parse line breaks in results.

/// What a tool gave back for one tool call.
struct ToolAnswer {
  std::string tool_call_id;
  std::string name;
  std::string text;  ///< the result, or with ok = false a sentence that says why there is none
  bool ok = true;
};

/// {"results":[{"toolCallId","name","result"|"error"}]}, in the order given: keep the request's order.
[[nodiscard]] std::string tool_results(const std::vector<ToolAnswer>& answers);
/// {"result":…} or {"error":…}: the answer to a legacy function-call.
[[nodiscard]] std::string function_result(const ToolAnswer& answer);

/// Who shall take an inbound call.
struct SavedAssistant {
  std::string id;
};
struct InlineAssistant {
  json::object configuration;
};
/// Forward the call at once, without any assistant.
struct ForwardTo {
  std::string number;   ///< E.164
  std::string message;  ///< said before; empty: silently
};
/// The sentence is spoken to the caller, then the call ends.
struct Refusal {
  std::string sentence;
};
using AssistantChoice = std::variant<SavedAssistant, InlineAssistant, ForwardTo, Refusal>;

/// The answer to assistant-request. `overrides` becomes assistantOverrides when it is not empty and an
/// assistant was chosen. The platform waits 7.5 s for it.
[[nodiscard]] std::string assistant_answer(const AssistantChoice& choice, const json::object& overrides = {});

/// The answer to transfer-destination-request: a number, or an error the assistant hears.
[[nodiscard]] std::string transfer_answer(const ForwardTo& destination);
[[nodiscard]] std::string transfer_refusal(std::string_view sentence);

/// The answer to handoff-destination-request: an assistant described in full, or an error.
[[nodiscard]] std::string handoff_answer(const InlineAssistant& assistant);
[[nodiscard]] std::string handoff_refusal(std::string_view sentence);

/// The answer to call.endpointing.request.
[[nodiscard]] std::string endpointing_answer(double timeout_seconds);

/// {"status":"received"}: an informational message was stored.
[[nodiscard]] std::string received();
/// {"status":"ignored"}: a type we do not know.
[[nodiscard]] std::string ignored();
/// {"status":"error","message":…}: stored, but could not be processed; sending it again would not help.
[[nodiscard]] std::string stored_but_failed(std::string_view message);

}  // namespace offhook::vapi
