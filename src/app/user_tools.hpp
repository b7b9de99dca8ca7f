#pragma once

#include <memory>
#include <string>
#include <vector>

#include "agent/user_tools.hpp"
#include "async/loop.hpp"
#include "config/settings.hpp"
#include "net/http_client.hpp"
#include "obs/log.hpp"
#include "tools/registry.hpp"

namespace offhook::tools::remote {
class McpServer;
}

namespace offhook::app {

/// The HTTP tools and MCP servers of a server's agent files, at work. It publishes them in the registry and
/// owns the guarded client that their calls go out through. Home loop, but for the tools themselves.
class UserToolHost {
 public:
  /// `registry` and `log` must outlive it. Errors: invalid_argument (OFFHOOK_ALLOW_PRIVATE).
  [[nodiscard]] static Result<std::unique_ptr<UserToolHost>> create(Loop& home, const agent::UserTools& tools,
                                                                    const config::Settings& settings,
                                                                    tools::ToolRegistry& registry, obs::Log& log);
  ~UserToolHost();
  UserToolHost(const UserToolHost&) = delete;
  UserToolHost& operator=(const UserToolHost&) = delete;

  /// Connects the MCP servers; ends when each has been tried once, or at the deadline: one that is down is
  /// tried again later and holds nobody up.
  Task<void> connect(Deadline deadline);
  /// Lets running calls end until `deadline`, then ends the connections and the child processes.
  Task<void> stop(Deadline deadline);

 private:
  UserToolHost(Loop& home, tools::ToolRegistry& registry) : home_(home), registry_(registry) {}
  Loop& home_;
  tools::ToolRegistry& registry_;
  std::unique_ptr<net::HttpClient> client_;
  std::vector<std::shared_ptr<tools::remote::McpServer>> servers_;
};

}  // namespace offhook::app
