#pragma once

#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tools/remote_calls.hpp"
#include "tools/tool.hpp"

namespace offhook::tools {

/// Every built-in tool: the list that documents and GET /tools are printed from.
[[nodiscard]] std::vector<Tool> all_tools();

/// Tools by name, with their schemas compiled. Built-in tools stay; others (an MCP server's) come and go
/// with publish(). Thread-safe. A copy has the same tools, and goes its own way from then on.
class ToolRegistry {
 public:
  /// Throws std::invalid_argument when two tools share a name or a schema cannot be compiled.
  explicit ToolRegistry(std::vector<Tool> tools = all_tools());
  ToolRegistry(const ToolRegistry& other);
  ToolRegistry& operator=(const ToolRegistry&) = delete;
  ~ToolRegistry();

  /// The tool of that name that `agent` has: one of everybody's, or of its own. nullptr when there is none.
  [[nodiscard]] std::shared_ptr<const Tool> find(std::string_view name, std::string_view agent = {}) const;
  /// Everybody's tools in their order, then each agent's own.
  [[nodiscard]] std::vector<std::shared_ptr<const Tool>> tools() const;
  /// The names of the tools that `agent` alone has.
  [[nodiscard]] std::vector<std::string> own_tools(std::string_view agent) const;

  /// Gives `source` its place, behind those that were announced or have published before: of two tools with one name
  /// the earlier source's keeps it, whichever comes first in time. Does nothing when it has one.
  void announce(const std::string& source);

  /// Replaces what `source` published before. A tool whose name the agent already has from an
  /// earlier source is published as SOURCE_name; one that cannot be used at all is left out. Returns why, a sentence
  /// each.
  std::vector<std::string> publish(const std::string& source, std::vector<Tool> tools);

  /// `agent` is to have tools of `source` that have not been listed yet: `names` of them, any when empty. Until the
  /// first publish() of that source.
  void expect(const std::string& source, std::string agent, std::vector<std::string> names);
  /// Might a tool of that name, which find() does not know, be one of those?
  [[nodiscard]] bool is_expected(std::string_view name, std::string_view agent) const;

  /// Arguments as the tool's schema wants them (coerce_arguments), or the refusal to give instead: it
  /// names the field and can be spoken. `tool` must come from this registry or a copy.
  [[nodiscard]] std::expected<json::object, ToolResult> check(const Tool& tool, const json::object& arguments) const;

  /// Where calls of this registry's remote tools run.
  [[nodiscard]] RemoteCalls& remote_calls() const { return *remote_calls_; }

 private:
  struct Entry;
  struct State;
  std::unique_ptr<State> state_;
  std::unique_ptr<RemoteCalls> remote_calls_;
};

}  // namespace offhook::tools
