#include "tools/remote/json_rpc.hpp"

namespace offhook::tools::remote {
namespace {

constexpr std::size_t kMaxBatch = 100;

Result<RpcMessage> read_message(const json::value& value) {
  const auto wrong = [](const char* why) { return fail(ErrorKind::invalid_argument, {}, why); };
  if (find_string(value, "jsonrpc") != "2.0") return wrong("not a JSON-RPC 2.0 message");
  RpcMessage message;
  message.method = find_string(value, "method").value_or("");
  if (const auto* id = find(value, "id")) message.id = *id;
  if (!message.id.is_null() && !message.id.is_string() && !message.id.is_number())
    return wrong("an id of another type");
  if (const auto* params = find_object(value, "params")) message.params = *params;
  if (!message.method.empty()) return message;
  if (const auto* error = find_object(value, "error")) {
    const json::value held(*error);
    message.error = RpcError{.code = static_cast<std::int64_t>(find_number(held, "code").value_or(0)),
                             .message = std::string(find_string(held, "message").value_or(""))};
    return message;
  }
  const auto* result = find_object(value, "result");
  if (result == nullptr || message.id.is_null()) return wrong("neither a request nor a response");
  message.result = *result;
  return message;
}

}  // namespace

std::string rpc_request(std::int64_t id, std::string_view method, json::object params) {
  return json::serialize(
      json::object{{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", std::move(params)}});
}

std::string rpc_notification(std::string_view method, json::object params) {
  json::object message{{"jsonrpc", "2.0"}, {"method", method}};
  if (!params.empty()) message["params"] = std::move(params);
  return json::serialize(message);
}

std::string rpc_result(const json::value& id, json::object result) {
  return json::serialize(json::object{{"jsonrpc", "2.0"}, {"id", id}, {"result", std::move(result)}});
}

std::string rpc_error(const json::value& id, std::int64_t code, std::string_view message) {
  return json::serialize(
      json::object{{"jsonrpc", "2.0"}, {"id", id}, {"error", json::object{{"code", code}, {"message", message}}}});
}

Result<std::vector<RpcMessage>> parse_rpc(std::string_view text) {
  auto parsed = parse_json(text);
  if (!parsed) return fail(parsed);
  std::vector<RpcMessage> messages;
  const auto* batch = parsed->if_array();
  if (batch != nullptr && batch->size() > kMaxBatch) return fail(ErrorKind::invalid_argument, {}, "a batch too large");
  for (std::size_t i = 0; i < (batch != nullptr ? batch->size() : 1); ++i) {
    auto message = read_message(batch != nullptr ? (*batch)[i] : *parsed);
    if (!message) return fail(message);
    messages.push_back(std::move(*message));
  }
  return messages;
}

}  // namespace offhook::tools::remote
