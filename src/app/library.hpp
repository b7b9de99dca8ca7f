#pragma once

#include <memory>
#include <vector>

#include "agent/agent_book.hpp"
#include "config/settings.hpp"
#include "lab/scenario.hpp"
#include "llm/chat_model.hpp"
#include "tools/registry.hpp"

namespace offhook::app {

/// What the program knows by itself: agents, tools, the brain and the shipped scenarios. Immutable; one
/// serves every server of the process.
struct Library {
  agent::AgentBook agents;
  tools::ToolRegistry tools;
  std::unique_ptr<llm::ChatModel> brain;
  std::vector<lab::Scenario> scenarios;

  /// What is built in.
  [[nodiscard]] static Result<Library> load();
  /// The same with the agent files of the settings' folder; one named as a built-in agent replaces it.
  /// Errors: invalid_argument with file and line of every fault.
  /// What the brain learns from the files is kept in the data folder for the next start; the folder is made for that
  /// only by who `makes_folder`.
  [[nodiscard]] static Result<Library> load(const config::Settings& settings, bool makes_folder = false);
};

}  // namespace offhook::app
