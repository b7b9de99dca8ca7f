#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/secret.hpp"
#include "tools/remote/http_plan.hpp"

namespace offhook::tools::remote {

/// What an agent file says of one tool of an MCP server; what it leaves out is the server's to say.
struct McpToolPlan {
  std::optional<Effect> effect;
  std::optional<bool> is_idempotent;
  std::optional<Duration> timeout;
  AnswerPlan answer;
};

/// An MCP server as an agent file describes it (docs/user_tools.md). Checked when it was read.
struct McpPlan {
  std::string name;
  std::string agent;

  std::vector<std::string> command;                         ///< a child process over stdio; empty: `url`
  std::vector<std::pair<std::string, Secret>> environment;  ///< all the child gets besides PATH
  std::string directory;                                    ///< where it runs; empty: where we do

  std::string url;                                      ///< streamable HTTP
  std::vector<std::pair<std::string, Secret>> headers;  ///< of every request to it

  Duration timeout = kToolTimeLimit;         ///< of one tool call
  std::vector<std::string> wanted;           ///< the tools that the agent gets; empty: all
  std::map<std::string, McpToolPlan> tools;  ///< by the server's name of the tool
};

}  // namespace offhook::tools::remote
