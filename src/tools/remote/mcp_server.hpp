#pragma once

#include <functional>
#include <memory>

#include "async/event.hpp"
#include "async/task_group.hpp"
#include "obs/log.hpp"
#include "tools/registry.hpp"
#include "tools/remote/mcp_plan.hpp"
#include "tools/remote/mcp_session.hpp"

namespace offhook::tools::remote {

/// Makes a fresh connection to a server.
using TransportFactory = std::function<std::unique_ptr<McpTransport>()>;

/// Keeps one MCP server connected: publishes its tools, lists them again when they change, and connects
/// anew, after a growing pause, when it dies. While it is down its tools stay known and answer a sentence;
///
/// before the first connection they are expected (ToolRegistry::expect). It lives on its home loop; its tools may be
/// called from any.
class McpServer : public std::enable_shared_from_this<McpServer> {
 public:
  /// `registry` and `log` must outlive stop().
  McpServer(Loop& home, McpPlan plan, TransportFactory factory, ToolRegistry& registry, obs::Log& log);

  /// What its tools are published as: announced before any server connects, it has its place among the others.
  [[nodiscard]] static std::string source_of(const McpPlan& plan);

  /// Begins to connect. Home loop.
  void start();
  /// Ends when the first attempt to connect has come to an end, well or not. Home loop.
  Task<void> wait_for_first_attempt();
  /// Ends the connection and waits for it. Home loop.
  Task<void> stop();

 private:
  Task<void> supervise();
  Task<void> connect();
  Task<void> attend();
  Task<void> publish_tools(std::shared_ptr<McpSession> session);
  void drop_session();
  static Task<void> retire(std::shared_ptr<McpServer> self, std::shared_ptr<McpSession> session);
  [[nodiscard]] Duration jittered(Duration pause);
  Tool make_tool(Tool listed, std::string name);

  static Task<RemoteAnswer> call(std::shared_ptr<McpServer> self, std::string name, Effect effect,
                                 RemoteRequest request);
  static Task<RemoteAnswer> call_at_home(std::shared_ptr<McpServer> self, std::string name, Effect effect,
                                         RemoteRequest request);
  Task<json::object> ask(std::string name, RemoteRequest request);

  Loop& home_;
  McpPlan plan_;
  TransportFactory factory_;
  ToolRegistry& registry_;
  obs::Log& log_;
  TaskGroup group_;
  std::shared_ptr<McpSession> session_;               // null while it is down
  std::vector<std::shared_ptr<McpSession>> retired_;  // given up, with requests under way
  int session_number_ = 0;
  Event news_;  // tools changed, or the session ended
  Event connected_;
  Event first_attempt_;
  bool tools_changed_ = false;
  bool session_ended_ = false;
};

}  // namespace offhook::tools::remote
