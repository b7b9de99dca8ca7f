#include "app/library.hpp"

#include "brain/brain.hpp"
#include "embedded/agent_files.hpp"
#include "embedded/scenario_files.hpp"

namespace offhook::app {

Result<Library> Library::load() {
  auto agents = agent::AgentBook::load(embedded::agent_files());
  if (!agents) return fail(agents);
  auto brain = brain::make_brain(embedded::agent_files());
  if (!brain) return fail(brain);
  auto scenarios = lab::parse_scenarios(embedded::scenario_files());
  if (!scenarios) return fail(scenarios);
  return Library{.agents = std::move(*agents),
                 .tools = tools::ToolRegistry(),
                 .brain = std::move(*brain),
                 .scenarios = std::move(*scenarios)};
}

}  // namespace offhook::app
