#include "llm/providers/openai_wire.hpp"

#include "base/text.hpp"
#include "llm/providers/provider_error.hpp"

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

json::object to_openai_request(const ChatRequest& request, std::string_view model, std::string_view length_field) {
  json::object body{{"model", request.model.empty() ? model : std::string_view(request.model)}, {"stream", true}};
  body["stream_options"] = json::object{{"include_usage", true}};
  body["temperature"] = request.temperature;
  body[length_field] = request.max_tokens;
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

Error to_openai_error(const net::ResponseHead& head, std::string_view body, UtcTime now) {
  Error error = error_of(head, body, now);
  if (head.status == 400 && body.find("invalid_api_key") != std::string_view::npos) {
    error.kind = ErrorKind::unauthorized;
  }
  return error;
}

Result<void> OpenAiStreamDecoder::feed(std::string_view data) {
  if (is_finished()) return {};
  if (trim(data) == "[DONE]") {
    if (!has_reason()) return offhook::fail(ErrorKind::unavailable, {}, "the answer ended without a finish reason");
    return complete();
  }
  const auto chunk = parse_json(data);
  if (!chunk || !chunk->is_object()) return offhook::fail(ErrorKind::bad_gateway, {}, "a chunk is not a JSON object");
  if (const auto* error = offhook::find(*chunk, "error"); error != nullptr && !error->is_null()) {
    return offhook::fail(ErrorKind::bad_gateway, {},
                         "error in mid-stream: " + std::string(truncate_utf8(one_line(json::serialize(*error)), 500)));
  }
  set_model(find_string(*chunk, "model").value_or(""));
  take_usage(*chunk);
  if (const auto* choices = find_array(*chunk, "choices"); choices != nullptr && !choices->empty()) {
    take_choice(choices->front());
  }
  return {};
}

void OpenAiStreamDecoder::take_usage(const json::value& owner) {
  const auto* usage = find(owner, "usage");
  if (usage == nullptr || !usage->is_object()) return;
  set_prompt_tokens(find_number(*usage, "prompt_tokens").value_or(0));
  set_completion_tokens(find_number(*usage, "completion_tokens").value_or(0));
}

void OpenAiStreamDecoder::take_choice(const json::value& choice) {
  const auto* delta = find(choice, "delta");
  if (delta == nullptr) delta = find(choice, "message");  // a whole answer
  if (delta != nullptr) {
    add_text(find_string(*delta, "content").value_or(""));
    if (const auto* calls = find_array(*delta, "tool_calls")) {
      for (const auto& fragment : *calls) take_fragment(fragment);
    }
    // Servers of reasoning models send their thoughts beside the content.
    if (find_string(*delta, "reasoning_content") || find_string(*delta, "reasoning")) note_progress();
  }
  if (const auto reason = find_string(choice, "finish_reason")) set_reason(reason_of(*reason));
}

void OpenAiStreamDecoder::take_fragment(const json::value& fragment) {
  const auto id = find_string(fragment, "id").value_or("");
  const auto sent = find_number(fragment, "index");
  const std::int64_t last = tool_calls().empty() ? 0 : tool_calls().rbegin()->first;
  // Without an index a new id begins a call and anything else goes on with the last one.
  const auto index = static_cast<std::int64_t>(sent.value_or(static_cast<double>(last)));
  std::int64_t place = moved_.contains(index) ? moved_.at(index) : index;
  const auto begun = tool_calls().find(place);
  if (!id.empty() && begun != tool_calls().end() && !begun->second.id.empty() && begun->second.id != id) {
    place = last + 1;
    moved_[index] = place;
  }
  ToolCall& call = tool_call(place);
  if (!id.empty()) call.id = id;
  call.name.append(find_string_at(fragment, {"function", "name"}).value_or(""));
  call.arguments.append(find_string_at(fragment, {"function", "arguments"}).value_or(""));
}

Result<void> OpenAiStreamDecoder::take_whole(const json::value& body) {
  if (const auto* error = offhook::find(body, "error"); error != nullptr && !error->is_null()) {
    return offhook::fail(
        ErrorKind::bad_gateway, {},
        "an error with status 200: " + std::string(truncate_utf8(one_line(json::serialize(*error)), 500)));
  }
  set_model(find_string(body, "model").value_or(""));
  take_usage(body);
  const auto* choices = find_array(body, "choices");
  if (choices == nullptr || choices->empty())
    return offhook::fail(ErrorKind::bad_gateway, {}, "the answer has no choices");
  take_choice(choices->front());
  if (!has_reason()) return offhook::fail(ErrorKind::bad_gateway, {}, "the answer has no finish_reason");
  return complete();
}

}  // namespace offhook::llm
