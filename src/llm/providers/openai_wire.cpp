#include "llm/providers/openai_wire.hpp"

#include <charconv>

#include <fmt/format.h>

#include "base/text.hpp"

namespace offhook::llm {
namespace {

std::string_view role_name(Role role) {
  switch (role) {
    case Role::system: return "system";
    case Role::user: return "user";
    case Role::assistant: return "assistant";
    case Role::tool: return "tool";
  }
  return "user";
}

json::object to_wire(const Message& message) {
  json::object wire{{"role", role_name(message.role)}};
  wire["content"] =
      message.content.empty() && !message.tool_calls.empty() ? json::value(nullptr) : json::value(message.content);
  if (!message.tool_calls.empty()) {
    json::array calls;
    for (const auto& call : message.tool_calls) {
      calls.push_back(json::object{{"id", call.id},
                                   {"type", "function"},
                                   {"function", json::object{{"name", call.name}, {"arguments", call.arguments}}}});
    }
    wire["tool_calls"] = std::move(calls);
  }
  if (message.role == Role::tool) wire["tool_call_id"] = message.tool_call_id;
  return wire;
}

json::value to_wire(const ResponseFormat& format) {
  if (format.kind == ResponseFormat::Kind::json_object) return json::object{{"type", "json_object"}};
  return json::object{
      {"type", "json_schema"},
      {"json_schema", json::object{{"name", format.name}, {"schema", format.schema}, {"strict", format.strict}}}};
}

FinishReason reason_of(std::string_view text) {
  if (text == "length") return FinishReason::length;
  if (text == "tool_calls" || text == "function_call") return FinishReason::tool_calls;
  if (text == "content_filter") return FinishReason::content_filter;
  return FinishReason::stop;
}

}  // namespace

json::object to_openai_request(const ChatRequest& request, std::string_view model) {
  json::object body{{"model", request.model.empty() ? model : std::string_view(request.model)}, {"stream", true}};
  body["stream_options"] = json::object{{"include_usage", true}};
  body["temperature"] = request.temperature;
  body["max_tokens"] = request.max_tokens;
  json::array messages;
  for (const auto& message : request.messages) messages.push_back(to_wire(message));
  body["messages"] = std::move(messages);
  if (!request.stop.empty()) body["stop"] = json::array(request.stop.begin(), request.stop.end());
  if (!request.tools.empty()) {
    json::array tools;
    for (const auto& tool : request.tools) {
      tools.push_back(json::object{
          {"type", "function"},
          {"function",
           json::object{{"name", tool.name}, {"description", tool.description}, {"parameters", tool.parameters}}}});
    }
    body["tools"] = std::move(tools);
    if (request.tool_choice == ToolChoice::none) body["tool_choice"] = "none";
    if (request.tool_choice == ToolChoice::required && request.required_tool.empty()) body["tool_choice"] = "required";
    if (request.tool_choice == ToolChoice::required && !request.required_tool.empty()) {
      body["tool_choice"] =
          json::object{{"type", "function"}, {"function", json::object{{"name", request.required_tool}}}};
    }
    if (!request.parallel_tool_calls) body["parallel_tool_calls"] = false;
  }
  if (request.response_format.kind != ResponseFormat::Kind::text) {
    body["response_format"] = to_wire(request.response_format);
  }
  return body;
}

Error from_openai_error(int status, std::string_view body, std::string_view retry_after) {
  Error error{.log = fmt::format("HTTP {}: {}", status, truncate_utf8(one_line(body), 500))};
  switch (status) {
    case 400:
    case 413:
    case 422: error.kind = ErrorKind::invalid_argument; break;
    case 401:
    case 403: error.kind = ErrorKind::unauthorized; break;
    case 404: error.kind = ErrorKind::not_found; break;
    case 408: error.kind = ErrorKind::timeout; break;
    case 429: error.kind = ErrorKind::rate_limited; break;
    default: error.kind = status >= 500 ? ErrorKind::unavailable : ErrorKind::bad_gateway;
  }
  int seconds = 0;
  if (std::from_chars(retry_after.data(), retry_after.data() + retry_after.size(), seconds).ec == std::errc{} &&
      seconds >= 0) {
    error.retry_after = std::chrono::seconds(seconds);
  }
  return error;
}

Result<void> OpenAiStreamDecoder::feed(std::string_view data) {
  if (finished_) return {};
  if (trim(data) == "[DONE]") {
    if (!reason_) return fail(ErrorKind::unavailable, {}, "the answer ended without a finish reason");
    emit_finished();
    return {};
  }
  const auto chunk = parse_json(data);
  if (!chunk || !chunk->is_object()) return fail(ErrorKind::bad_gateway, {}, "a chunk is not a JSON object");
  if (const auto* error = find(*chunk, "error"); error != nullptr && !error->is_null()) {
    return fail(ErrorKind::bad_gateway, {}, "error in mid-stream: " + json::serialize(*error));
  }
  if (const auto model = find_string(*chunk, "model"); model && model_.empty()) model_ = *model;
  if (const auto* usage = find_object(*chunk, "usage")) {
    usage_.prompt_tokens = static_cast<int>(find_number(*usage, "prompt_tokens").value_or(0));
    usage_.completion_tokens = static_cast<int>(find_number(*usage, "completion_tokens").value_or(0));
    has_usage_ = true;
  }
  if (const auto* choices = find_array(*chunk, "choices"); choices != nullptr && !choices->empty())
    take_choice(choices->front());
  return {};
}

void OpenAiStreamDecoder::take_choice(const json::value& choice) {
  if (const auto* delta = find(choice, "delta")) {
    if (const auto text = find_string(*delta, "content"); text && !text->empty()) {
      text_bytes_ += static_cast<int>(text->size());
      events.push_back(TextDelta{std::string(*text)});
    }
    if (const auto* calls = find_array(*delta, "tool_calls")) {
      for (const auto& fragment : *calls) {
        const auto index = static_cast<std::int64_t>(find_number(fragment, "index").value_or(0));
        ToolCall& call = tool_calls_[index];
        if (const auto id = find_string(fragment, "id")) call.id = *id;
        if (const auto name = find_string_at(fragment, {"function", "name"})) call.name.append(*name);
        if (const auto arguments = find_string_at(fragment, {"function", "arguments"}))
          call.arguments.append(*arguments);
      }
    }
  }
  if (const auto reason = find_string(choice, "finish_reason")) reason_ = reason_of(*reason);
}

void OpenAiStreamDecoder::emit_finished() {
  for (auto& [index, call] : tool_calls_) {
    if (call.arguments.empty()) call.arguments = "{}";
    events.push_back(ToolCallReady{std::move(call)});
  }
  if (!tool_calls_.empty()) reason_ = FinishReason::tool_calls;  // some servers say "stop"
  if (!has_usage_) usage_ = {.prompt_tokens = 0, .completion_tokens = (text_bytes_ + 3) / 4, .estimated = true};
  events.push_back(Finished{.reason = *reason_, .usage = usage_, .model = model_});
  finished_ = true;
}

Result<void> OpenAiStreamDecoder::finish() {
  if (finished_) return {};
  // Some servers never send [DONE]; a finish reason is proof enough that nothing is missing.
  if (!reason_) return fail(ErrorKind::unavailable, {}, "the answer was cut off");
  emit_finished();
  return {};
}

}  // namespace offhook::llm
