#include "http/message.hpp"

#include "base/text.hpp"

namespace offhook::http {

std::string_view to_string(Method method) {
  switch (method) {
    case Method::get: return "GET";
    case Method::head: return "HEAD";
    case Method::post: return "POST";
    case Method::put: return "PUT";
    case Method::patch: return "PATCH";
    case Method::del: return "DELETE";
    case Method::options: return "OPTIONS";
    case Method::other: break;
  }
  return "OTHER";
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
  for (const Field& field : fields_) {
    if (field.name_size == name.size() && iequals(text(field.name_at, field.name_size), name)) {
      return text(field.value_at, field.value_size);
    }
  }
  return std::nullopt;
}

std::string Headers::joined(std::string_view name) const {
  std::string all;
  for (const Field& field : fields_) {
    if (!iequals(text(field.name_at, field.name_size), name)) continue;
    if (!all.empty()) all.append(", ");
    all.append(text(field.value_at, field.value_size));
  }
  return all;
}

void Headers::add(std::string_view name, std::string_view value) {
  Field field{.name_at = static_cast<std::uint32_t>(block_.size()),
              .name_size = static_cast<std::uint32_t>(name.size()),
              .value_at = 0,
              .value_size = static_cast<std::uint32_t>(value.size())};
  block_.append(name);
  field.value_at = static_cast<std::uint32_t>(block_.size());
  block_.append(value);
  fields_.push_back(field);
}

void Headers::clear() {
  block_.clear();
  fields_.clear();
}

bool wants_trailers(const Request& request) {
  if (request.is_http_1_0) return false;
  const std::string accepted = request.headers.joined("TE");
  for (const auto coding : split(accepted, ',')) {
    if (iequals(trim(coding), "trailers")) return true;
  }
  return false;
}

std::string_view Request::param(std::string_view name) const {
  for (const auto& [key, value] : params) {
    if (key == name) return value;
  }
  return {};
}

std::optional<std::string> Request::query_value(std::string_view name) const {
  if (query.empty()) return std::nullopt;
  for (const std::string_view pair : split(query, '&')) {
    const auto equals = pair.find('=');
    if (percent_decode(pair.substr(0, equals), true) == name) {
      return percent_decode(equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1), true);
    }
  }
  return std::nullopt;
}

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  const auto hex = [](char c) -> int {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  };
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex(text[i + 1]);
      const int low = hex(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      decoded.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    } else {
      decoded.push_back(plus_is_space && text[i] == '+' ? ' ' : text[i]);
    }
  }
  return decoded;
}

Response json_response(std::string body, int status) {
  Response response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

Response text_response(std::string body, int status) {
  Response response;
  response.status = status;
  response.content_type = "text/plain; charset=utf-8";
  response.body = std::move(body);
  return response;
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    default: return "Status";
  }
}

}  // namespace offhook::http
