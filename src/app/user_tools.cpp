#include "app/user_tools.hpp"

#include <map>

#include <fmt/format.h>

#include "async/cancel.hpp"
#include "async/task_group.hpp"
#include "tools/remote/http_tool.hpp"
#include "tools/remote/mcp_http.hpp"
#include "tools/remote/mcp_server.hpp"
#include "tools/remote/mcp_stdio.hpp"

namespace offhook::app {
namespace {

using tools::remote::McpPlan;
using tools::remote::McpServer;

tools::remote::TransportFactory transport_factory(Loop& home, const McpPlan& plan, net::HttpClient& client,
                                                  obs::Log& log) {
  if (plan.command.empty()) {
    return [&home, plan, &client] { return tools::remote::make_http_transport(home, plan, client); };
  }
  tools::remote::StdioOptions options{.path =
                                          config::process_environment("PATH").value_or("/usr/local/bin:/usr/bin:/bin")};
  options.on_stderr = [&log, name = plan.name](std::string_view line) {
    log.info("mcp server says", {{"server", name}, {"line", line}});
  };
  return [&home, plan, options] { return tools::remote::make_stdio_transport(home, plan, options); };
}

Task<void> first_attempt(std::shared_ptr<McpServer> server) { return server->wait_for_first_attempt(); }
Task<void> stopped(std::shared_ptr<McpServer> server) { return server->stop(); }

}  // namespace

Result<std::unique_ptr<UserToolHost>> UserToolHost::create(Loop& home, const agent::UserTools& tools,
                                                           const config::Settings& settings,
                                                           tools::ToolRegistry& registry, obs::Log& log) {
  auto guard = net::AddressGuard::parse(settings.allow_private);
  if (!guard) {
    return fail(ErrorKind::invalid_argument, fmt::format("OFFHOOK_ALLOW_PRIVATE: {}", guard.error().message()));
  }
  std::unique_ptr<UserToolHost> host(new UserToolHost(home, registry));
  host->client_ = net::make_guarded_client(std::move(*guard));
  std::map<std::string, std::vector<tools::Tool>> by_agent;
  for (const auto& plan : tools.http) {
    by_agent[plan.agent].push_back(tools::remote::make_http_tool(plan, *host->client_));
  }
  for (auto& [agent, made] : by_agent) {
    for (const auto& why : registry.publish("http/" + agent, std::move(made))) {
      log.warning("http tool left out", {{"agent", agent}, {"detail", why}});
    }
  }
  for (const auto& plan : tools.mcp) {
    registry.announce(McpServer::source_of(plan));
    host->servers_.push_back(
        std::make_shared<McpServer>(home, plan, transport_factory(home, plan, *host->client_, log), registry, log));
  }
  return host;
}

UserToolHost::~UserToolHost() = default;

Task<void> UserToolHost::connect(Deadline deadline) {
  TaskGroup trying(home_);
  for (const auto& server : servers_) {
    server->start();
    trying.spawn("connect", first_attempt(server));
  }
  (void)co_await with_deadline(deadline, trying.join());
  trying.cancel();
  co_return co_await trying.join();
}

Task<void> UserToolHost::stop(Deadline deadline) {
  (void)co_await registry_.remote_calls().stop(deadline);
  TaskGroup stopping(home_);
  for (const auto& server : servers_) stopping.spawn("stop", stopped(server));
  co_return co_await stopping.join();
}

}  // namespace offhook::app
