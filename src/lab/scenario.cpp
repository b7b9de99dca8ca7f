#include "lab/scenario.hpp"

#include <yaml-cpp/yaml.h>

#include <fmt/format.h>

#include "base/text.hpp"

namespace offhook::lab {
namespace {

/// A fault with its place, thrown inside this file only and turned into an Error at its edge.
struct Fault {
  int line;
  std::string what;
};

[[noreturn]] void fault(const YAML::Node& node, std::string what) {
  throw Fault{node.Mark().line + 1, std::move(what)};
}

std::string text(const YAML::Node& node, const char* key, bool required) {
  const YAML::Node value = node[key];
  if (!value || value.IsNull()) {
    if (required) fault(node, fmt::format("'{}' is missing", key));
    return {};
  }
  if (!value.IsScalar()) fault(value, fmt::format("'{}' must be a text", key));
  return value.as<std::string>();
}

std::vector<std::string> texts(const YAML::Node& node, const char* key) {
  std::vector<std::string> list;
  const YAML::Node value = node[key];
  if (!value || value.IsNull()) return list;
  if (!value.IsSequence()) fault(value, fmt::format("'{}' must be a list", key));
  for (const auto& item : value) list.push_back(item.as<std::string>());
  return list;
}

std::map<std::string, std::string> fields(const YAML::Node& node, const char* key) {
  std::map<std::string, std::string> map;
  const YAML::Node value = node[key];
  if (!value || value.IsNull()) return map;
  if (!value.IsMap()) fault(value, fmt::format("'{}' must be a mapping", key));
  for (const auto& entry : value) map[entry.first.as<std::string>()] = entry.second.as<std::string>();
  return map;
}

std::optional<std::size_t> count(const YAML::Node& node, const char* key) {
  const YAML::Node value = node[key];
  if (!value || value.IsNull()) return std::nullopt;
  return value.as<std::size_t>();
}

void check_keys(const YAML::Node& node, std::initializer_list<std::string_view> known) {
  for (const auto& entry : node) {
    const auto key = entry.first.as<std::string>();
    if (std::find(known.begin(), known.end(), key) == known.end())
      fault(entry.first, fmt::format("there is no key '{}' here", key));
  }
}

ScenarioTurn read_turn(const YAML::Node& node) {
  if (!node.IsMap()) fault(node, "a turn must be a mapping with 'say'");
  check_keys(node, {"say", "expect"});
  ScenarioTurn turn{.say = text(node, "say", true)};
  if (const YAML::Node expect = node["expect"]) {
    check_keys(expect, {"reply_has", "reply_lacks", "tools"});
    turn.expect.reply_has = texts(expect, "reply_has");
    turn.expect.reply_lacks = texts(expect, "reply_lacks");
    if (expect["tools"]) turn.expect.tools = texts(expect, "tools");
  }
  return turn;
}

CallExpectation read_expectation(const YAML::Node& node) {
  check_keys(node, {"ended_reason", "lead", "card", "tours", "appointments", "callbacks", "activities"});
  return {.ended_reason = text(node, "ended_reason", false),
          .lead = fields(node, "lead"),
          .card = fields(node, "card"),
          .tours = count(node, "tours"),
          .appointments = count(node, "appointments"),
          .callbacks = count(node, "callbacks"),
          .activities = texts(node, "activities")};
}

Scenario read_scenario(const YAML::Node& root) {
  if (!root.IsMap()) fault(root, "a scenario must be a mapping");
  check_keys(root, {"name", "agent", "description", "direction", "caller", "turns", "expect"});
  Scenario scenario{.name = text(root, "name", true),
                    .agent = text(root, "agent", true),
                    .description = text(root, "description", false)};
  const std::string direction = text(root, "direction", false);
  if (!direction.empty() && direction != "inbound" && direction != "outbound") {
    fault(root["direction"], "'direction' must be inbound or outbound");
  }
  scenario.is_outbound = direction == "outbound";
  auto caller = fields(root, "caller");
  scenario.caller_name = caller["name"];
  scenario.caller_phone = caller["phone"];
  const YAML::Node turns = root["turns"];
  if (!turns || !turns.IsSequence() || turns.size() == 0) fault(root, "'turns' must be a list with at least one turn");
  for (const auto& turn : turns) scenario.turns.push_back(read_turn(turn));
  if (const YAML::Node expect = root["expect"]) scenario.expect = read_expectation(expect);
  return scenario;
}

std::string first_name(const std::string& name) { return name.substr(0, name.find(' ')); }

}  // namespace

Result<Scenario> parse_scenario(std::string_view file, std::string_view yaml) {
  const auto complain = [&](int line, std::string_view what) {
    return fail(ErrorKind::invalid_argument, fmt::format("{} line {}: {}", file, line, what));
  };
  try {
    Scenario scenario = read_scenario(YAML::Load(std::string(yaml)));
    scenario.file = file;
    return scenario;
  } catch (const Fault& found) {
    return complain(found.line, found.what);
  } catch (const YAML::Exception& error) {
    return complain(error.mark.line + 1, error.msg);
  }
}

Result<std::vector<Scenario>> parse_scenarios(std::span<const EmbeddedFile> files) {
  std::vector<Scenario> scenarios;
  std::vector<std::string> faults;
  for (const auto& file : files) {
    auto scenario = parse_scenario(file.name, file.content);
    if (scenario) {
      scenarios.push_back(std::move(*scenario));
    } else {
      faults.push_back(scenario.error().client);
    }
  }
  if (!faults.empty()) return fail(ErrorKind::invalid_argument, join(faults, "\n"));
  return scenarios;
}

Scenario with_caller(Scenario scenario, const std::string& name, const std::string& phone) {
  const auto rename = [&](std::string& line) {
    if (name.empty() || scenario.caller_name.empty()) return;
    line = replace_all(std::move(line), scenario.caller_name, name);
    line = replace_all(std::move(line), first_name(scenario.caller_name), first_name(name));
  };
  for (auto& turn : scenario.turns) {
    rename(turn.say);
    for (auto& wanted : turn.expect.reply_has) rename(wanted);
  }
  if (!name.empty()) {
    if (scenario.expect.lead.contains("name")) scenario.expect.lead["name"] = name;
    scenario.caller_name = name;
  }
  if (!phone.empty()) {
    if (scenario.expect.lead.contains("phone")) scenario.expect.lead["phone"] = phone;
    scenario.caller_phone = phone;
  }
  return scenario;
}

}  // namespace offhook::lab
