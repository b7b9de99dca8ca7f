#include "api/handlers.hpp"
#include "json/json.hpp"

namespace offhook::api {

Task<Response> show_health(const Services&, Request&) {
  static const std::string body = R"({"status":"ok"})";
  co_return http::json_response(body);
}

Task<Response> show_readiness(const Services& services, Request&) {
  auto answered = co_await services.turns.store.read([](sql::Connection& db) -> Result<std::int64_t> {
    std::int64_t one = 0;
    auto asked = db.query("SELECT 1", {}, [&](const sql::Row& row) -> Result<void> {
      one = row.integer(0);
      return {};
    });
    if (!asked) return fail(asked);
    return one;
  });
  if (!answered) co_return fail(answered);
  json::object body{
      {"status", "ready"}, {"agents", services.agents.all().size()}, {"model", services.turns.model.name()}};
  body["voice"] = services.voice.name();
  co_return http::json_response(json::serialize(body));
}

Task<Response> show_metrics(const Services& services, Request&) {
  Response response = http::text_response(services.turns.metrics.text());
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  co_return response;
}

Task<Response> show_welcome(const Services& services, Request&) {
  std::string text = "Offhook answers here.\n\nAgents:\n";
  for (const auto& agent : services.agents.all())
    text.append("  ").append(agent.name).append(" - ").append(agent.title).append("\n");
  text.append("\nTry GET /healthz, GET /v1/models, POST /v1/chat/completions, GET /api/v1/voice/calls.\n");
  co_return http::text_response(std::move(text));
}

}  // namespace offhook::api
