#include "http/error_response.hpp"

#include "json/json.hpp"

namespace offhook::http {
namespace {

std::string_view default_code(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::unauthorized: return "invalid_api_key";
    case ErrorKind::rate_limited: return "rate_limit_exceeded";
    default: return {};
  }
}

json::value text_or_null(std::string_view text) { return text.empty() ? json::value(nullptr) : json::value(text); }

}  // namespace

int status_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::invalid_argument: return 400;
    case ErrorKind::unauthorized: return 401;
    case ErrorKind::forbidden: return 403;
    case ErrorKind::not_found: return 404;
    case ErrorKind::method_not_allowed: return 405;
    case ErrorKind::conflict: return 409;
    case ErrorKind::too_large: return 413;
    case ErrorKind::unsupported_media: return 415;
    case ErrorKind::rate_limited: return 429;
    case ErrorKind::cancelled:
    case ErrorKind::timeout:
    case ErrorKind::unavailable:
    case ErrorKind::bad_gateway: return 503;
    case ErrorKind::internal: break;
  }
  return 500;
}

std::string_view type_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::invalid_argument:
    case ErrorKind::method_not_allowed:
    case ErrorKind::conflict:
    case ErrorKind::too_large:
    case ErrorKind::unsupported_media: return "invalid_request_error";
    case ErrorKind::unauthorized: return "authentication_error";
    case ErrorKind::forbidden: return "permission_error";
    case ErrorKind::not_found: return "not_found_error";
    case ErrorKind::rate_limited: return "rate_limit_error";
    case ErrorKind::cancelled:
    case ErrorKind::timeout:
    case ErrorKind::unavailable:
    case ErrorKind::bad_gateway: return "service_unavailable_error";
    case ErrorKind::internal: break;
  }
  return "server_error";
}

std::string error_json(const Error& error, ErrorStyle style, int status) {
  if (status == 0) status = status_of(error.kind);
  const std::string_view code = error.code.empty() ? default_code(error.kind) : std::string_view(error.code);
  json::object body;
  switch (style) {
    case ErrorStyle::openai:
      body["error"] = json::object{{"message", error.message()},
                                   {"type", type_of(error.kind)},
                                   {"param", text_or_null(error.param)},
                                   {"code", text_or_null(code)}};
      break;
    case ErrorStyle::crm: {
      json::object details;
      if (!error.param.empty()) details["param"] = error.param;
      if (!code.empty()) details["code"] = code;
      body["error"] =
          json::object{{"type", type_of(error.kind)}, {"message", error.message()}, {"details", std::move(details)}};
      break;
    }
    case ErrorStyle::vapi:
      // Validation complaints come as a list, the rest as one text, as NestJS writes them.
      if (status == 400) {
        body["message"] = json::array{error.message()};
      } else {
        body["message"] = error.message();
      }
      body["error"] = reason_phrase(status);
      body["statusCode"] = status;
      break;
  }
  return json::serialize(body);
}

Response error_response(const Error& error, ErrorStyle style, int status) {
  if (status == 0) status = status_of(error.kind);
  Response response = json_response(error_json(error, style, status), status);
  if (error.kind == ErrorKind::rate_limited || error.retry_after) {
    const auto seconds = error.retry_after.value_or(std::chrono::seconds(1)).count();
    response.headers.emplace_back("Retry-After", std::to_string(seconds));
  }
  // A budget is not back before its Retry-After: OpenAI's clients, which would try again at once, take this word.
  if (error.code == "insufficient_quota") response.headers.emplace_back("x-should-retry", "false");
  if (status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  return response;
}

}  // namespace offhook::http
