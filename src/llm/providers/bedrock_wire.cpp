#include "llm/providers/bedrock_wire.hpp"

#include "base/text.hpp"
#include "llm/providers/provider_error.hpp"
#include "llm/providers/turns.hpp"

namespace offhook::llm {
namespace {

json::object to_wire(const Block& block) {
  if (const auto* text = std::get_if<TextBlock>(&block)) return {{"text", text->text}};
  if (const auto* call = std::get_if<ToolCall>(&block)) {
    return {{"toolUse", json::object{{"toolUseId", call->id},
                                     {"name", call->name},
                                     {"input", as_object(call->arguments).value_or(json::object())}}}};
  }
  const auto& outcome = std::get<ToolOutcome>(block);
  json::object content;
  if (auto object = as_object(outcome.content)) {
    content["json"] = std::move(*object);
  } else {
    content["text"] = outcome.content.empty() ? "no result" : outcome.content;  // empty text is refused
  }
  return {{"toolResult", json::object{{"toolUseId", outcome.call_id}, {"content", json::array{std::move(content)}}}}};
}

json::object tool_config(const ChatRequest& request) {
  json::array tools;
  for (const auto& tool : request.tools) {
    json::object schema = tool.parameters;
    if (!schema.contains("type")) schema["type"] = "object";
    json::object spec{{"name", tool.name}, {"inputSchema", json::object{{"json", std::move(schema)}}}};
    if (!tool.description.empty()) spec["description"] = tool.description;
    tools.push_back(json::object{{"toolSpec", std::move(spec)}});
  }
  json::object choice{{"auto", json::object()}};
  if (request.tool_choice == ToolChoice::required) choice = {{"any", json::object()}};
  if (request.tool_choice == ToolChoice::required && !request.required_tool.empty()) {
    choice = {{"tool", json::object{{"name", request.required_tool}}}};
  }
  return {{"tools", std::move(tools)}, {"toolChoice", std::move(choice)}};
}

FinishReason reason_of(std::string_view text) {
  if (text == "max_tokens" || text == "model_context_window_exceeded") return FinishReason::length;
  if (text == "tool_use") return FinishReason::tool_calls;
  if (text == "guardrail_intervened" || text == "content_filtered") return FinishReason::content_filter;
  return FinishReason::stop;
}

bool is_broken(std::string_view reason) { return reason == "malformed_model_output" || reason == "malformed_tool_use"; }

/// By exception name, in either of the two spellings (throttlingException, ThrottlingException).
std::optional<ErrorKind> kind_of_exception(std::string_view name) {
  if (iequals(name, "ThrottlingException") || iequals(name, "ModelNotReadyException")) return ErrorKind::rate_limited;
  if (iequals(name, "ValidationException")) return ErrorKind::invalid_argument;
  if (iequals(name, "ModelTimeoutException")) return ErrorKind::timeout;
  if (iequals(name, "AccessDeniedException") || iequals(name, "UnrecognizedClientException") ||
      iequals(name, "InvalidSignatureException") || iequals(name, "ExpiredTokenException")) {
    return ErrorKind::unauthorized;
  }
  if (iequals(name, "ResourceNotFoundException")) return ErrorKind::not_found;
  return std::nullopt;
}

std::int64_t index_of(const json::value& event) {
  return static_cast<std::int64_t>(find_number(event, "contentBlockIndex").value_or(0));
}

}  // namespace

json::object to_bedrock_request(const ChatRequest& request) {
  // There is no choice of "none": then no tools are offered, and the conversation may hold no tool blocks.
  const bool offers_tools = !request.tools.empty() && request.tool_choice != ToolChoice::none;
  Turns conversation = to_turns(request.messages, offers_tools);
  json::array messages;
  for (const auto& turn : conversation.turns) {
    json::array content;
    for (const auto& block : turn.blocks) content.push_back(to_wire(block));
    messages.push_back(json::object{{"role", turn.is_model ? "assistant" : "user"}, {"content", std::move(content)}});
  }
  if (const std::string rule = shape_rule(request.response_format); !rule.empty()) {
    conversation.system.append(conversation.system.empty() ? "" : "\n\n").append(rule);
  }
  json::object body;
  if (!conversation.system.empty()) body["system"] = json::array{json::object{{"text", conversation.system}}};
  body["messages"] = std::move(messages);
  json::object inference{{"maxTokens", request.max_tokens}, {"temperature", std::min(request.temperature, 1.0)}};
  if (!request.stop.empty()) inference["stopSequences"] = json::array(request.stop.begin(), request.stop.end());
  body["inferenceConfig"] = std::move(inference);
  if (offers_tools) body["toolConfig"] = tool_config(request);
  return body;
}

Error to_bedrock_error(const net::ResponseHead& head, std::string_view body, UtcTime now) {
  Error error = error_of(head, body, now);
  std::string name(head.header("x-amzn-errortype"));
  if (name.empty()) {
    if (const auto document = parse_json(body)) name = find_string(*document, "__type").value_or("");
  }
  // "com.amazon.coral.service#ThrottlingException", "ThrottlingException:http://…"
  if (const auto hash = name.find('#'); hash != std::string::npos) name.erase(0, hash + 1);
  name.resize(std::min(name.size(), name.find(':')));
  if (const auto kind = kind_of_exception(name)) error.kind = *kind;
  if (!name.empty()) error.log.insert(0, std::string(truncate_utf8(one_line(name), 100)) + ": ");
  return error;
}

Result<void> BedrockStreamDecoder::feed_bytes(std::string_view bytes) {
  if (!status_) return status_;
  auto parsed = parser_.feed(bytes);
  while (status_ && !parser_.frames.empty()) {
    if (!is_finished()) status_ = take_frame(parser_.frames.front());
    parser_.frames.pop_front();
  }
  if (status_) status_ = std::move(parsed);
  return status_;
}

Result<void> BedrockStreamDecoder::finish() {
  if (!status_ || is_finished()) return status_;
  if (parser_.is_inside_frame() && !has_reason()) {
    return offhook::fail(ErrorKind::unavailable, {}, "the answer was cut off inside a frame");
  }
  return complete();
}

Result<void> BedrockStreamDecoder::take_frame(const EventFrame& frame) {
  const auto type = frame.text(":message-type");
  const auto said = [&] { return std::string(truncate_utf8(one_line(frame.payload), 500)); };
  if (type == "exception") {
    const auto name = frame.text(":exception-type");
    return offhook::fail(kind_of_exception(name).value_or(ErrorKind::unavailable), {},
                         "exception in mid-stream: " + std::string(name) + " " + said());
  }
  if (type == "error") {
    return offhook::fail(ErrorKind::unavailable, {},
                         "error in mid-stream: " + std::string(frame.text(":error-code")) + " " +
                             std::string(truncate_utf8(frame.text(":error-message"), 500)));
  }
  if (type != "event") return {};
  const auto event = parse_json(frame.payload);
  if (!event || !event->is_object()) {
    return offhook::fail(ErrorKind::bad_gateway, {}, "a frame's payload is not a JSON object");
  }
  const auto name = frame.text(":event-type");
  if (name == "contentBlockStart") {
    begin_block(*event);
  } else if (name == "contentBlockDelta") {
    grow_block(*event);
  } else if (name == "messageStop") {
    const auto reason = find_string(*event, "stopReason").value_or("");
    if (is_broken(reason)) return offhook::fail(ErrorKind::bad_gateway, {}, "stopReason " + std::string(reason));
    set_reason(reason_of(reason));
  } else if (name == "metadata") {
    take_usage(*event);
    if (has_reason()) return complete();
  }
  return {};  // messageStart, contentBlockStop, and what may come
}

void BedrockStreamDecoder::begin_block(const json::value& event) {
  const auto* use = find_at(event, {"start", "toolUse"});
  if (use == nullptr) return;
  ToolCall& call = tool_call(index_of(event));
  call.id = find_string(*use, "toolUseId").value_or("");
  call.name = find_string(*use, "name").value_or("");
}

void BedrockStreamDecoder::grow_block(const json::value& event) {
  if (const auto text = find_string_at(event, {"delta", "text"})) {
    add_text(*text);
  } else if (const auto input = find_string_at(event, {"delta", "toolUse", "input"})) {
    tool_call(index_of(event)).arguments.append(*input);
  } else {
    note_progress();  // reasoning
  }
}

void BedrockStreamDecoder::take_usage(const json::value& owner) {
  const auto* usage = find(owner, "usage");
  if (usage == nullptr || !usage->is_object()) return;
  if (const auto count = find_number(*usage, "inputTokens")) set_prompt_tokens(*count);
  if (const auto count = find_number(*usage, "outputTokens")) set_completion_tokens(*count);
}

Result<void> BedrockStreamDecoder::take_whole(const json::value& body) {
  const auto* content = find_at(body, {"output", "message", "content"});
  if (content != nullptr && content->is_array()) {
    std::int64_t index = 0;
    for (const auto& block : content->get_array()) {
      if (const auto text = find_string(block, "text")) add_text(*text);
      if (const auto* use = find_object(block, "toolUse")) {
        ToolCall& call = tool_call(index);
        call.id = find_string(*use, "toolUseId").value_or("");
        call.name = find_string(*use, "name").value_or("");
        if (const auto* input = find(*use, "input")) call.arguments = json::serialize(*input);
      }
      ++index;
    }
  }
  take_usage(body);
  const auto reason = find_string(body, "stopReason");
  if (!reason || is_broken(*reason))
    return offhook::fail(ErrorKind::bad_gateway, {}, "the answer has no good stopReason");
  set_reason(reason_of(*reason));
  return complete();
}

}  // namespace offhook::llm
