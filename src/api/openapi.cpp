#include "api/openapi.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "api/handlers.hpp"
#include "api/openapi_schemas.hpp"
#include "api/routes.hpp"
#include "base/text.hpp"

namespace offhook::api {
namespace {

using http::Access;
using http::ErrorStyle;
using http::Method;
using http::Route;

json::object reference(std::string_view kind, std::string_view name) {
  return {{"$ref", fmt::format("#/components/{}/{}", kind, name)}};
}

const Operation* operation_of(const Route& route) {
  const auto found = std::ranges::find_if(
      operations(), [&](const Operation& o) { return o.method == route.method && o.path == route.path; });
  return found == operations().end() ? nullptr : &*found;
}

/// "postApiV1LeadsIdActivities": the method and the words of the path.
std::string operation_id(const Route& route) {
  std::string id = to_lower(http::to_string(route.method));
  bool begins_word = true;
  for (const char c : route.path) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (is_letter) id += begins_word && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    begins_word = !is_letter;
  }
  return id == "get" ? "getRoot" : id;
}

std::string_view tag_of(std::string_view path) {
  if (path.starts_with("/api/v1/auth")) return "accounts";
  if (path.contains("webhook")) return "server messages";
  if (path.starts_with("/api/v1/voice")) return "assistants and calls";
  if (path.starts_with("/api/v1")) return "CRM";
  if (path.starts_with("/exchange")) return "exchange";
  if (path.starts_with("/vapi")) return "voice";
  if (path.starts_with("/api/") || path.starts_with("/v1/") || path.starts_with("/chat")) return "custom LLM";
  return "operations";
}

json::array security_of(Access access) {
  auto scheme = [](std::string_view name) { return json::object{{name, json::array{}}}; };
  switch (access) {
    case Access::open: return {};
    case Access::crm: return {scheme("token"), scheme("apiKey")};
    case Access::webhook:
    case Access::voice: return {scheme("webhookSecret"), scheme("apiKey")};
    case Access::api_key:
    case Access::exchange: break;
  }
  return {scheme("apiKey")};
}

std::string_view error_schema(ErrorStyle style) {
  switch (style) {
    case ErrorStyle::crm: return "Error";
    case ErrorStyle::vapi: return "VapiError";
    case ErrorStyle::openai: break;
  }
  return "OpenAiError";
}

json::object content(std::string_view type, json::object schema) {
  json::object media;
  media["schema"] = std::move(schema);
  return {{type, std::move(media)}};
}

json::object parameter(std::string_view name, bool is_in_path) {
  json::object schema{{"type", "string"}};
  if (name == "limit") schema = {{"type", "integer"}, {"minimum", 1}, {"maximum", 1000}};
  if (name == "from" || name == "to") schema["description"] = "RFC 3339, or a date.";
  if (name == "cursor") schema["description"] = "The next_cursor of the page before.";
  json::object shown{{"name", name}, {"in", is_in_path ? "path" : "query"}, {"required", is_in_path}};
  shown["schema"] = std::move(schema);
  return shown;
}

json::array parameters_of(const Route& route, const Operation* operation) {
  json::array parameters;
  for (const auto segment : split(route.path, '/')) {
    if (segment.starts_with('{')) parameters.push_back(parameter(segment.substr(1, segment.size() - 2), true));
  }
  if (operation == nullptr) return parameters;
  for (const auto name : split(operation->parameters, ' ')) {
    if (!name.empty()) parameters.push_back(parameter(name, false));
  }
  return parameters;
}

json::object success_of(const Route& route, const Operation* operation) {
  json::object answer{{"description", route.summary}};
  std::string_view name = operation == nullptr ? std::string_view() : operation->answer;
  if (route.path == "/metrics" || route.path == "/") {
    answer["content"] = content("text/plain", {{"type", "string"}});
  } else if (route.path == "/docs") {
    answer["content"] = content("text/html", {{"type", "string"}});
  } else if (route.path == "/vapi/tts") {
    answer["content"] = content("application/octet-stream", {{"type", "string"}, {"format", "binary"}});
  } else if (name.starts_with("[]")) {
    json::object items{{"type", "array"}};
    items["items"] = reference("schemas", name.substr(2));
    json::object properties;
    properties["data"] = std::move(items);
    properties["next_cursor"] = json::object{{"type", json::array{"string", "null"}}};
    json::object page{{"type", "object"}, {"required", json::array{"data", "next_cursor"}}};
    page["properties"] = std::move(properties);
    answer["content"] = content("application/json", std::move(page));
  } else if (route.path.starts_with("/exchange/") && route.method == Method::get && !route.path.contains('{')) {
    json::object list{{"type", "array"}};
    list["items"] = reference("schemas", "Object");
    answer["content"] = content("application/json", std::move(list));
  } else {
    json::object media = content("application/json", reference("schemas", name.empty() ? "Object" : name));
    if (name == "ChatCompletion") media["text/event-stream"] = json::object{{"schema", {{"type", "string"}}}};
    answer["content"] = std::move(media);
  }
  return answer;
}

json::object answers_of(const Route& route, const Operation* operation) {
  json::object answers;
  answers[std::to_string(operation == nullptr ? 200 : operation->status)] = success_of(route, operation);
  const std::string_view schema = error_schema(route.errors);
  auto fails = [&](int status) {
    json::object answer{{"description", http::reason_phrase(status)}};
    answer["content"] = content("application/json", reference("schemas", schema));
    answers[std::to_string(status)] = std::move(answer);
  };
  const bool has_body = operation != nullptr && !operation->body.empty();
  if (has_body || (operation != nullptr && !operation->parameters.empty())) fails(400);
  if (route.access != Access::open || route.path.ends_with("/login")) fails(401);
  if (route.access == Access::crm || route.access == Access::exchange || route.path.ends_with("/register")) fails(403);
  if (route.path.contains('{')) fails(404);
  if (route.path.ends_with("/register") || route.path.starts_with("/api/v1/tours") ||
      route.path.starts_with("/api/v1/appointments") || route.path.starts_with("/api/v1/callbacks") ||
      route.path == "/api/v1/voice/calls/{id}/end") {
    if (route.method != Method::get) fails(409);
  }
  if (route.rate != http::RateClass::none) fails(429);
  if (route.access != Access::open || route.path == "/readyz") fails(503);
  // What every path may answer.
  fails(431);
  return answers;
}

json::object operation_json(const Route& route) {
  const Operation* operation = operation_of(route);
  json::object shown{{"operationId", operation_id(route)}, {"summary", route.summary}};
  shown["tags"] = json::array{tag_of(route.path)};
  shown["security"] = security_of(route.access);
  if (auto parameters = parameters_of(route, operation); !parameters.empty())
    shown["parameters"] = std::move(parameters);
  if (operation != nullptr && !operation->body.empty()) {
    json::object body{{"required", !(route.method == Method::post && route.path == "/api/v1/voice/assistants")}};
    body["content"] = content("application/json", reference("schemas", operation->body));
    shown["requestBody"] = std::move(body);
  }
  shown["responses"] = answers_of(route, operation);
  return shown;
}

json::object components() {
  json::object schemas;
  for (const auto& [name, text] : named_schemas()) schemas[name] = json::parse(text);
  json::object schemes;
  schemes["apiKey"] = json::object{
      {"type", "http"}, {"scheme", "bearer"}, {"description", "A key of OFFHOOK_API_KEYS or of an account."}};
  schemes["token"] = json::object{{"type", "http"},
                                  {"scheme", "bearer"},
                                  {"bearerFormat", "JWT"},
                                  {"description", "The access_token of POST /api/v1/auth/login."}};
  schemes["webhookSecret"] = json::object{
      {"type", "apiKey"}, {"in", "header"}, {"name", "X-Vapi-Secret"}, {"description", "VAPI_WEBHOOK_SECRET."}};
  json::object all;
  all["schemas"] = std::move(schemas);
  all["securitySchemes"] = std::move(schemes);
  return all;
}

}  // namespace

json::object openapi_document(std::span<const Route> routes) {
  json::object paths;
  json::array tags;
  std::vector<std::string_view> tags_seen;
  for (const Route& route : routes) {
    auto& path = paths[route.path];
    if (!path.is_object()) path = json::object{};
    path.get_object()[to_lower(http::to_string(route.method))] = operation_json(route);
    const auto tag = tag_of(route.path);
    if (std::ranges::find(tags_seen, tag) != tags_seen.end()) continue;
    tags_seen.push_back(tag);
    tags.push_back(json::object{{"name", tag}, {"description", fmt::format("Routes: {}.", tag)}});
  }
  json::object info{{"title", "Offhook"}, {"version", "1"}};
  info["description"] =
      "Everything behind an AI phone call. Errors under /api/v1 have the shape of Error, under /exchange that of "
      "VapiError, elsewhere that of OpenAiError.";
  info["license"] = json::object{{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}};
  json::object document{{"openapi", "3.1.0"}};
  document["info"] = std::move(info);
  document["servers"] = json::array{json::object{{"url", "/"}}};
  document["tags"] = std::move(tags);
  document["paths"] = std::move(paths);
  document["components"] = components();
  return document;
}

namespace {

/// The table is the same for every server of the process: its document is made once.
const std::string& document_text(const Services& services) {
  static const std::string text = json::serialize(openapi_document(make_routes(services)));
  return text;
}

}  // namespace

Task<Response> show_openapi(const Services& services, Request&) {
  co_return http::json_response(document_text(services));
}

Task<Response> show_docs(const Services& services, Request&) {
  Response response = http::text_response(docs_page(make_routes(services)));
  response.content_type = "text/html; charset=utf-8";
  response.headers.emplace_back("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'");
  co_return response;
}

}  // namespace offhook::api
