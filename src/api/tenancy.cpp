#include "api/tenancy.hpp"

#include <algorithm>
#include <array>

namespace offhook::api {
namespace {

/// What agents may change: what calls are about, and what is answered from.
constexpr std::array<std::string_view, 8> kAgentsWrite = {
    "/api/v1/leads",     "/api/v1/tours",      "/api/v1/appointments", "/api/v1/callbacks",
    "/api/v1/customers", "/api/v1/voice/call", "/api/v1/voice/calls",  "/api/documents",
};

bool is_below(std::string_view path, std::string_view folder) {
  return path == folder || (path.starts_with(folder) && path[folder.size()] == '/');
}

}  // namespace

http::Need need_of(http::Method method, std::string_view path) {
  using http::Method;
  using http::Need;
  if (path == "/metrics") return Need::operate;
  const bool only_reads = method == Method::get || method == Method::head || method == Method::options;
  const bool is_question = path == "/api/documents/search";
  const bool holds_objects = is_below(path, "/api/v1") || is_below(path, "/api/documents");
  if (only_reads || is_question || !holds_objects) return Need::read;
  const bool is_for_agents =
      std::ranges::any_of(kAgentsWrite, [&](std::string_view folder) { return is_below(path, folder); });
  return is_for_agents ? Need::write : Need::manage;
}

}  // namespace offhook::api
