#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json/json.hpp"

namespace offhook::tools::remote {

/// JSON-RPC 2.0 as MCP uses it (modelcontextprotocol.io, specification 2025-06-18, "Messages"). Pure.

struct RpcError {
  std::int64_t code = 0;
  std::string message;
};

/// A message that came in. A request has a method and an id, a notification a method only, a response an id.
struct RpcMessage {
  std::string method;
  json::value id;
  json::object params;
  json::object result;
  std::optional<RpcError> error;
  [[nodiscard]] bool is_request() const { return !method.empty() && !id.is_null(); }
  [[nodiscard]] bool is_notification() const { return !method.empty() && id.is_null(); }
};

/// Method not found, and our own for a refusal of what we do not offer.
inline constexpr std::int64_t kMethodNotFound = -32601;

/// One line of JSON each.
[[nodiscard]] std::string rpc_request(std::int64_t id, std::string_view method, json::object params);
[[nodiscard]] std::string rpc_notification(std::string_view method, json::object params);
[[nodiscard]] std::string rpc_result(const json::value& id, json::object result);
[[nodiscard]] std::string rpc_error(const json::value& id, std::int64_t code, std::string_view message);

/// One message, or the messages of a batch (revision 2025-03-26). Errors: invalid_argument (not JSON-RPC 2.0).
[[nodiscard]] Result<std::vector<RpcMessage>> parse_rpc(std::string_view text);

}  // namespace offhook::tools::remote
