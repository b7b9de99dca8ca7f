#include "api/lists.hpp"

#include <charconv>

#include "base/civil_time.hpp"
#include "base/time_text.hpp"

namespace offhook::api {

Result<store::Page> read_page(const Request& request) {
  store::Page page;
  if (const auto limit = request.query_value("limit")) {
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(limit->data(), limit->data() + limit->size(), value);
    if (error != std::errc{} || end != limit->data() + limit->size() || value < 1 || value > store::Page::kMaxLimit) {
      return fail(invalid_value("limit", fmt::format("a whole number from 1 to {}", store::Page::kMaxLimit)));
    }
    page.limit = value;
  }
  page.cursor = request.query_value("cursor");
  return page;
}

std::string query(const Request& request, std::string_view name) { return request.query_value(name).value_or(""); }

Result<std::optional<UtcTime>> query_time(const Request& request, std::string_view name) {
  const auto text = request.query_value(name);
  if (!text) return std::nullopt;
  if (const auto date = parse_date(*text))
    return TimeZone::utc().to_utc({.date = *date, .time_of_day = std::chrono::minutes(0)});
  if (const auto moment = parse_rfc3339(*text)) return moment;
  return fail(invalid_value(name, "a time in RFC 3339, such as 2026-03-09T18:00:00Z, or a date"));
}

std::unexpected<Error> no_such(std::string_view what, std::string_view id) {
  return fail(ErrorKind::not_found, fmt::format("There is no {} '{}'.", what, id));
}

}  // namespace offhook::api
