#include "agent/user_tools.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <set>

#include <fmt/format.h>

#include "agent/yaml_reader.hpp"
#include "base/text.hpp"
#include "tools/registry.hpp"
#include "tools/schema_validator.hpp"

namespace offhook::agent {
namespace {

using tools::remote::AnswerPlan;
using tools::remote::HttpPlan;
using tools::remote::McpPlan;
using tools::remote::McpToolPlan;
using tools::remote::TextTemplate;
using namespace std::chrono_literals;

constexpr auto kLongestTimeout = 30s;
constexpr auto kShortestTimeout = 300ms;

using tools::is_tool_name;
bool is_header_name(std::string_view name) { return is_tool_name(name); }

/// Headers that are ours to set, or that frame the message.
bool is_reserved_header(std::string_view name) {
  static constexpr std::string_view kReserved[] = {
      "host",   "content-length",  "transfer-encoding", "connection",          "upgrade", "te", "trailer",
      "expect", "idempotency-key", "mcp-session-id",    "mcp-protocol-version"};
  return std::ranges::any_of(kReserved, [&](std::string_view reserved) { return iequals(reserved, name); });
}

bool has_control_character(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

std::optional<Duration> parse_duration(std::string_view text) {
  double scale = 1;
  if (text.ends_with("ms")) {
    scale = 0.001;
    text.remove_suffix(2);
  } else if (text.ends_with('s')) {
    text.remove_suffix(1);
  }
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(number * scale));
}

/// Reads the tools of one file.
class ToolFile {
 public:
  ToolFile(std::string_view file, std::string_view agent, const UserToolSources& sources,
           std::vector<std::string>& faults)
      : file_(file), agent_(agent), sources_(sources), faults_(faults) {
    for (const auto& tool : tools::all_tools()) taken_.insert(tool.name);
  }

  void read_http(const YAML::Node& node, std::vector<HttpPlan>& plans) {
    YamlReader read(file_, node, faults_);
    if (!node.IsMap()) return read.fault(node, "an HTTP tool must be a mapping with name, description, url, …");
    read.only({"name", "description", "parameters", "effect", "idempotent", "method", "url", "query", "headers", "body",
               "timeout", "retries", "redirects", "max_response_kb", "response"});
    HttpPlan plan;
    plan.agent = agent_;
    plan.name = read.text("name", true);
    check_name(read, node, plan.name);
    plan.description = read.text("description", true);
    plan.effect = read_effect(read).value_or(tools::Effect::writes);
    plan.is_idempotent = read.flag("idempotent").value_or(false);
    plan.parameters = read_parameters(read, node["parameters"]);
    plan.method = to_upper(read.text("method", false, plan.effect == tools::Effect::reads ? "GET" : "POST"));
    if (!is_one_of(plan.method, {"GET", "POST", "PUT", "PATCH", "DELETE"})) {
      read.fault(node["method"], "'method' must be GET, POST, PUT, PATCH or DELETE");
    }
    read_url(read, node["url"], plan);
    for (const auto& [key, value] : read.pairs("query")) {
      if (auto text = read_template(read, node["query"], "query", value, plan)) plan.query.emplace_back(key, *text);
    }
    for (const auto& [key, value] : read.pairs("headers")) {
      auto secret = read_header(read, node["headers"], key, value, true);
      if (!secret) continue;
      if (!read_template(read, node["headers"], "headers", secret->reveal(), plan)) continue;
      plan.headers.push_back({.name = key, .text = std::move(*secret)});
    }
    if (const YAML::Node body = node["body"]) {
      if (plan.method == "GET") read.fault(body, "'body' has no place in a GET; set method, or use query");
      plan.body = to_json(body);
      check_body(read, body, plan.body, plan);
    }
    plan.timeout = read_timeout(read, node).value_or(tools::kToolTimeLimit);
    plan.retries = read.integer("retries", 0, 5).value_or(0);
    plan.max_response_bytes = static_cast<std::size_t>(read.integer("max_response_kb", 1, 4096).value_or(256)) * 1024;
    const std::string redirects = read.text("redirects", false, "none");
    if (!is_one_of(redirects, {"none", "same_host"})) {
      read.fault(node["redirects"], "'redirects' must be none or same_host");
    }
    plan.follows_same_host = redirects == "same_host";
    plan.answer = read_answer(node["response"]);
    plans.push_back(std::move(plan));
  }

  void read_mcp(const YAML::Node& node, std::vector<McpPlan>& plans) {
    YamlReader read(file_, node, faults_);
    if (!node.IsMap()) return read.fault(node, "an MCP server must be a mapping with name and command or url");
    read.only({"name", "command", "env", "directory", "url", "headers", "timeout", "tools", "settings"});
    McpPlan plan;
    plan.agent = agent_;
    plan.name = read.text("name", true);
    if (!is_tool_name(plan.name) || !servers_.insert(plan.name).second) {
      read.fault(node, "'name' must be letters, digits, '_' or '-', and no other server's");
    }
    plan.command = read.list("command");
    plan.url = read.text("url", false);
    if (plan.command.empty() == plan.url.empty()) {
      read.fault(node, "say either 'command' (a child process) or 'url' (streamable HTTP)");
    }
    if (!plan.url.empty()) {
      if (auto checked = sources_.guard.check_url(plan.url); !checked) {
        read.fault(node["url"], fmt::format("'url': {}", checked.error().message()));
      }
    }
    plan.directory = read.text("directory", false);
    for (const auto& [key, value] : read.pairs("env")) {
      if (auto secret = with_secrets(read, node["env"], value)) plan.environment.emplace_back(key, std::move(*secret));
    }
    for (const auto& [key, value] : read.pairs("headers")) {
      auto secret = read_header(read, node["headers"], key, value, false);
      if (secret) plan.headers.emplace_back(key, std::move(*secret));
    }
    plan.timeout = read_timeout(read, node).value_or(tools::kToolTimeLimit);
    plan.wanted = read.list("tools");
    if (const YAML::Node settings = node["settings"]) {
      if (!settings.IsMap()) read.fault(settings, "'settings' must be a mapping by tool name");
      if (settings.IsMap()) {
        for (const auto& entry : settings) {
          plan.tools[entry.first.as<std::string>()] = read_mcp_tool(entry.second);
        }
      }
    }
    plans.push_back(std::move(plan));
  }

 private:
  static std::string to_upper(std::string text) {
    std::ranges::transform(text, text.begin(),
                           [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    return text;
  }
  static bool is_one_of(std::string_view text, std::initializer_list<std::string_view> choices) {
    return std::ranges::find(choices, text) != choices.end();
  }

  void check_name(YamlReader& read, const YAML::Node& node, const std::string& name) {
    if (name.empty()) return;
    if (!is_tool_name(name)) {
      read.fault(node["name"], "'name' must be at most 64 letters, digits, '_' or '-'");
    } else if (!taken_.insert(name).second) {
      read.fault(node["name"], fmt::format("there is already a tool '{}'; choose another name", name));
    }
  }

  static std::optional<tools::Effect> read_effect(YamlReader& read) {
    const std::string effect = read.text("effect", false);
    if (effect == "reads") return tools::Effect::reads;
    if (effect == "writes") return tools::Effect::writes;
    if (!effect.empty()) read.fault_at("effect", "'effect' must be reads or writes");
    return std::nullopt;
  }

  static std::optional<Duration> read_timeout(YamlReader& read, const YAML::Node& node) {
    const std::string text = read.text("timeout", false);
    if (text.empty()) return std::nullopt;
    const auto duration = parse_duration(text);
    if (!duration || *duration < kShortestTimeout || *duration > kLongestTimeout) {
      read.fault(node["timeout"], "'timeout' must be from 300ms to 30s, such as 2s or 1500ms");
    }
    return duration;
  }

  static json::object read_parameters(YamlReader& read, const YAML::Node& node) {
    json::object fallback{{"type", "object"}, {"properties", json::object()}};
    if (!node) return fallback;
    const json::value schema = to_json(node);
    if (!schema.is_object() || find_string(schema, "type") != "object") {
      read.fault(node, "'parameters' must be a JSON Schema of type object");
      return fallback;
    }
    try {
      const tools::SchemaValidator compiled(schema.get_object());
    } catch (const std::exception& error) {
      read.fault(node, fmt::format("'parameters': {}", error.what()));
    }
    return schema.get_object();
  }

  void read_url(YamlReader& read, const YAML::Node& node, HttpPlan& plan) {
    const std::string url = read.text("url", true);
    if (url.empty()) return;
    const auto scheme = url.find("://");
    const auto path = scheme == std::string::npos ? scheme : url.find_first_of("/?#", scheme + 3);
    plan.origin = url.substr(0, path);
    const std::string rest = path == std::string::npos ? "/" : (url[path] == '/' ? "" : "/") + url.substr(path);
    if (plan.origin.find_first_of("{}$") != std::string::npos) {
      return read.fault(node, "'url': scheme, host and port must be written out; an {argument} may stand behind them");
    }
    if (rest.find('#') != std::string::npos) return read.fault(node, "'url' must have no '#'");
    if (auto checked = sources_.guard.check_url(plan.origin + "/"); !checked) {
      return read.fault(node, fmt::format("'url': {}", checked.error().message()));
    }
    auto text = read_template(read, node, "url", rest, plan);
    if (!text) return;
    plan.path = std::move(*text);
    std::string sample;
    for (const auto& part : plan.path.parts()) {
      const bool is_in_path = sample.find('?') == std::string::npos;
      sample.append(part.is_place ? "x" : part.text);
      if (part.is_place && is_in_path && !part.text.starts_with("context.") &&
          !is_required(plan.parameters, part.text)) {
        read.fault(node, fmt::format("'url': {{{}}} is in the path, so it must be among 'required' of the parameters",
                                     part.text));
      }
    }
    if (auto checked = sources_.guard.check_url(plan.origin + sample); !checked) {
      read.fault(node, fmt::format("'url': {}", checked.error().message()));
    }
  }

  static bool is_required(const json::object& schema, std::string_view name) {
    const json::value root(schema);
    const auto* required = find_array(root, "required");
    return required != nullptr &&
           std::ranges::any_of(*required, [&](const json::value& item) { return to_std_string(item) == name; });
  }

  /// A request-side template whose places are all known; nullopt after a fault.
  static std::optional<TextTemplate> read_template(YamlReader& read, const YAML::Node& node, const char* key,
                                                   std::string_view text, const HttpPlan& plan) {
    if (std::string_view(key) != "headers" && text.find("${secret:") != std::string_view::npos) {
      read.fault(node, fmt::format("'{}': a secret may stand in headers only", key));
      return std::nullopt;
    }
    auto parsed = TextTemplate::parse_request(text);
    if (!parsed) {
      read.fault(node, fmt::format("'{}' {}", key, parsed.error().message()));
      return std::nullopt;
    }
    const json::value schema(plan.parameters);
    for (const auto& part : parsed->parts()) {
      if (!part.is_place || tools::remote::is_context_place(part.text)) continue;
      if (find_at(schema, {"properties", part.text}) == nullptr) {
        read.fault(node, fmt::format("'{}': {{{}}} is no parameter of the tool", key, part.text));
        return std::nullopt;
      }
    }
    return std::move(*parsed);
  }

  void check_body(YamlReader& read, const YAML::Node& node, const json::value& body, const HttpPlan& plan) {
    if (body.is_string()) (void)read_template(read, node, "body", to_std_string(body), plan);
    if (const auto* list = body.if_array()) {
      for (const auto& item : *list) check_body(read, node, item, plan);
    }
    if (const auto* object = body.if_object()) {
      for (const auto& member : *object) check_body(read, node, member.value(), plan);
    }
  }

  /// `text` with its ${secret:NAME} put in, as a template: braces of a secret are doubled when `is_template`.
  std::optional<Secret> with_secrets(YamlReader& read, const YAML::Node& node, std::string_view text,
                                     bool is_template = false) {
    static constexpr std::string_view kOpen = "${secret:";
    std::string filled;
    for (;;) {
      const auto open = text.find(kOpen);
      filled.append(text.substr(0, open));
      if (open == std::string_view::npos) return Secret(std::move(filled));
      const auto close = text.find('}', open);
      const std::string_view name = close == std::string_view::npos
                                        ? std::string_view()
                                        : text.substr(open + kOpen.size(), close - open - kOpen.size());
      if (name.empty() || !is_tool_name(name)) {
        read.fault(node, "a secret is written ${secret:NAME}");
        return std::nullopt;
      }
      const auto secret = sources_.find_secret ? sources_.find_secret(name) : std::nullopt;
      if (!secret || secret->empty() || has_control_character(secret->reveal())) {
        read.fault(
            node,
            fmt::format("${{secret:{0}}}: set OFFHOOK_SECRET_{0} in the environment or in .env, to one line", name));
        return std::nullopt;
      }
      std::string value(secret->reveal());
      if (is_template) value = replace_all(replace_all(std::move(value), "{", "{{"), "}", "}}");
      filled.append(value);
      text.remove_prefix(close + 1);
    }
  }

  std::optional<Secret> read_header(YamlReader& read, const YAML::Node& node, const std::string& name,
                                    const std::string& value, bool is_template) {
    if (!is_header_name(name) || is_reserved_header(name)) {
      read.fault(node, fmt::format("'headers': '{}' is no header that can be set here", name));
      return std::nullopt;
    }
    if (has_control_character(value)) {
      read.fault(node, fmt::format("'headers': the value of '{}' must be one line", name));
      return std::nullopt;
    }
    return with_secrets(read, node, value, is_template);
  }

  AnswerPlan read_answer(const YAML::Node& node) {
    AnswerPlan plan;
    if (!node) return plan;
    YamlReader read(file_, node, faults_);
    if (!node.IsMap()) {
      read.fault(node, "'response' must be a mapping with say, otherwise, data, errors");
      return plan;
    }
    read.only({"say", "otherwise", "data", "errors"});
    auto say = TextTemplate::parse_answer(one_line(read.text("say", false)));
    if (say) {
      plan.say = std::move(*say);
    } else {
      read.fault(node["say"], fmt::format("'say' {}", say.error().message()));
    }
    plan.otherwise = one_line(read.text("otherwise", false));
    plan.data = read.list("data");
    for (const auto& [status, sentence] : read.pairs("errors")) {
      const bool is_status = status.size() == 3 && status[0] >= '1' && status[0] <= '5' &&
                             (status.substr(1) == "xx" || (std::isdigit(static_cast<unsigned char>(status[1])) != 0 &&
                                                           std::isdigit(static_cast<unsigned char>(status[2])) != 0));
      if (!is_status && status != "default") {
        read.fault(node["errors"],
                   fmt::format("'errors': '{}' must be a status such as 404, 4xx, 5xx or default", status));
      }
      plan.errors[status] = one_line(sentence);
    }
    return plan;
  }

  McpToolPlan read_mcp_tool(const YAML::Node& node) {
    McpToolPlan plan;
    YamlReader read(file_, node, faults_);
    if (!node.IsMap()) {
      read.fault(node, "the settings of a tool must be a mapping with effect, idempotent, timeout, response");
      return plan;
    }
    read.only({"effect", "idempotent", "timeout", "response"});
    plan.effect = read_effect(read);
    plan.is_idempotent = read.flag("idempotent");
    plan.timeout = read_timeout(read, node);
    plan.answer = read_answer(node["response"]);
    return plan;
  }

  std::string file_;
  std::string agent_;
  const UserToolSources& sources_;
  std::vector<std::string>& faults_;
  std::set<std::string, std::less<>> taken_;
  std::set<std::string, std::less<>> servers_;
};

}  // namespace

UserTools read_user_tools(std::string_view file, const YAML::Node& root, std::string_view agent,
                          const UserToolSources& sources, std::vector<std::string>& faults) {
  UserTools tools;
  YamlReader read(file, root, faults);
  ToolFile reader(file, agent, sources, faults);
  for (const char* key : {"http_tools", "mcp_servers"}) {
    const YAML::Node list = root[key];
    if (!list || list.IsNull()) continue;
    if (!list.IsSequence()) {
      read.fault(list, fmt::format("'{}' must be a list", key));
      continue;
    }
    for (const auto& item : list) {
      if (std::string_view(key) == "http_tools") {
        reader.read_http(item, tools.http);
      } else {
        reader.read_mcp(item, tools.mcp);
      }
    }
  }
  return tools;
}

}  // namespace offhook::agent
