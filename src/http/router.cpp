#include "http/router.hpp"

#include <algorithm>
#include <stdexcept>

#include "base/text.hpp"

namespace offhook::http {
namespace {

bool is_parameter(std::string_view segment) { return segment.starts_with('{') && segment.ends_with('}'); }

std::vector<std::string> segments_of(std::string_view path) {
  std::vector<std::string> segments;
  for (const auto part : split(path, '/')) {
    if (!part.empty()) segments.emplace_back(part);
  }
  return segments;
}

}  // namespace

std::string_view to_string(RateClass rate) {
  switch (rate) {
    case RateClass::none: return "none";
    case RateClass::chat: return "chat";
    case RateClass::crm: return "crm";
    case RateClass::webhook: return "webhook";
    case RateClass::voice: return "voice";
  }
  return "none";
}

Router::Router(std::vector<Route> routes) : routes_(std::move(routes)) {
  for (const Route& route : routes_) {
    std::vector<const Route*>* rows = nullptr;
    if (route.path.find('{') == std::string::npos) {
      rows = &fixed_[route.path];
    } else {
      const auto segments = segments_of(route.path);
      auto known =
          std::find_if(patterns_.begin(), patterns_.end(), [&](const Pattern& p) { return p.segments == segments; });
      if (known == patterns_.end()) known = patterns_.insert(patterns_.end(), Pattern{.segments = segments});
      rows = &known->rows;
    }
    for (const Route* other : *rows) {
      if (other->method == route.method) throw std::invalid_argument("two routes for " + route.path);
    }
    rows->push_back(&route);
  }
}

Router::Match Router::choose(const std::vector<const Route*>& rows, Method method) {
  const Method wanted = method == Method::head ? Method::get : method;
  Match match;
  for (const Route* row : rows) {
    if (row->method == wanted) return {.route = row};
    if (!match.allow.empty()) match.allow.append(", ");
    match.allow.append(to_string(row->method));
    if (row->method == Method::get) match.allow.append(", HEAD");
  }
  return match;
}

Router::Match Router::find(Request& request) const {
  request.params.clear();
  if (const auto fixed = fixed_.find(std::string_view(request.path)); fixed != fixed_.end()) {
    return choose(fixed->second, request.method);
  }
  const auto segments = segments_of(request.path);
  for (const Pattern& pattern : patterns_) {
    if (pattern.segments.size() != segments.size()) continue;
    const bool fits = std::equal(
        segments.begin(), segments.end(), pattern.segments.begin(),
        [](const std::string& got, const std::string& wanted) { return is_parameter(wanted) || got == wanted; });
    if (!fits) continue;
    for (std::size_t i = 0; i < segments.size(); ++i) {
      const std::string& name = pattern.segments[i];
      if (is_parameter(name)) request.params.emplace_back(name.substr(1, name.size() - 2), segments[i]);
    }
    return choose(pattern.rows, request.method);
  }
  return {};
}

ErrorStyle Router::style_for(std::string_view path) {
  const bool is_crm = path == "/api/v1" || path.starts_with("/api/v1/");
  const bool is_webhook = path.ends_with("/webhook");
  if (is_crm && !is_webhook) return ErrorStyle::crm;
  if (path == "/exchange" || path.starts_with("/exchange/")) return ErrorStyle::vapi;
  return ErrorStyle::openai;
}

}  // namespace offhook::http
