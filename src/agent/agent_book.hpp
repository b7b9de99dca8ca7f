#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/user_tools.hpp"
#include "base/civil_time.hpp"
#include "base/embedded_file.hpp"
#include "base/result.hpp"
#include "privacy/pattern_filter.hpp"

namespace offhook::agent {

/// What an agent's recordings need before anybody may hear them.
enum class RecordingPolicy {
  none,       ///< nothing: they are kept as they come
  announced,  ///< callers are told; a recording is kept unless the caller declined
  required,   ///< a recording is kept only when the caller granted it
};
[[nodiscard]] std::string_view to_string(RecordingPolicy policy);

/// A persona with tools, as its YAML file describes it (agents/README.md has the keys). The `brain` part
/// of the file belongs to the built-in model, which reads it itself.
struct AgentDefinition {
  std::string name;
  std::string title;
  std::string description;
  std::string language = "en";
  std::string region = "US";  ///< whose phone numbers the callers dial and say
  TimeZone time_zone = TimeZone::utc();
  std::string first_message;  ///< "{{name}}" is the caller's first name
  std::string first_message_without_name;
  std::string system_prompt;
  std::vector<std::string> numbers;  ///< dialled numbers it answers, normalised
  std::string property_id;
  std::vector<std::string> tools;           ///< run inside the turn
  std::vector<std::string> platform_tools;  ///< offered through the platform, which calls our webhook
  std::string second_factor = "date_of_birth";
  std::string transfer_number;   ///< who takes over when a caller wants a person, normalised; empty: nobody
  std::string transfer_message;  ///< said before the caller is passed on
  std::string filler;            ///< said once in a turn when a tool takes its time
  RecordingPolicy recording = RecordingPolicy::none;
  bool is_grounded = true;  ///< do writing tools need arguments that the caller said or confirmed?
  std::set<std::string, std::less<>> ungrounded_tools;  ///< those that do not, all the same
  std::vector<privacy::HiddenPattern> hidden_patterns;  ///< never said, beside national ids and the server's
  std::vector<std::string> llm;  ///< its own chain of chat models, as in OFFHOOK_LLM; empty: the common one
  std::string voice_language = "en";
  std::string voice_name;

  /// `number` normalised.
  [[nodiscard]] bool has_number(std::string_view number) const {
    return std::ranges::find(numbers, number) != numbers.end();
  }
};

/// All agents. Immutable, thread-safe.
class AgentBook {
 public:
  /// Reads agent files. Errors: invalid_argument with file, line and what is wrong, for all of them.
  [[nodiscard]] static Result<AgentBook> load(std::span<const EmbeddedFile> files, const UserToolSources& sources = {});

  [[nodiscard]] const AgentDefinition* find(std::string_view name) const;
  /// `number` normalised.
  [[nodiscard]] const AgentDefinition* find_by_number(std::string_view number) const;
  [[nodiscard]] const std::vector<AgentDefinition>& all() const { return agents_; }
  /// The HTTP tools and MCP servers that the files define, each with its agent.
  [[nodiscard]] const UserTools& user_tools() const { return user_tools_; }

 private:
  std::vector<AgentDefinition> agents_;
  UserTools user_tools_;
};

/// The agent that a file describes; empty when that cannot be read.
[[nodiscard]] std::string agent_name_in(const EmbeddedFile& file);

/// The greeting with the caller's first name put in, or without one.
[[nodiscard]] std::string greeting(const AgentDefinition& agent, std::string_view caller_name);

}  // namespace offhook::agent
