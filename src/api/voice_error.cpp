#include "api/voice_error.hpp"

#include <fmt/format.h>

namespace offhook::api {

Result<http::Response> answer_failure(const Services& services, const http::Request& request, Error error) {
  if (error.param != call::kPlatformFailed) return fail(std::move(error));
  const std::string_view platform = services.assistants.platform().name();
  services.turns.log.warning("telephone platform failed", request.trace,
                             {{"platform", platform}, {"detail", error.log_text()}});
  const auto status = call::platform_status(error);
  const bool has_words = !error.client.empty();
  std::string message =
      has_words                              ? fmt::format("The telephone platform refused: {}", error.client)
      : status                               ? fmt::format("The telephone platform answered with status {}.", *status)
      : error.kind == ErrorKind::timeout     ? std::string("The telephone platform did not answer in time.")
      : error.kind == ErrorKind::bad_gateway ? std::string("The telephone platform gave an answer that makes no sense.")
                                             : std::string("The telephone platform cannot be reached.");
  json::object details{{"platform", platform}};
  details["status"] = status ? json::value(*status) : json::value(nullptr);
  details["message"] = has_words ? json::value(error.client) : json::value(nullptr);
  json::object body;
  body["error"] =
      json::object{{"type", "VoiceError"}, {"message", std::move(message)}, {"details", std::move(details)}};
  http::Response response = http::json_response(json::serialize(body), 503);
  if (error.retry_after) response.headers.emplace_back("Retry-After", std::to_string(error.retry_after->count()));
  return response;
}

std::string default_agent(const Services& services) {
  return services.settings.agent.empty() ? std::string("leasing") : services.settings.agent;
}

}  // namespace offhook::api
