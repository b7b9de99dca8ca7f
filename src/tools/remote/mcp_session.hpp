#pragma once

#include <map>
#include <memory>
#include <vector>

#include "async/task_group.hpp"
#include "tools/remote/json_rpc.hpp"
#include "tools/remote/mcp_transport.hpp"

namespace offhook::tools::remote {

/// One conversation with an MCP server: handshake, requests and their answers, whatever the transport.
/// Source: Model Context Protocol, revision 2025-06-18, "Lifecycle", "Cancellation", "Ping", "Tools"; the
/// revisions 2025-03-26 and 2024-11-05 are spoken when the server asks for them. One loop.
class McpSession final : public std::enable_shared_from_this<McpSession>, private McpTransport::Listener {
 public:
  /// What the owner hears of. Called on the loop.
  struct Hooks {
    std::function<void()> on_tools_changed;
    std::function<void(const Error&)> on_closed;
    std::function<void(std::string_view what)> on_oddity;  ///< for the log: what the server did wrong
  };
  McpSession(Loop& loop, std::unique_ptr<McpTransport> transport, Hooks hooks);
  ~McpSession() override;

  /// Starts the transport and shakes hands. Errors: unavailable, timeout, bad_gateway (another protocol).
  Task<void> open(Deadline deadline);
  /// All pages of tools/list, at most 20 pages and 500 tools.
  Task<std::vector<json::object>> list_tools(Deadline deadline);
  /// The result object of tools/call. A JSON-RPC error is bad_gateway with code "rpc_error". A call that is
  /// given up, by its deadline or because its task was cancelled, is cancelled at the server too.
  Task<json::object> call_tool(std::string name, json::object arguments, std::string idempotency_key,
                               Deadline deadline);
  [[nodiscard]] bool has_requests() const { return !pending_.empty(); }
  /// Ends when no request is under way any more. Errors: timeout, cancelled.
  Task<void> settle_requests(Deadline deadline);
  /// Ends the session and the transport. Requests under way fail. Waits for it.
  Task<void> close();

  [[nodiscard]] const std::string& protocol_version() const { return protocol_version_; }

 private:
  class Ticket;
  Task<json::object> request(std::string method, json::object params, Deadline deadline);
  static Task<void> send_request(std::shared_ptr<McpSession> self, std::int64_t id, std::string text,
                                 Deadline deadline);
  static Task<void> send_aside(std::shared_ptr<McpSession> self, std::string text);
  void tell(std::string text);
  void on_message(std::string_view text) override;
  void on_closed(const Error& why) override;
  void take(RpcMessage message);
  void settle(std::int64_t id, Result<json::object> result);

  Loop& loop_;
  std::unique_ptr<McpTransport> transport_;
  Hooks hooks_;
  TaskGroup group_;
  std::map<std::int64_t, Promise<json::object>> pending_;
  Event settled_;  // something has left pending_
  std::int64_t next_id_ = 1;
  std::string protocol_version_;
  bool is_closed_ = false;
};

}  // namespace offhook::tools::remote
