#include "llm/providers/gemini_wire.hpp"

#include <charconv>

#include "base/text.hpp"
#include "llm/providers/provider_error.hpp"
#include "llm/providers/turns.hpp"

namespace offhook::llm {
namespace {

json::object to_wire(const Block& block) {
  if (const auto* text = std::get_if<TextBlock>(&block)) return {{"text", text->text}};
  if (const auto* call = std::get_if<ToolCall>(&block)) {
    json::object part{{"functionCall", json::object{{"id", call->id},
                                                    {"name", call->name},
                                                    {"args", as_object(call->arguments).value_or(json::object())}}}};
    if (!call->signature.empty()) part["thoughtSignature"] = call->signature;
    return part;
  }
  const auto& outcome = std::get<ToolOutcome>(block);
  json::object response = as_object(outcome.content).value_or(json::object{{"result", outcome.content}});
  return {{"functionResponse",
           json::object{{"id", outcome.call_id}, {"name", outcome.tool}, {"response", std::move(response)}}}};
}

json::object generation_config(const ChatRequest& request, std::string_view model) {
  json::object config{
      {"temperature", request.temperature}, {"maxOutputTokens", request.max_tokens}, {"candidateCount", 1}};
  if (!request.stop.empty()) config["stopSequences"] = json::array(request.stop.begin(), request.stop.end());
  if (request.response_format.kind != ResponseFormat::Kind::text) config["responseMimeType"] = "application/json";
  if (request.response_format.kind == ResponseFormat::Kind::json_schema) {
    config["responseJsonSchema"] = request.response_format.schema;
  }
  // A caller is waiting. Other models refuse a budget of zero.
  if (model.starts_with("gemini-2.5-flash")) config["thinkingConfig"] = json::object{{"thinkingBudget", 0}};
  return config;
}

json::object calling_config(const ChatRequest& request) {
  switch (request.tool_choice) {
    case ToolChoice::automatic: return {{"mode", "AUTO"}};
    case ToolChoice::none: return {{"mode", "NONE"}};
    case ToolChoice::required: break;
  }
  json::object config{{"mode", "ANY"}};
  if (!request.required_tool.empty()) config["allowedFunctionNames"] = json::array{json::value(request.required_tool)};
  return config;
}

FinishReason reason_of(std::string_view text) {
  if (text == "MAX_TOKENS") return FinishReason::length;
  for (const char* filtered : {"SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "LANGUAGE"}) {
    if (text == filtered) return FinishReason::content_filter;
  }
  return FinishReason::stop;
}

bool is_broken_call(std::string_view reason) {
  return reason == "MALFORMED_FUNCTION_CALL" || reason == "UNEXPECTED_TOOL_CALL" || reason == "TOO_MANY_TOOL_CALLS";
}

/// "22s", "1.5s"
std::optional<std::chrono::seconds> read_delay(std::string_view text) {
  double seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc{} || std::string_view(end, text.data() + text.size()) != "s") return std::nullopt;
  return whole_seconds(seconds);
}

}  // namespace

json::object to_gemini_request(const ChatRequest& request, std::string_view model) {
  const Turns conversation = to_turns(request.messages, !request.tools.empty());
  json::array contents;
  for (const auto& turn : conversation.turns) {
    json::array parts;
    for (const auto& block : turn.blocks) parts.push_back(to_wire(block));
    contents.push_back(json::object{{"role", turn.is_model ? "model" : "user"}, {"parts", std::move(parts)}});
  }
  json::object body;
  if (!conversation.system.empty()) {
    json::array parts{json::object{{"text", conversation.system}}};
    body["systemInstruction"] = json::object{{"parts", std::move(parts)}};
  }
  body["contents"] = std::move(contents);
  body["generationConfig"] = generation_config(request, model);
  if (!request.tools.empty()) {
    json::array declarations;
    for (const auto& tool : request.tools) {
      json::object declaration{{"name", tool.name}, {"description", tool.description}};
      if (!tool.parameters->empty()) declaration["parametersJsonSchema"] = *tool.parameters;
      declarations.push_back(std::move(declaration));
    }
    body["tools"] = json::array{json::object{{"functionDeclarations", std::move(declarations)}}};
    body["toolConfig"] = json::object{{"functionCallingConfig", calling_config(request)}};
  }
  return body;
}

Error to_gemini_error(const net::ResponseHead& head, std::string_view body, UtcTime now) {
  Error error = error_of(head, body, now);
  auto document = parse_json(body);
  if (!document) return error;
  if (document->is_array() && !document->get_array().empty()) document = json::value(document->get_array().front());
  const auto* fault = find(*document, "error");
  if (fault == nullptr) return error;
  // A wrong key is 400 INVALID_ARGUMENT here, with this reason among the details.
  if (body.find("API_KEY_INVALID") != std::string_view::npos) error.kind = ErrorKind::unauthorized;
  const auto* details = find_array(*fault, "details");
  if (details == nullptr || error.retry_after) return error;
  for (const auto& detail : *details) {
    if (const auto delay = find_string(detail, "retryDelay")) error.retry_after = read_delay(*delay);
  }
  return error;
}

Result<void> GeminiStreamDecoder::feed(std::string_view data) {
  const JsonMemory memory(data.size());
  const auto chunk = parse_json(data, memory.storage());
  if (!chunk || !chunk->is_object()) return fail(ErrorKind::bad_gateway, {}, "a chunk is not a JSON object");
  return take_chunk(*chunk);
}

Result<void> GeminiStreamDecoder::take_chunk(const json::value& chunk) {
  if (const auto* error = find(chunk, "error"); error != nullptr && !error->is_null()) {
    return fail(kind_of_status(static_cast<int>(find_number(*error, "code").value_or(500))), {},
                "error in mid-stream: " + std::string(truncate_utf8(one_line(json::serialize(*error)), 500)));
  }
  set_model(find_string(chunk, "modelVersion").value_or(""));
  if (const auto* usage = find(chunk, "usageMetadata"); usage != nullptr && usage->is_object()) {
    if (const auto count = find_number(*usage, "promptTokenCount")) set_prompt_tokens(*count);
    if (const auto count = find_number(*usage, "candidatesTokenCount")) {
      set_completion_tokens(*count + find_number(*usage, "thoughtsTokenCount").value_or(0));
    }
  }
  if (find_string_at(chunk, {"promptFeedback", "blockReason"})) set_reason(FinishReason::content_filter);
  const auto* candidates = find_array(chunk, "candidates");
  if (candidates == nullptr || candidates->empty()) return {};
  const json::value& candidate = candidates->front();
  if (const auto* content = find(candidate, "content")) {
    if (const auto* parts = find_array(*content, "parts")) {
      for (const auto& part : *parts) take_part(part);
    }
  }
  if (const auto reason = find_string(candidate, "finishReason")) {
    if (is_broken_call(*reason)) return fail(ErrorKind::bad_gateway, {}, "finishReason " + std::string(*reason));
    set_reason(reason_of(*reason));
  }
  return {};
}

void GeminiStreamDecoder::take_part(const json::value& part) {
  if (const auto* call = find(part, "functionCall"); call != nullptr && call->is_object()) {
    const std::size_t number = ++next_call_;
    ToolCall& made = tool_call(static_cast<std::int64_t>(number));
    made.id = find_string(*call, "id").value_or("");
    made.name = find_string(*call, "name").value_or("");
    if (const auto* arguments = find(*call, "args"); arguments != nullptr && !arguments->is_null()) {
      made.arguments = json::serialize(*arguments);
    }
    made.signature = find_string(part, "thoughtSignature").value_or("");
    return;
  }
  if (find_bool(part, "thought").value_or(false)) return note_progress();
  if (const auto text = find_string(part, "text")) add_text(*text);
}

Result<void> GeminiStreamDecoder::take_whole(const json::value& body) {
  // Without alt=sse a stream is one array of chunks.
  if (const auto* chunks = body.if_array()) {
    for (const auto& chunk : *chunks) {
      if (auto taken = take_chunk(chunk); !taken) return taken;
    }
  } else if (auto taken = take_chunk(body); !taken) {
    return taken;
  }
  if (!has_reason()) return fail(ErrorKind::bad_gateway, {}, "the answer has no finishReason");
  return complete();
}

}  // namespace offhook::llm
