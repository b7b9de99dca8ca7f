#include "exchange/custom_llm.hpp"

#include <fmt/format.h>

#include "async/loop.hpp"
#include "llm/providers/openai_wire.hpp"
#include "net/sse_parser.hpp"

namespace offhook::exchange {
namespace {

/// The assistant's tools as a model is offered them; the platform's own become functions of their name.
json::array offered_tools(const json::value& model) {
  json::array offered;
  const auto* tools = find_array(model, "tools");
  if (tools == nullptr) return offered;
  for (const auto& tool : *tools) {
    if (const auto* function = find_object(tool, "function")) {
      offered.push_back(json::object{{"type", "function"}, {"function", *function}});
    } else if (const auto type = find_string(tool, "type")) {
      const json::object nothing{{"type", "object"}, {"properties", json::object{}}};
      offered.push_back(json::object{
          {"type", "function"},
          {"function",
           json::object{{"name", *type},
                        {"description", *type == "endCall" ? "End the call" : "A tool of the telephone platform"},
                        {"parameters", nothing}}}});
    }
  }
  return offered;
}

json::object request_body(const json::object& assistant, const vapi::CallFacts& facts, json::array messages,
                          UtcTime now) {
  const json::value model = assistant.contains("model") ? assistant.at("model") : json::value(json::object{});
  json::array all;
  if (const auto* own = find_array(model, "messages")) all = *own;
  for (auto& message : messages) all.push_back(std::move(message));
  json::object body{{"model", find_string(model, "model").value_or("")}, {"stream", true}};
  body["messages"] = std::move(all);
  body["temperature"] = find_number(model, "temperature").value_or(0.5);
  body["max_tokens"] = static_cast<std::int64_t>(find_number(model, "maxTokens").value_or(250));
  if (auto tools = offered_tools(model); !tools.empty()) body["tools"] = std::move(tools);
  body["call"] = vapi::call_object(facts);
  if (!facts.phone_number.empty()) body["phoneNumber"] = json::object{{"number", facts.phone_number}};
  if (!facts.customer_number.empty()) body["customer"] = json::object{{"number", facts.customer_number}};
  body["metadata"] = assistant.contains("metadata") ? assistant.at("metadata") : json::value(json::object{});
  body["timestamp"] = vapi::to_epoch_ms(now);
  return body;
}

/// The ended reason for a custom LLM that failed.
std::string reason_for(int status) {
  const char* family = "call.in-progress.error-providerfault-custom-llm-";
  switch (status) {
    case 400: return std::string(family) + "400-bad-request-validation-failed";
    case 401: return std::string(family) + "401-unauthorized";
    case 403: return std::string(family) + "403-model-access-denied";
    case 429: return std::string(family) + "429-exceeded-quota";
    case 500: return std::string(family) + "500-server-error";
    case 503: return std::string(family) + "503-server-overloaded-error";
    default: return std::string(family) + "llm-failed";
  }
}

/// Flush marks steer the platform's voice and are never spoken. Source: Vapi, "Flush syntax".
std::string without_flush_marks(std::string text) {
  for (std::size_t at = 0; (at = text.find('<', at)) != std::string::npos;) {
    const auto end = text.find('>', at);
    if (end == std::string::npos) break;
    std::string inside;
    for (const char c : text.substr(at + 1, end - at - 1)) {
      if (c != ' ' && c != '/') inside.push_back(static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c));
    }
    if (inside == "flush") {
      text.erase(at, end - at + 1);
    } else {
      at = end;
    }
  }
  return text;
}

Error llm_failed(Error error, int status) { return std::move(error).with_code(reason_for(status)); }

}  // namespace

std::string completions_url(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  if (!url.ends_with("/chat/completions")) url.append("/chat/completions");
  return url + "/";
}

Task<LlmReply> ask_custom_llm(net::HttpClient& client, const json::object& assistant, const vapi::CallFacts& facts,
                              json::array messages, const Secret& api_key, Deadline deadline) {
  Loop& loop = co_await this_loop();
  const Instant began = loop.clock().now();
  const json::value model = assistant.contains("model") ? assistant.at("model") : json::value(json::object{});
  net::ClientRequest request{.method = "POST",
                             .url = completions_url(std::string(find_string(model, "url").value_or("")))};
  request.headers = {{"Content-Type", "application/json"}};
  if (!api_key.empty()) request.headers.emplace_back("Authorization", "Bearer " + std::string(api_key.reveal()));
  request.body = json::serialize(request_body(assistant, facts, std::move(messages), loop.clock().utc_now()));
  request.deadline = deadline;
  auto response = co_await client.open(std::move(request));
  if (!response) co_return fail(llm_failed(std::move(response.error()), 0));
  const int status = (*response)->head().status;
  if (status != 200) {
    co_return fail(
        llm_failed({.kind = ErrorKind::bad_gateway, .log = fmt::format("the custom LLM answered {}", status)}, status));
  }

  LlmReply reply;
  llm::OpenAiStreamDecoder decoder;
  Result<void> decoded;
  net::SseParser parser([&](const net::ServerSentEvent& event) {
    if (decoded) decoded = decoder.feed(event.data);
  });
  for (;;) {
    auto bytes = co_await (*response)->read();
    if (!bytes) co_return fail(llm_failed(std::move(bytes.error()), 0));
    if (bytes->empty()) break;
    parser.feed(*bytes);
    if (!reply.first_token && !decoder.events.empty()) reply.first_token = loop.clock().now() - began;
  }
  parser.finish();
  if (decoded) decoded = decoder.finish();
  if (!decoded) co_return fail(llm_failed(std::move(decoded.error()), 0));
  for (auto& event : decoder.events) {
    if (auto* delta = std::get_if<llm::TextDelta>(&event)) reply.text.append(delta->text);
    if (auto* call = std::get_if<llm::ToolCallReady>(&event)) reply.tool_calls.push_back(std::move(call->call));
    if (auto* end = std::get_if<llm::Finished>(&event)) reply.reason = end->reason;
  }
  reply.text = without_flush_marks(std::move(reply.text));
  co_return reply;
}

}  // namespace offhook::exchange
