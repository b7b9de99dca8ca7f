#pragma once

#include "app/printing.hpp"
#include "app/server.hpp"

namespace offhook::app {

/// Prints a call as it goes on, with the tools of both kinds.
class DemoObserver final : public exchange::CallObserver, public agent::ToolObserver {
 public:
  DemoObserver(Printer& printer, std::string agent) : printer_(printer), agent_(std::move(agent)) {}
  /// The call whose tools are shown; those of others are not. Empty: none are.
  void follow(std::string call_id);
  void on_tool(std::string_view platform_call_id, const llm::ToolCall& call, const tools::ToolResult& result) override;
  void on_turn(const exchange::HeardTurn& turn) override;

 private:
  struct Used {
    std::string name;
    std::string arguments;
    std::string result;
  };
  Printer& printer_;
  std::string agent_;
  std::mutex mutex_;  // tools are seen on any loop
  std::string call_id_;
  std::vector<Used> used_;
};

/// Plays one inbound call to the leasing agent over the server's own address, then reads back through the
/// REST API what it left behind, and prints both. Fails when any of it is missing.
Task<void> play_demo_call(Server& server, Printer& printer, DemoObserver& observer);

}  // namespace offhook::app
