#pragma once

#include <string>

#include "agent/agent_book.hpp"
#include "base/secret.hpp"
#include "json/json.hpp"
#include "tools/registry.hpp"

namespace offhook::call {

/// Where a platform reaches this server.
struct Doorways {
  std::string base_url;   ///< without trailing slash
  Secret webhook_secret;  ///< put into server blocks so that messages come back signed; may be empty
};

/// The assistant that a platform needs to run calls for this agent: our custom LLM, our voice, our
/// webhook, the agent's platform tools and endCall. `caller_name` goes into the greeting; empty: none.
/// Shape: Vapi's CreateAssistantDTO.
[[nodiscard]] json::object assistant_config(const agent::AgentDefinition& agent, const tools::ToolRegistry& tools,
                                            const Doorways& doorways, std::string_view caller_name);

}  // namespace offhook::call
