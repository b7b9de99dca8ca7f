#include "agent/agent_book.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "agent/filler_text.hpp"
#include "agent/yaml_reader.hpp"
#include "base/phone.hpp"
#include "base/text.hpp"

namespace offhook::agent {
namespace {

std::optional<RecordingPolicy> parse_policy(std::string_view text) {
  for (const auto policy : {RecordingPolicy::none, RecordingPolicy::announced, RecordingPolicy::required}) {
    if (text == to_string(policy)) return policy;
  }
  return std::nullopt;
}

/// `grounding: off`, or a mapping of tools to on and off.
void read_grounding(YamlReader& read, const YAML::Node& node, AgentDefinition& agent) {
  const auto is_on = [&](const YAML::Node& value) {
    const std::string text = value.IsScalar() ? value.Scalar() : "";
    if (text != "on" && text != "off") read.fault(value, "'grounding' must be on or off, or say so for each tool");
    return text != "off";
  };
  if (!node || node.IsNull()) return;
  if (!node.IsMap()) {
    agent.is_grounded = is_on(node);
    return;
  }
  for (const auto& entry : node) {
    if (!is_on(entry.second)) agent.ungrounded_tools.insert(entry.first.as<std::string>());
  }
}

AgentDefinition read_agent(std::string_view file, const YAML::Node& root, std::vector<std::string>& faults) {
  YamlReader read(file, root, faults);
  AgentDefinition agent;
  agent.name = read.text("name", true);
  agent.title = read.text("title", true);
  agent.description = read.text("description", false);
  agent.language = read.text("language", false, "en");
  agent.region = read.text("region", false, "US");
  const std::string zone = read.text("time_zone", false, "UTC");
  if (const auto found = TimeZone::find(zone)) {
    agent.time_zone = *found;
  } else {
    read.fault(root["time_zone"], fmt::format("there is no time zone '{}'", zone));
  }
  agent.first_message = read.text("first_message", true);
  agent.first_message_without_name = read.text("first_message_without_name", false, agent.first_message);
  agent.system_prompt = read.text("system_prompt", true);
  for (const auto& number : read.list("numbers")) agent.numbers.push_back(normalize_phone(number, agent.region));
  agent.property_id = read.text("property_id", false);
  agent.tools = read.list("tools");
  agent.platform_tools = read.list("platform_tools");
  agent.llm = read.list("llm");
  agent.filler = read.text("filler", false);
  agent.filler = agent.filler.empty() ? filler_text(agent.language) : agent.filler + " ";
  agent.second_factor = read.text("second_factor", false, "date_of_birth");
  if (const YAML::Node transfer = root["transfer"]; transfer && transfer.IsMap()) {
    YamlReader read_transfer(file, transfer, faults);
    agent.transfer_number = normalize_phone(read_transfer.text("number", true), agent.region);
    agent.transfer_message = read_transfer.text("message", false, "One moment, I'll connect you with a colleague.");
  } else if (transfer && !transfer.IsNull()) {
    read.fault(transfer, "'transfer' must be a mapping with a number");
  }
  if (const YAML::Node recording = root["recording"]; recording && recording.IsMap()) {
    const std::string consent = YamlReader(file, recording, faults).text("consent", true);
    if (const auto policy = parse_policy(consent)) {
      agent.recording = *policy;
    } else {
      read.fault(recording, fmt::format("'consent' must be none, announced or required, not '{}'", consent));
    }
  }
  read_grounding(read, root["grounding"], agent);
  for (const auto& text : read.list("hidden_patterns")) {
    if (auto pattern = privacy::TextPattern::parse(text)) {
      agent.hidden_patterns.push_back({.name = text, .pattern = std::move(*pattern)});
    } else {
      read.fault(root["hidden_patterns"], fmt::format("the pattern '{}': {}", text, pattern.error().message()));
    }
  }
  if (const YAML::Node voice = root["voice"]; voice && voice.IsMap()) {
    YamlReader read_voice(file, voice, faults);
    agent.voice_language = read_voice.text("language", false, agent.language);
    agent.voice_name = read_voice.text("name", false);
  }
  return agent;
}

}  // namespace

std::string_view to_string(RecordingPolicy policy) {
  switch (policy) {
    case RecordingPolicy::none: return "none";
    case RecordingPolicy::announced: return "announced";
    case RecordingPolicy::required: break;
  }
  return "required";
}

Result<AgentBook> AgentBook::load(std::span<const EmbeddedFile> files, const UserToolSources& sources) {
  AgentBook book;
  std::vector<std::string> faults;
  for (const auto& file : files) {
    try {
      const YAML::Node root = YAML::Load(std::string(file.content));
      if (!root.IsMap()) {
        faults.push_back(fmt::format("{}: must be a mapping", file.name));
        continue;
      }
      AgentDefinition agent = read_agent(file.name, root, faults);
      if (book.find(agent.name) != nullptr)
        faults.push_back(fmt::format("{}: a second agent '{}'", file.name, agent.name));
      UserTools tools = read_user_tools(file.name, root, agent.name, sources, faults);
      std::ranges::move(tools.http, std::back_inserter(book.user_tools_.http));
      std::ranges::move(tools.mcp, std::back_inserter(book.user_tools_.mcp));
      book.agents_.push_back(std::move(agent));
    } catch (const YAML::Exception& error) {
      faults.push_back(fmt::format("{} line {}: {}", file.name, error.mark.line + 1, error.msg));
    }
  }
  if (!faults.empty()) return fail(ErrorKind::invalid_argument, join(faults, "\n"));
  return book;
}

std::string agent_name_in(const EmbeddedFile& file) {
  try {
    const YAML::Node root = YAML::Load(std::string(file.content));
    if (root.IsMap() && root["name"] && root["name"].IsScalar()) return root["name"].as<std::string>();
  } catch (const YAML::Exception&) {  // load() will say what is wrong
  }
  return {};
}

const AgentDefinition* AgentBook::find(std::string_view name) const {
  const auto found =
      std::find_if(agents_.begin(), agents_.end(), [&](const auto& agent) { return agent.name == name; });
  return found == agents_.end() ? nullptr : &*found;
}

const AgentDefinition* AgentBook::find_by_number(std::string_view number) const {
  for (const auto& agent : agents_) {
    if (std::find(agent.numbers.begin(), agent.numbers.end(), number) != agent.numbers.end()) return &agent;
  }
  return nullptr;
}

std::string greeting(const AgentDefinition& agent, std::string_view caller_name) {
  const std::string_view first_name = trim(caller_name).substr(0, trim(caller_name).find(' '));
  if (first_name.empty()) {
    return agent.first_message.find("{{name}}") == std::string::npos ? agent.first_message
                                                                     : agent.first_message_without_name;
  }
  return replace_all(agent.first_message, "{{name}}", first_name);
}

}  // namespace offhook::agent
