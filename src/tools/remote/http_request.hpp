#pragma once

#include <expected>

#include "net/http_client.hpp"
#include "tools/remote/http_plan.hpp"

namespace offhook::tools::remote {

/// The request of one call. Arguments can never change the scheme, the host or the structure of the path:
/// in the path they are one segment's text, in the query one value, in a header one line. The refusal says
/// which argument cannot be used so. Pure. The deadline is left to the caller.
[[nodiscard]] std::expected<net::ClientRequest, ToolResult> make_http_request(const HttpPlan& plan,
                                                                              const RemoteRequest& call);

}  // namespace offhook::tools::remote
