#include <iostream>

#include <fmt/format.h>

#include "app/commands.hpp"
#include "app/commands/commands.hpp"
#include "app/printing.hpp"
#include "app/runtime.hpp"

namespace offhook::app {
namespace {

struct ChatFlags {
  std::string agent = "leasing";
  std::string phone = "+15551234567";
};

/// Prints an answer as it comes and keeps what was said.
class TerminalSink final : public agent::AgentEventSink {
 public:
  explicit TerminalSink(Printer& printer) : printer_(printer) {}
  Result<void> take(agent::AgentEvent event) override {
    if (const auto* said = std::get_if<agent::SpokenDelta>(&event)) {
      text.append(said->text);
      fmt::print("{}", said->text);
      std::fflush(stdout);
    }
    if (const auto* done = std::get_if<agent::ToolFinished>(&event)) {
      printer_.tool(done->call.name, done->call.arguments, done->result.speakable, false);
    }
    if (const auto* end = std::get_if<agent::TurnFinished>(&event)) wants_end = end->wants_end;
    return {};
  }
  Task<void> flush() override { co_return Result<void>{}; }
  std::string text;
  bool wants_end = false;

 private:
  Printer& printer_;
};

Task<void> talk(Server& server, const agent::AgentDefinition& agent, std::string phone) {
  Loop& loop = co_await this_loop();
  Printer printer(stdout);
  const std::string call_id = make_uuid(loop.random());
  std::vector<llm::Message> conversation;
  const std::string hello = agent::greeting(agent, "");
  conversation.push_back({.role = llm::Role::assistant, .content = hello});
  printer.line(hello);
  printer.faint("(an empty line ends the conversation)");
  for (std::string line; fmt::print("> "), std::fflush(stdout), std::getline(std::cin, line) && !line.empty();) {
    conversation.push_back({.role = llm::Role::user, .content = line});
    agent::TurnRequest turn{
        .agent = &agent, .messages = conversation, .trace = {.call_id = call_id}, .caller_phone = phone};
    turn.deadline = Deadline::after(loop.clock(), std::chrono::minutes(1));
    TerminalSink sink(printer);
    if (auto ran = co_await agent::run_turn(server.turns(), std::move(turn), sink); !ran) co_return ran;
    printer.line();
    conversation.push_back({.role = llm::Role::assistant, .content = sink.text});
    if (sink.wants_end) break;
  }
  co_return Result<void>{};
}

Task<void> talk_with_tools(Server& server, const agent::AgentDefinition& agent, std::string phone) {
  (void)co_await server.connect_tools();
  auto talked = co_await talk(server, agent, std::move(phone));
  (void)co_await server.stop();
  co_return talked;
}

int chat(const ChatFlags& flags) {
  auto settings = ServeFlags{}.load({{"OFFHOOK_LOG", "warning"}});
  if (!settings) return report(settings.error());
  auto library = Library::load(*settings);
  if (!library) return report(library.error());
  const agent::AgentDefinition* agent = library->agents.find(flags.agent);
  if (agent == nullptr)
    return report({.kind = ErrorKind::not_found, .client = fmt::format("there is no agent '{}'", flags.agent)});
  Runtime runtime(1);
  ServerOptions options{.settings = *settings, .loops = runtime.loops(), .in_memory = true, .with_sample_data = true};
  auto server = Server::create(*library, std::move(options));
  if (!server) return report(server.error());
  auto talked = runtime.run(talk_with_tools(**server, *agent, flags.phone));
  return talked ? kFine : report(talked.error());
}

}  // namespace

void add_chat(CLI::App& cli, int& exit_code) {
  auto* command = cli.add_subcommand("chat", "Talk to an agent in the terminal, on sample data");
  auto flags = std::make_shared<ChatFlags>();
  command->add_option("--agent", flags->agent, "Whom to talk to (default leasing)");
  command->add_option("--phone", flags->phone, "The number you call from");
  command->callback([flags, &exit_code] { exit_code = chat(*flags); });
}

}  // namespace offhook::app
