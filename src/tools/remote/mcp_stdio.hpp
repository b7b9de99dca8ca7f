#pragma once

#include <functional>
#include <memory>

#include "async/loop.hpp"
#include "tools/remote/mcp_plan.hpp"
#include "tools/remote/mcp_transport.hpp"

namespace offhook::tools::remote {

/// What a child process gets besides its plan.
struct StdioOptions {
  std::string path;  ///< its PATH
  /// How long it may take to leave when its input is closed, and again after SIGTERM.
  Duration patience = std::chrono::seconds(2);
  /// Hears the lines of its standard error, already masked and cut; at most 50 a minute.
  std::function<void(std::string_view line)> on_stderr;
};

/// MCP over the standard input and output of a child process: one JSON text a line. Closing it closes the
/// child's input, waits, then sends SIGTERM and at last SIGKILL to its process group.
/// Source: revision 2025-06-18, "Transports", "stdio", and "Lifecycle", "Shutdown".
[[nodiscard]] std::unique_ptr<McpTransport> make_stdio_transport(Loop& loop, McpPlan plan, StdioOptions options);

/// A line of a stranger's log: digits in runs of five and more, e-mail addresses, long tokens and the given
/// secrets become ***; at most 500 bytes, no control characters.
[[nodiscard]] std::string masked_log_line(std::string_view line, const std::vector<Secret>& secrets);

}  // namespace offhook::tools::remote
