#include <fmt/format.h>

#include "api/handlers.hpp"
#include "json/json.hpp"

namespace offhook::api {

namespace {

/// The store counts for itself; here its counters take Prometheus' form.
std::string store_metrics(const store::StoreStats& stats) {
  std::string text;
  const auto add = [&text](std::string_view name, std::string_view type, std::string_view help, std::uint64_t value) {
    text += fmt::format("# HELP offhook_store_{0} {1}\n# TYPE offhook_store_{0} {2}\noffhook_store_{0} {3}\n", name,
                        help, type, value);
  };
  add("write_batches_total", "counter", "Transactions that held writes", stats.write_batches);
  add("writes_total", "counter", "Writes answered", stats.writes);
  add("batch_retries_total", "counter", "Batches that were run again row by row", stats.batch_retries);
  add("refused_total", "counter", "Reads and writes refused because a queue was full", stats.refused);
  add("reads_total", "counter", "Reads answered", stats.reads);
  add("checkpoints_total", "counter", "Checkpoints of the write-ahead log", stats.checkpoints);
  add("queued_writes", "gauge", "Writes that wait now", stats.queued_writes);
  return text;
}

}  // namespace

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
  Response response = http::text_response(services.turns.metrics.text() + store_metrics(services.turns.store.stats()));
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
