#pragma once

#include "net/http_client.hpp"
#include "tools/remote/http_plan.hpp"

namespace offhook::tools::remote {

/// The tool that `plan` describes. Requests go out through `client`, which must outlive the tool and should
/// be a guarded one (net/address_guard.hpp).
///
/// A request is sent again, after a growing pause, when nothing of it was sent, or when it may be repeated
/// (a read, an idempotent write) and the server was in trouble; within the plan's retries, a budget over all
/// calls and the deadline. A redirect is followed only when the plan says so, to the same scheme, host and
/// port, three times at most, each through the client's guard; so no header ever reaches another host.
[[nodiscard]] Tool make_http_tool(HttpPlan plan, net::HttpClient& client);

}  // namespace offhook::tools::remote
