#include <algorithm>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "agent/agent_book.hpp"
#include "app/commands.hpp"
#include "app/commands/commands.hpp"
#include "app/printing.hpp"
#include "base/secret.hpp"
#include "brain/check.hpp"
#include "tools/registry.hpp"

namespace offhook::app {
namespace {

std::vector<std::string> required_of(const json::object& parameters) {
  std::vector<std::string> names;
  const auto* required = parameters.if_contains("required");
  if (required == nullptr || !required->is_array()) return names;
  for (const auto& name : required->get_array()) names.push_back(to_std_string(name));
  return names;
}

/// What the file gives its agent: tools of the program by name, and its own.
std::vector<brain::OfferedTool> tools_of(const agent::AgentDefinition& agent, const agent::UserTools& own) {
  std::vector<brain::OfferedTool> tools;
  const tools::ToolRegistry known;
  for (const auto* names : {&agent.tools, &agent.platform_tools}) {
    for (const auto& name : *names) {
      const auto tool = known.find(name);
      tools.push_back({.name = name, .required = tool ? required_of(tool->parameters) : std::vector<std::string>{}});
    }
  }
  for (const auto& plan : own.http) tools.push_back({.name = plan.name, .required = required_of(plan.parameters)});
  return tools;
}

int check_file(const std::string& path, Printer& out) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  if (!stream) return report({.kind = ErrorKind::not_found, .client = fmt::format("cannot read {}", path)});
  const std::string content = text.str();
  const EmbeddedFile file{.name = path, .content = content};
  // Whether secrets are set is the server's business, not the file's.
  const agent::UserToolSources sources{.find_secret = [](std::string_view) { return Secret("unknown"); }};
  const auto book = agent::AgentBook::load(std::span(&file, 1), sources);
  if (!book) return report(book.error());
  const auto dialogue = brain::load_dialogue(file);
  if (!dialogue) return report(dialogue.error());
  const auto& agent = book->all().front();
  const auto findings = brain::check_dialogue(*dialogue, tools_of(agent, book->user_tools()));
  std::size_t examples = 0;
  for (const auto& [name, intent] : dialogue->intents) examples += intent.examples.size();
  out.heading(fmt::format("{}: {} intents with {} examples, {} flows", agent.name, dialogue->intents.size(), examples,
                          dialogue->flows.size()));
  int faults = 0;
  for (const auto& found : findings) {
    const std::string line = fmt::format("{}: {}", found.where, found.what);
    if (found.weight == brain::Finding::Weight::fault) {
      out.bad(line);
      ++faults;
    } else {
      out.line("! " + line);
    }
  }
  if (findings.empty()) out.good("nothing to mend");
  return faults == 0 ? kFine : kFailed;
}

}  // namespace

void add_agent(CLI::App& cli, int& exit_code) {
  auto* command = cli.add_subcommand("agent", "Look after agent files");
  command->require_subcommand(1);
  auto* check = command->add_subcommand("check", "Tell what in agent files will trouble their callers");
  auto files = std::make_shared<std::vector<std::string>>();
  check->add_option("file", *files, "Agent files, such as agents/leasing.yaml")->required();
  check->callback([files, &exit_code] {
    Printer out(stdout);
    exit_code = kFine;
    for (const auto& path : *files) exit_code = std::max(exit_code, check_file(path, out));
  });
}

}  // namespace offhook::app
