#include "llm/providers/provider_error.hpp"

#include <charconv>
#include <cmath>
#include <ctime>

#include <fmt/format.h>

#include "base/text.hpp"

namespace offhook::llm {
namespace {

std::optional<double> read_number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// IMF-fixdate, the one form that servers send.
std::optional<UtcTime> read_http_date(const std::string& text) {
  std::tm parts{};
  const char* end = ::strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  if (end == nullptr || *end != '\0') return std::nullopt;
  return UtcTime(std::chrono::seconds(::timegm(&parts)));
}

std::string_view request_id_of(const net::ResponseHead& head) {
  for (const char* name : {"x-request-id", "request-id", "x-amzn-requestid"}) {
    if (const auto id = head.header(name); !id.empty()) return id;
  }
  return "none";
}

}  // namespace

ErrorKind kind_of_status(int status) {
  switch (status) {
    case 400:
    case 413:
    case 422: return ErrorKind::invalid_argument;
    case 401:
    case 402:
    case 403: return ErrorKind::unauthorized;
    case 404: return ErrorKind::not_found;
    case 408:
    case 504: return ErrorKind::timeout;
    case 409:
    case 424: return ErrorKind::unavailable;
    case 429: return ErrorKind::rate_limited;
    default: return status >= 500 ? ErrorKind::unavailable : ErrorKind::bad_gateway;
  }
}

std::optional<std::chrono::seconds> whole_seconds(double seconds) {
  constexpr double kDay = 24 * 3600;
  if (!(seconds >= 0) || seconds > kDay) return std::nullopt;
  return std::chrono::seconds(static_cast<std::int64_t>(std::ceil(seconds)));
}

std::optional<std::chrono::seconds> retry_after_of(const net::ResponseHead& head, UtcTime now) {
  if (const auto ms = read_number(trim(head.header("retry-after-ms")))) return whole_seconds(*ms / 1000);
  const std::string_view text = trim(head.header("retry-after"));
  if (text.empty()) return std::nullopt;
  if (const auto seconds = read_number(text)) return whole_seconds(*seconds);
  const auto date = read_http_date(std::string(text));
  if (!date) return std::nullopt;
  return whole_seconds(std::max(0.0, std::chrono::duration<double>(*date - now).count()));
}

Error error_of(const net::ResponseHead& head, std::string_view body, UtcTime now) {
  return {.kind = kind_of_status(head.status),
          .log = fmt::format("HTTP {} (request id {}): {}", head.status, truncate_utf8(request_id_of(head), 100),
                             truncate_utf8(one_line(body), 500)),
          .retry_after = retry_after_of(head, now)};
}

}  // namespace offhook::llm
