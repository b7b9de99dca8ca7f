#include <charconv>

#include "api/handlers.hpp"
#include "api/tenancy.hpp"
#include "json/json.hpp"

namespace offhook::api {
namespace {

Response shown(const json::object& body, int status = 200) {
  return http::json_response(json::serialize(body), status);
}

/// Vapi's lists: a plain array, `limit` from 0 to 1000, 100 by default.
Task<Response> answer_objects(const Services& services, const Request& request, std::string kind) {
  store::Page page{.limit = 100};
  if (const auto limit = request.query_value("limit")) {
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(limit->data(), limit->data() + limit->size(), value);
    if (error != std::errc{} || end != limit->data() + limit->size() || value > 1000) {
      co_return fail(ErrorKind::invalid_argument, "limit must be a number from 0 to 1000");
    }
    if (value == 0) co_return http::json_response("[]");
    page.limit = value;
  }
  auto bodies = co_await services.exchange.list(owner_of(request), std::move(kind), page);
  if (!bodies) co_return fail(bodies);
  co_return http::json_response(json::serialize(*bodies));
}

Task<Response> answer_object(const Services& services, const Request& request, std::string kind) {
  auto body = co_await services.exchange.find(owner_of(request), std::move(kind), std::string(request.param("id")));
  if (!body) co_return fail(body);
  co_return shown(*body);
}

}  // namespace

Task<Response> create_exchange_assistant(const Services& services, Request& request) {
  auto fields = parse_json_object(request.body);
  if (!fields) co_return fail(fields);
  auto body = co_await services.exchange.create_assistant(owner_of(request), std::move(*fields));
  if (!body) co_return fail(body);
  co_return shown(*body, 201);
}

Task<Response> list_exchange_assistants(const Services& services, Request& request) {
  return answer_objects(services, request, "assistant");
}

Task<Response> show_exchange_assistant(const Services& services, Request& request) {
  return answer_object(services, request, "assistant");
}

Task<Response> update_exchange_assistant(const Services& services, Request& request) {
  auto fields = parse_json_object(request.body);
  if (!fields) co_return fail(fields);
  auto body = co_await services.exchange.update_assistant(owner_of(request), std::string(request.param("id")),
                                                          std::move(*fields));
  if (!body) co_return fail(body);
  co_return shown(*body);
}

Task<Response> delete_exchange_assistant(const Services& services, Request& request) {
  auto body = co_await services.exchange.remove_assistant(owner_of(request), std::string(request.param("id")));
  if (!body) co_return fail(body);
  co_return shown(*body);
}

Task<Response> create_exchange_call(const Services& services, Request& request) {
  auto fields = parse_json_object(request.body);
  if (!fields) co_return fail(fields);
  auto body = co_await services.exchange.create_call(owner_of(request), std::move(*fields));
  if (!body) co_return fail(body);
  if (const auto* id = body->if_contains("id")) request.trace.call_id = to_std_string(*id);
  co_return shown(*body, 201);
}

Task<Response> list_exchange_calls(const Services& services, Request& request) {
  return answer_objects(services, request, "call");
}

Task<Response> show_exchange_call(const Services& services, Request& request) {
  request.trace.call_id = request.param("id");
  return answer_object(services, request, "call");
}

}  // namespace offhook::api
