#include "llm/providers/anthropic_wire.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "llm/providers/turns.hpp"

namespace offhook::llm {
namespace {

json::object to_wire(const Block& block) {
  if (const auto* text = std::get_if<TextBlock>(&block)) return {{"type", "text"}, {"text", text->text}};
  if (const auto* call = std::get_if<ToolCall>(&block)) {
    return {{"type", "tool_use"},
            {"id", call->id},
            {"name", call->name},
            {"input", as_object(call->arguments).value_or(json::object())}};
  }
  const auto& outcome = std::get<ToolOutcome>(block);
  return {{"type", "tool_result"}, {"tool_use_id", outcome.call_id}, {"content", outcome.content}};
}

json::object to_wire(const ToolSpec& tool) {
  json::object schema = tool.parameters;
  if (!schema.contains("type")) schema["type"] = "object";
  return {{"name", tool.name}, {"description", tool.description}, {"input_schema", std::move(schema)}};
}

json::object choice_of(const ChatRequest& request) {
  json::object choice;
  switch (request.tool_choice) {
    case ToolChoice::automatic: choice["type"] = "auto"; break;
    case ToolChoice::none: return {{"type", "none"}};
    case ToolChoice::required: choice["type"] = "any"; break;
  }
  if (request.tool_choice == ToolChoice::required && !request.required_tool.empty()) {
    choice = {{"type", "tool"}, {"name", request.required_tool}};
  }
  if (!request.parallel_tool_calls) choice["disable_parallel_tool_use"] = true;
  return choice;
}

FinishReason reason_of(std::string_view text) {
  if (text == "max_tokens" || text == "model_context_window_exceeded") return FinishReason::length;
  if (text == "tool_use") return FinishReason::tool_calls;
  if (text == "refusal") return FinishReason::content_filter;
  return FinishReason::stop;
}

ErrorKind kind_of_error(std::string_view type) {
  if (type == "rate_limit_error") return ErrorKind::rate_limited;
  if (type == "authentication_error" || type == "permission_error" || type == "billing_error") {
    return ErrorKind::unauthorized;
  }
  if (type == "invalid_request_error" || type == "request_too_large") return ErrorKind::invalid_argument;
  if (type == "timeout_error") return ErrorKind::timeout;
  if (type == "not_found_error") return ErrorKind::not_found;
  return ErrorKind::unavailable;
}

}  // namespace

json::object to_anthropic_request(const ChatRequest& request, std::string_view model) {
  Turns conversation = to_turns(request.messages, !request.tools.empty());
  json::array messages;
  for (const auto& turn : conversation.turns) {
    json::array content;
    for (const auto& block : turn.blocks) content.push_back(to_wire(block));
    messages.push_back(json::object{{"role", turn.is_model ? "assistant" : "user"}, {"content", std::move(content)}});
  }
  json::object body{{"model", model}, {"stream", true}, {"max_tokens", request.max_tokens}};
  body["temperature"] = std::min(request.temperature, 1.0);  // the scale ends there
  if (const std::string rule = shape_rule(request.response_format); !rule.empty()) {
    conversation.system.append(conversation.system.empty() ? "" : "\n\n").append(rule);
  }
  if (!conversation.system.empty()) body["system"] = conversation.system;
  body["messages"] = std::move(messages);
  json::array stop;
  for (const auto& text : request.stop) {
    if (!trim(text).empty()) stop.emplace_back(text);  // white space alone is refused
  }
  if (!stop.empty()) body["stop_sequences"] = std::move(stop);
  if (!request.tools.empty()) {
    json::array tools;
    for (const auto& tool : request.tools) tools.push_back(to_wire(tool));
    body["tools"] = std::move(tools);
    body["tool_choice"] = choice_of(request);
  }
  return body;
}

Result<void> AnthropicStreamDecoder::feed(std::string_view data) {
  const auto event = parse_json(data);
  if (!event || !event->is_object()) return fail(ErrorKind::bad_gateway, {}, "an event is not a JSON object");
  const auto type = find_string(*event, "type").value_or("");
  if (type == "message_start") {
    if (const auto* message = find(*event, "message")) {
      set_model(find_string(*message, "model").value_or(""));
      take_usage(*message);
    }
  } else if (type == "content_block_start") {
    begin_block(*event);
  } else if (type == "content_block_delta") {
    grow_block(*event);
  } else if (type == "message_delta") {
    if (const auto reason = find_at(*event, {"delta", "stop_reason"}); reason != nullptr && reason->is_string()) {
      set_reason(reason_of(to_std_string(*reason)));
    }
    take_usage(*event);
  } else if (type == "message_stop") {
    return complete();
  } else if (type == "error") {
    return fail(kind_of_error(find_string_at(*event, {"error", "type"}).value_or("")), {},
                "error in mid-stream: " + std::string(truncate_utf8(one_line(data), 500)));
  }
  return {};  // ping, content_block_stop, and what may come
}

void AnthropicStreamDecoder::begin_block(const json::value& event) {
  const auto* block = find(event, "content_block");
  if (block == nullptr) return;
  const auto type = find_string(*block, "type").value_or("");
  if (type == "tool_use") {
    ToolCall& call = tool_call(static_cast<std::int64_t>(find_number(event, "index").value_or(0)));
    call.id = find_string(*block, "id").value_or("");
    call.name = find_string(*block, "name").value_or("");
    // Streams open with an empty input and send it in deltas; a whole answer has it here.
    if (const auto* input = find_object(*block, "input"); input != nullptr && !input->empty()) {
      call.arguments = json::serialize(*input);
    }
  } else if (type == "text") {
    add_text(find_string(*block, "text").value_or(""));
  } else {
    note_progress();
  }
}

void AnthropicStreamDecoder::grow_block(const json::value& event) {
  const auto* delta = find(event, "delta");
  if (delta == nullptr) return;
  const auto type = find_string(*delta, "type").value_or("");
  if (type == "text_delta") {
    add_text(find_string(*delta, "text").value_or(""));
  } else if (type == "input_json_delta") {
    tool_call(static_cast<std::int64_t>(find_number(event, "index").value_or(0)))
        .arguments.append(find_string(*delta, "partial_json").value_or(""));
  } else {
    note_progress();  // thinking
  }
}

void AnthropicStreamDecoder::take_usage(const json::value& owner) {
  const auto* usage = find(owner, "usage");
  if (usage == nullptr || !usage->is_object()) return;
  if (const auto count = find_number(*usage, "input_tokens")) {
    set_prompt_tokens(*count + find_number(*usage, "cache_read_input_tokens").value_or(0) +
                      find_number(*usage, "cache_creation_input_tokens").value_or(0));
  }
  if (const auto count = find_number(*usage, "output_tokens")) set_completion_tokens(*count);
}

Result<void> AnthropicStreamDecoder::take_whole(const json::value& body) {
  set_model(find_string(body, "model").value_or(""));
  if (const auto* content = find_array(body, "content")) {
    std::int64_t index = 0;
    for (const auto& block : *content) begin_block(json::object{{"index", index++}, {"content_block", block}});
  }
  take_usage(body);
  const auto reason = find_string(body, "stop_reason");
  if (!reason) return fail(ErrorKind::bad_gateway, {}, "the answer has no stop_reason");
  set_reason(reason_of(*reason));
  return complete();
}

}  // namespace offhook::llm
