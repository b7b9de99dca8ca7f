#pragma once

#include "async/loop.hpp"
#include "net/http_client.hpp"
#include "tools/remote/mcp_plan.hpp"
#include "tools/remote/mcp_transport.hpp"

namespace offhook::tools::remote {

/// MCP over streamable HTTP: every message is a POST whose answer is JSON or an event stream; a GET stream
/// brings what the server says unasked, where it offers one; DELETE ends the session. `client` should be a
/// guarded one and must outlive the transport. Streams are not resumed: a call whose stream breaks is over.
/// Source: Model Context Protocol, revision 2025-06-18, "Transports", "Streamable HTTP".
[[nodiscard]] std::unique_ptr<McpTransport> make_http_transport(Loop& loop, McpPlan plan, net::HttpClient& client);

}  // namespace offhook::tools::remote
