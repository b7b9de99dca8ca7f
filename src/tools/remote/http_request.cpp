#include "tools/remote/http_request.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "tools/results.hpp"

namespace offhook::tools::remote {
namespace {

constexpr std::size_t kMaxPathValueBytes = 512;

using Refusal = std::unexpected<ToolResult>;

bool has_control_character(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

/// Text for one place of the path; the segment it stands in is checked when it is whole.
std::expected<std::string, ToolResult> path_value(const std::string& place, const json::value& value) {
  auto text = scalar_text(value);
  if (!text)
    return Refusal(value.is_null() ? missing_argument(place) : invalid_argument(place, "must be a single value"));
  // An encoded slash is still a slash to many a server.
  if (text->empty() || text->size() > kMaxPathValueBytes || has_control_character(*text) ||
      text->find_first_of("/\\") != std::string::npos) {
    return Refusal(invalid_argument(place, "must be a short text without slashes"));
  }
  return percent_encode(*text);
}

std::expected<std::string, ToolResult> make_path(const HttpPlan& plan, const RemoteRequest& call) {
  std::string path;
  std::string last_place;
  bool is_query = false;
  for (const auto& part : plan.path.parts()) {
    if (!part.is_place) {
      path.append(part.text);
      is_query = is_query || part.text.find('?') != std::string::npos;
      continue;
    }
    const json::value value = request_value(part.text, call.arguments, call.context);
    if (is_query) {
      auto text = value.is_null() ? Result<std::string>("") : scalar_text(value);
      if (!text) return Refusal(invalid_argument(part.text, "must be a single value"));
      path.append(percent_encode(*text));
      continue;
    }
    auto text = path_value(part.text, value);
    if (!text) return Refusal(std::move(text.error()));
    path.append(*text);
    last_place = part.text;
  }
  // "." and ".." climb, whichever parts they were put together from.
  for (const auto segment : split(std::string_view(path).substr(0, path.find('?')), '/')) {
    if (segment == "." || segment == "..") return Refusal(invalid_argument(last_place, "must not be a dot segment"));
  }
  return path;
}

/// Fills a template with plain text. Absent values are empty.
std::expected<std::string, ToolResult> fill(const TextTemplate& text, const RemoteRequest& call) {
  std::string filled;
  for (const auto& part : text.parts()) {
    if (!part.is_place) {
      filled.append(part.text);
      continue;
    }
    const json::value value = request_value(part.text, call.arguments, call.context);
    if (value.is_null()) continue;
    auto scalar = scalar_text(value);
    if (!scalar) return Refusal(invalid_argument(part.text, "must be a single value"));
    filled.append(*scalar);
  }
  return filled;
}

/// The body with its templates filled. A text that is one place only becomes the argument with its type, and
/// a member of that kind is left out when the argument is.
std::expected<json::value, ToolResult> fill_body(const json::value& body, const RemoteRequest& call) {
  if (body.is_string()) {
    const auto text = TextTemplate::parse_request(to_std_string(body));
    if (!text) return body;  // checked when the file was read
    if (const auto* place = text->sole_place()) return request_value(*place, call.arguments, call.context);
    auto filled = fill(*text, call);
    if (!filled) return Refusal(std::move(filled.error()));
    return json::value(*filled);
  }
  if (const auto* list = body.if_array()) {
    json::array filled;
    for (const auto& item : *list) {
      auto value = fill_body(item, call);
      if (!value) return value;
      if (!value->is_null() || item.is_null()) filled.push_back(std::move(*value));
    }
    return json::value(std::move(filled));
  }
  if (const auto* object = body.if_object()) {
    json::object filled;
    for (const auto& member : *object) {
      auto value = fill_body(member.value(), call);
      if (!value) return value;
      if (!value->is_null() || member.value().is_null()) filled[member.key()] = std::move(*value);
    }
    return json::value(std::move(filled));
  }
  return body;
}

}  // namespace

std::expected<net::ClientRequest, ToolResult> make_http_request(const HttpPlan& plan, const RemoteRequest& call) {
  net::ClientRequest request{.method = plan.method};
  auto path = make_path(plan, call);
  if (!path) return Refusal(std::move(path.error()));
  request.url = plan.origin + *path;
  for (const auto& [name, text] : plan.query) {
    const auto* place = text.sole_place();
    if (place != nullptr && request_value(*place, call.arguments, call.context).is_null()) continue;
    auto value = fill(text, call);
    if (!value) return Refusal(std::move(value.error()));
    request.url.append(request.url.find('?') == std::string::npos ? "?" : "&");
    request.url.append(percent_encode(name)).append("=").append(percent_encode(*value));
  }
  bool has_type = false;
  for (const auto& header : plan.headers) {
    const auto text = TextTemplate::parse_request(header.text.reveal());
    if (!text) continue;  // checked when the file was read
    auto value = fill(*text, call);
    if (!value) return Refusal(std::move(value.error()));
    if (has_control_character(*value)) {
      const auto place = std::ranges::find_if(text->parts(), &TextTemplate::Part::is_place);
      return Refusal(invalid_argument(place == text->parts().end() ? header.name : place->text, "must be one line"));
    }
    has_type = has_type || iequals(header.name, "content-type");
    request.headers.emplace_back(header.name, std::move(*value));
  }
  if (!plan.body.is_null()) {
    auto body = fill_body(plan.body, call);
    if (!body) return Refusal(std::move(body.error()));
    request.body = json::serialize(*body);
    if (!has_type) request.headers.emplace_back("Content-Type", "application/json");
  }
  request.headers.emplace_back("Accept", "application/json");
  if (plan.effect == Effect::writes) {
    request.headers.emplace_back("Idempotency-Key", call.idempotency_key);
    request.needs_fresh_connection = !plan.is_idempotent;
  }
  return request;
}

}  // namespace offhook::tools::remote
