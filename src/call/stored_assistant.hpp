#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/agent_book.hpp"
#include "call/assistant_config.hpp"
#include "store/assistants.hpp"
#include "store/properties.hpp"
#include "tools/registry.hpp"

namespace offhook::call {

/// What a stored assistant is made into a configuration with.
struct AssistantParts {
  const agent::AgentBook& agents;
  const tools::ToolRegistry& tools;
  const Doorways& doorways;
  std::function<bool(std::string_view voice)> speaks;  ///< is it a voice of ours?
};

/// Does the agent let apartments? Then it may speak for any property; another one keeps to its own subject.
[[nodiscard]] bool lets_apartments(const agent::AgentDefinition& agent);

/// Fills what is empty of a new assistant from its property and its agent: name, first message, system prompt with the
/// property's name, address and office hours, and functions, when `functions` is empty text: an empty list was chosen.
/// `property` may be null.
void fill_defaults(store::Assistant& assistant, const agent::AgentDefinition& agent, const store::Property* property);

/// "Monday to Friday 9 to 18, …" as a prompt says it, from a property's office hours. One day a part; "" when none is
/// known.
[[nodiscard]] std::string hours_sentence(const std::string& office_hours);

/// The assistant as a platform takes it (Vapi's CreateAssistantDTO): the agent's configuration with what was stored.
/// The model is our custom LLM under the name that was given. A voice that is not ours is given to ElevenLabs, or,
/// written "provider:id", to that provider. Metadata: agent, property_id, assistant_id. Errors:
/// not_found (its agent is not on this server any more).
[[nodiscard]] Result<json::object> configuration_of(const store::Assistant& assistant, const AssistantParts& parts);

/// What of it works differently than its fields say: a voice or a model that is somebody else's. Sentences.
[[nodiscard]] std::vector<std::string> warnings_for(const store::Assistant& assistant, const AssistantParts& parts);

/// The texts of a JSON list kept as text.
[[nodiscard]] std::vector<std::string> texts_in(std::string_view json_list);

}  // namespace offhook::call
