#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.hpp"
#include "net/address_guard.hpp"
#include "tools/remote/http_plan.hpp"
#include "tools/remote/mcp_plan.hpp"

namespace YAML {  // NOLINT(readability-identifier-naming): the library names it so
class Node;
}

namespace offhook::agent {

/// What reading `http_tools` and `mcp_servers` of an agent file needs to know of the world.
struct UserToolSources {
  /// The value of ${secret:NAME}; nullopt when it is not set.
  std::function<std::optional<Secret>(std::string_view name)> find_secret;
  net::AddressGuard guard;  ///< a URL that it refuses is a fault of the file
};

/// The tools that one agent file defines.
struct UserTools {
  std::vector<tools::remote::HttpPlan> http;
  std::vector<tools::remote::McpPlan> mcp;
};

/// Reads the keys `http_tools` and `mcp_servers` of an agent file (docs/user_tools.md). What is wrong is added
/// to `faults`, each with file and line and what would be right; secrets never stand in them.
[[nodiscard]] UserTools read_user_tools(std::string_view file, const YAML::Node& root, std::string_view agent,
                                        const UserToolSources& sources, std::vector<std::string>& faults);

}  // namespace offhook::agent
