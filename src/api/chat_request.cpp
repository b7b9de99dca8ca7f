#include "api/chat_request.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "agent/caller_marker.hpp"
#include "api/call_context.hpp"
#include "api/tenancy.hpp"
#include "base/phone.hpp"
#include "base/text.hpp"
#include "crypto/hash.hpp"
#include "json/json.hpp"

namespace offhook::api {
namespace {

std::optional<llm::Role> role_of(std::string_view name) {
  if (name == "system" || name == "developer") return llm::Role::system;
  if (name == "user") return llm::Role::user;
  if (name == "assistant" || name == "bot") return llm::Role::assistant;
  if (name == "tool" || name == "function") return llm::Role::tool;
  return std::nullopt;
}

/// A text, or the text parts of a list joined; null and absent are "".
Result<std::string> read_content(const json::object& message, const std::string& field) {
  const auto* content = message.if_contains("content");
  if (content == nullptr || content->is_null()) return std::string{};
  if (content->is_string()) return to_std_string(*content);
  if (!content->is_array()) return fail(wrong_type(field, "a string or an array of content parts", *content));
  std::string text;
  for (std::size_t i = 0; i < content->get_array().size(); ++i) {
    const json::value& part = content->get_array()[i];
    const std::string part_field = fmt::format("{}[{}]", field, i);
    if (!part.is_object()) return fail(wrong_type(part_field, "an object", part));
    const auto type = find_string(part, "type");
    if (!type) return fail(missing_field(part_field + ".type"));
    if (*type != "text" && *type != "refusal") continue;  // pictures and sound say nothing to a phone agent
    const auto piece = find_string(part, *type);
    if (!piece) return fail(missing_field(fmt::format("{}.{}", part_field, *type)));
    if (!text.empty()) text.push_back('\n');
    text.append(*piece);
  }
  return text;
}

Result<std::vector<llm::ToolCall>> read_calls(const json::object& message, const std::string& field) {
  std::vector<llm::ToolCall> calls;
  const auto* list = message.if_contains("tool_calls");
  if (list == nullptr || list->is_null()) return calls;
  if (!list->is_array()) return fail(wrong_type(field, "an array", *list));
  for (std::size_t i = 0; i < list->get_array().size(); ++i) {
    const json::value& entry = list->get_array()[i];
    const std::string entry_field = fmt::format("{}[{}]", field, i);
    if (!entry.is_object()) return fail(wrong_type(entry_field, "an object", entry));
    const auto name = find_string_at(entry, {"function", "name"});
    if (!name) return fail(missing_field(entry_field + ".function.name"));
    const auto* arguments = find_at(entry, {"function", "arguments"});
    llm::ToolCall call{.id = std::string(find_string(entry, "id").value_or("")), .name = std::string(*name)};
    if (arguments != nullptr)
      call.arguments = arguments->is_string() ? to_std_string(*arguments) : json::serialize(*arguments);
    calls.push_back(std::move(call));
  }
  return calls;
}

Result<llm::Message> read_message(const json::value& value, std::size_t index) {
  const std::string field = fmt::format("messages[{}]", index);
  if (!value.is_object()) return fail(wrong_type(field, "an object", value));
  const json::object& object = value.get_object();
  const auto* role_value = object.if_contains("role");
  if (role_value == nullptr) return fail(missing_field(field + ".role"));
  if (!role_value->is_string()) return fail(wrong_type(field + ".role", "a string", *role_value));
  const auto role = role_of(to_std_string(*role_value));
  if (!role) return fail(invalid_value(field + ".role", "one of system, developer, user, assistant, tool"));
  auto content = read_content(object, field + ".content");
  if (!content) return fail(content);
  auto calls = read_calls(object, field + ".tool_calls");
  if (!calls) return fail(calls);
  const bool has_content = object.contains("content") && !object.at("content").is_null();
  if (!has_content && calls->empty() && *role != llm::Role::assistant) return fail(missing_field(field + ".content"));
  llm::Message message{.role = *role, .content = std::move(*content), .tool_calls = std::move(*calls)};
  message.tool_call_id = std::string(find_string(value, "tool_call_id").value_or(""));
  message.name = std::string(find_string(value, "name").value_or(""));
  if (*role == llm::Role::tool && message.tool_call_id.empty() && message.name.empty()) {
    return fail(missing_field(field + ".tool_call_id"));
  }
  return message;
}

Result<std::vector<llm::Message>> read_messages(const json::object& body) {
  const auto* list = body.if_contains("messages");
  if (list == nullptr || list->is_null()) return fail(missing_field("messages"));
  if (!list->is_array()) return fail(wrong_type("messages", "an array", *list));
  if (list->get_array().empty()) return fail(invalid_value("messages", "an array with at least one message"));
  std::vector<llm::Message> messages;
  for (std::size_t i = 0; i < list->get_array().size(); ++i) {
    auto message = read_message(list->get_array()[i], i);
    if (!message) return fail(message);
    messages.push_back(std::move(*message));
  }
  return messages;
}

/// Where a transfer may go: a number, a SIP address, or another assistant's name.
json::array destinations_of(const json::value& tool) {
  json::array all;
  const auto* listed = find_array(tool, "destinations");
  if (listed == nullptr) return all;
  for (const auto& destination : *listed) {
    for (const char* key : {"number", "sipUri", "assistantName"}) {
      if (const auto text = find_string(destination, key); text && !text->empty()) {
        all.emplace_back(*text);
        break;
      }
    }
  }
  return all;
}

/// A tool that Vapi runs itself, with the arguments that it reads. Source: Vapi, "Default tools" and "IVR navigation".
llm::ToolSpec native_tool(std::string_view type, const json::value& entry) {
  llm::ToolSpec tool{.name = std::string(type)};
  json::object properties;
  if (type == "transferCall") {
    tool.description = "Transfers the call to somebody else.";
    json::object destination{{"type", "string"}, {"description", "Where to: a phone number, or whom."}};
    if (auto all = destinations_of(entry); !all.empty()) destination["enum"] = std::move(all);
    properties["destination"] = std::move(destination);
  } else if (type == "dtmf") {
    tool.description = "Presses keys of the telephone.";
    properties["digits"] =
        json::object{{"type", "string"}, {"description", "0 to 9, * and #; w pauses for half a second, W for one."}};
  } else if (type == "endCall") {
    tool.description = "Hangs up.";
  }
  json::object schema{{"type", "object"}};
  if (!properties.empty()) schema["required"] = json::array{properties.begin()->key()};
  schema["properties"] = std::move(properties);
  tool.parameters = llm::SharedSchema(std::move(schema));
  return tool;
}

/// Function tools, and Vapi's own ({"type":"endCall"}), which it executes when we call them by name.
Result<std::vector<llm::ToolSpec>> read_tools(const json::object& body) {
  std::vector<llm::ToolSpec> tools;
  const bool is_old = !body.contains("tools") && body.contains("functions");
  const auto* list = body.if_contains(is_old ? "functions" : "tools");
  if (list == nullptr || list->is_null()) return tools;
  if (!list->is_array()) return fail(wrong_type("tools", "an array", *list));
  for (std::size_t i = 0; i < list->get_array().size(); ++i) {
    const json::value& entry = list->get_array()[i];
    const std::string field = fmt::format("tools[{}]", i);
    if (!entry.is_object()) return fail(wrong_type(field, "an object", entry));
    const json::value* function = is_old ? &entry : find(entry, "function");
    if (function == nullptr) {
      const auto type = find_string(entry, "type");
      if (!type) return fail(missing_field(field + ".type"));
      if (*type == "function") return fail(missing_field(field + ".function"));
      tools.push_back(native_tool(*type, entry));
      continue;
    }
    if (!function->is_object()) return fail(wrong_type(field + ".function", "an object", *function));
    const auto name = find_string(*function, "name");
    if (!name || name->empty()) return fail(missing_field(field + ".function.name"));
    if (!tools::is_tool_name(*name)) {
      return fail(invalid_value(field + ".function.name", "1 to 64 letters, digits, underscores and dashes"));
    }
    llm::ToolSpec tool{.name = std::string(*name),
                       .description = std::string(find_string(*function, "description").value_or(""))};
    if (const auto* parameters = find(*function, "parameters"); parameters != nullptr && !parameters->is_null()) {
      if (!parameters->is_object()) return fail(wrong_type(field + ".function.parameters", "an object", *parameters));
      tool.parameters = parameters->get_object();
    }
    tools.push_back(std::move(tool));
  }
  return tools;
}

Result<void> read_tool_choice(const json::object& body, agent::TurnRequest& turn) {
  const auto* value = body.if_contains("tool_choice");
  if (value == nullptr || value->is_null()) return {};
  std::string name = to_std_string(*value);
  if (value->is_object()) {
    const std::string type(find_string(*value, "type").value_or(""));
    if (type == "function" || type == "custom") {
      const auto wanted = find_string_at(*value, {type, "name"});
      if (!wanted) return fail(missing_field("tool_choice." + type + ".name"));
      const bool is_offered =
          std::ranges::any_of(turn.platform_tools, [&](const auto& t) { return t.name == *wanted; });
      if (!is_offered) return fail(invalid_value("tool_choice", "the name of one of the request's tools"));
      turn.required_tool = *wanted;
      name = "required";
    } else if (type == "allowed_tools") {
      if (const auto* allowed = find_at(*value, {"allowed_tools", "tools"});
          allowed != nullptr && allowed->is_array()) {
        std::erase_if(turn.platform_tools, [&](const llm::ToolSpec& tool) {
          return std::ranges::none_of(allowed->get_array(), [&](const json::value& one) {
            return find_string_at(one, {"function", "name"}).value_or(find_string(one, "name").value_or("")) ==
                   tool.name;
          });
        });
      }
      name = find_string_at(*value, {"allowed_tools", "mode"}).value_or("auto");
    }
  }
  if (name == "none") {
    turn.tool_choice = llm::ToolChoice::none;
  } else if (name == "required") {
    turn.tool_choice = llm::ToolChoice::required;
  } else if (name != "auto") {
    return fail(invalid_value("tool_choice", "none, auto, required or a named tool"));
  }
  return {};
}

Result<void> read_response_format(const json::object& body, llm::ResponseFormat& format) {
  using Kind = llm::ResponseFormat::Kind;
  const auto* value = body.if_contains("response_format");
  if (value == nullptr || value->is_null()) return {};
  if (!value->is_object()) return fail(wrong_type("response_format", "an object", *value));
  const auto type = find_string(*value, "type");
  if (!type) return fail(missing_field("response_format.type"));
  if (*type == "text") return {};
  if (*type == "json_object") {
    format.kind = Kind::json_object;
    return {};
  }
  if (*type != "json_schema") return fail(invalid_value("response_format.type", "text, json_object or json_schema"));
  const auto* wanted = find_object(*value, "json_schema");
  if (wanted == nullptr) return fail(missing_field("response_format.json_schema"));
  auto name = require_string(*wanted, "name");
  if (!name) return fail(missing_field("response_format.json_schema.name"));
  const auto* schema = wanted->if_contains("schema");
  if (schema != nullptr && !schema->is_null() && !schema->is_object())
    return fail(wrong_type("response_format.json_schema.schema", "an object", *schema));
  format.kind = Kind::json_schema;
  format.name = std::move(*name);
  if (schema != nullptr && schema->is_object()) format.schema = schema->get_object();
  auto strict = optional_bool(*wanted, "strict");
  if (!strict) return fail(strict);
  format.strict = strict->value_or(false);
  return {};
}

Result<void> read_stop(const json::object& body, std::vector<std::string>& stop) {
  const auto* value = body.if_contains("stop");
  if (value == nullptr || value->is_null()) return {};
  if (value->is_string()) {
    stop.push_back(to_std_string(*value));
    return {};
  }
  if (!value->is_array()) return fail(wrong_type("stop", "a string or an array of strings", *value));
  for (const auto& item : value->get_array()) {
    if (!item.is_string()) return fail(wrong_type("stop", "a string or an array of strings", item));
    stop.push_back(to_std_string(item));
  }
  if (stop.size() > 4) return fail(invalid_value("stop", "at most 4 strings"));
  return {};
}

Result<void> read_numbers(const json::object& body, int default_max_tokens, agent::TurnRequest& turn) {
  auto temperature = optional_number(body, "temperature");
  if (!temperature) return fail(temperature);
  turn.temperature = temperature->value_or(0.7);
  if (turn.temperature < 0 || turn.temperature > 2) return fail(invalid_value("temperature", "a number from 0 to 2"));
  turn.max_tokens = default_max_tokens;
  for (const char* field : {"max_tokens", "max_completion_tokens"}) {
    auto tokens = optional_integer(body, field);
    if (!tokens) return fail(tokens);
    if (!tokens->has_value()) continue;
    if (**tokens < 1 || **tokens > 4096) return fail(invalid_value(field, "a whole number from 1 to 4096"));
    turn.max_tokens = static_cast<int>(**tokens);
  }
  auto n = optional_integer(body, "n");
  if (!n) return fail(n);
  if (n->value_or(1) != 1) return fail(invalid_value("n", "1: one caller hears one answer"));
  return {};
}

/// Who answers the call, as the request names them; null: nobody that we know.
const agent::AgentDefinition* agent_of(const agent::AgentBook& agents, const CallContext& context) {
  for (const std::string& name : {context.agent, context.assistant_id, to_lower(context.assistant_name)}) {
    if (const auto* agent = agents.find(name)) return agent;
  }
  return nullptr;
}

/// What the call's platform knows about it. Gives the agent whose own number was dialled; null: nobody's.
const agent::AgentDefinition* take_context(const agent::AgentBook& agents, CallContext context,
                                           agent::TurnRequest& turn) {
  turn.caller_phone = std::move(context.caller_phone);
  turn.caller_name = std::move(context.caller_name);
  turn.takes_flush_marks = context.is_platform_call;  // source: Vapi, "Flush syntax"
  turn.property_id = context.property_id;
  turn.clues = {.platform_call_id = std::move(context.platform_call_id),
                .assistant_id = std::move(context.assistant_id),
                .property_id = std::move(context.property_id)};
  if (context.dialled_number.empty()) return nullptr;
  turn.clues.dialled_number = normalize_phone(context.dialled_number, "US");
  const auto* by_number = agents.find_by_number(turn.clues.dialled_number);
  // As in call::clues_of(): the number of an agent's file is this server's line.
  if (by_number != nullptr) turn.clues.dialled_number.clear();
  return by_number;
}

/// The number of the first marker in what users said; "" when there is none.
std::string marked_phone(const std::vector<llm::Message>& messages) {
  for (const auto& message : messages) {
    if (message.role != llm::Role::user) continue;
    if (auto phone = agent::take_phone_marker(message.content).phone; !phone.empty()) return phone;
  }
  return {};
}

/// Outside a call, what makes a repeated request the same one: who asks, for which caller, of which agent, and all up
/// to the last user line.
std::string journal_scope(const http::Request& request, const agent::TurnRequest& turn) {
  const std::vector<llm::Message>& messages = turn.messages;
  std::string text = request.principal.name;
  const std::string caller = caller_of(turn);
  for (const std::string* part : {&caller, &turn.property_id, &turn.agent->name, &turn.clues.dialled_number})
    text.append("\x1d").append(*part);
  std::size_t last_user = messages.size();
  while (last_user > 0 && messages[last_user - 1].role != llm::Role::user) --last_user;
  for (std::size_t i = 0; i < last_user; ++i) {
    text.append("\x1f")
        .append(std::to_string(static_cast<int>(messages[i].role)))
        .append("\x1e")
        .append(messages[i].content);
  }
  return crypto::sha256_hex(text);
}

}  // namespace

Result<ChatCall> read_chat_request(const Services& services, http::Request& request, bool streams_by_default) {
  auto parsed = parse_json_object(request.body);
  if (!parsed) return fail(parsed);
  const json::value body(std::move(*parsed));
  const json::object& fields = body.get_object();
  request.trace.call_id = find_string_at(body, {"call", "id"}).value_or("");
  ChatCall call;
  auto messages = read_messages(fields);
  if (!messages) return fail(messages);
  call.turn.messages = std::move(*messages);
  auto tools = read_tools(fields);
  if (!tools) return fail(tools);
  call.turn.platform_tools = std::move(*tools);
  if (auto read = read_tool_choice(fields, call.turn); !read) return fail(read);
  if (auto read = read_response_format(fields, call.turn.response_format); !read) return fail(read);
  auto format = agent::AnswerFormat::create(call.turn.response_format);
  if (!format) return fail(format);
  call.turn.answer_format = std::move(*format);
  auto in_parallel = optional_bool(fields, "parallel_tool_calls");
  if (!in_parallel) return fail(in_parallel);
  call.turn.parallel_tool_calls = in_parallel->value_or(true);
  if (auto read = read_stop(fields, call.turn.stop); !read) return fail(read);
  if (auto read = read_numbers(fields, services.settings.max_tokens, call.turn); !read) return fail(read);
  auto stream = optional_bool(fields, "stream");
  if (!stream) return fail(stream);
  call.stream = stream->value_or(streams_by_default);
  if (const auto* options = fields.if_contains("stream_options"); options != nullptr && !options->is_null()) {
    if (!options->is_object()) return fail(wrong_type("stream_options", "an object", *options));
    auto usage = optional_bool(options->get_object(), "include_usage");
    if (!usage) return fail(usage);
    call.include_usage = usage->value_or(false);
  }
  auto model = optional_string(fields, "model");
  if (!model) return fail(model);

  CallContext context = read_call_context(body);
  const auto* by_call = agent_of(services.agents, context);
  const auto* by_number = take_context(services.agents, std::move(context), call.turn);
  if (call.turn.caller_phone.empty()) call.turn.caller_phone = marked_phone(call.turn.messages);
  if (request.principal.is_bound) call.turn.owner = owner_of(request);
  call.turn.agent = services.agents.find(model->value_or(""));
  if (call.turn.agent == nullptr) call.turn.agent = by_call;
  call.is_agent_named = call.turn.agent != nullptr;
  if (call.turn.agent == nullptr) call.turn.agent = by_number;
  if (call.turn.agent == nullptr && !services.settings.agent.empty())
    call.turn.agent = services.agents.find(services.settings.agent);
  if (call.turn.agent == nullptr) {
    const bool is_banking_door = request.path.starts_with("/api/chat") || request.path.starts_with("/api/agent");
    call.turn.agent = services.agents.find(is_banking_door ? "banking" : "leasing");
  }
  if (call.turn.agent == nullptr) return fail(ErrorKind::not_found, "There is no agent to answer this.");
  if (request.trace.call_id.empty()) call.turn.journal_scope = journal_scope(request, call.turn);
  call.turn.trace = request.trace;
  call.turn.asker = auth::asker_of(request);
  call.turn.deadline = request.deadline;
  return call;
}

std::string caller_of(const agent::TurnRequest& turn) {
  if (turn.caller_phone.empty()) return {};
  return normalize_phone(turn.caller_phone, turn.agent == nullptr ? "US" : turn.agent->region);
}

}  // namespace offhook::api
