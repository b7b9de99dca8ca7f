#include "api/chat_agent.hpp"
#include "api/chat_request.hpp"
#include "api/handlers.hpp"
#include "json/json.hpp"
#include "knowledge/answer.hpp"

namespace offhook::api {
namespace {

/// Collects a turn: what was said, the tools that ran, the passages that answered.
class QuerySink final : public agent::AgentEventSink {
 public:
  Result<void> take(agent::AgentEvent event) override {
    if (auto* said = std::get_if<agent::SpokenDelta>(&event)) text_.append(said->text);
    if (const auto* ran = std::get_if<agent::ToolFinished>(&event)) note(*ran);
    if (auto* end = std::get_if<agent::TurnFinished>(&event)) end_ = std::move(*end);
    return {};
  }
  Task<void> flush() override { co_return Result<void>{}; }

  [[nodiscard]] std::string body() {
    const llm::Usage& usage = end_.usage;
    json::object counted{{"prompt_tokens", usage.prompt_tokens},
                         {"completion_tokens", usage.completion_tokens},
                         {"total_tokens", usage.prompt_tokens + usage.completion_tokens}};
    return json::serialize(json::object{{"answer", text_},
                                        {"sources", std::move(sources_)},
                                        {"tools", std::move(tools_)},
                                        {"usage", std::move(counted)},
                                        {"model", end_.model}});
  }

 private:
  void note(const agent::ToolFinished& ran) {
    auto arguments = parse_json(ran.call.arguments.empty() ? "{}" : ran.call.arguments);
    json::object tool{{"name", ran.call.name}, {"ok", ran.result.ok}, {"result", ran.result.speakable}};
    tool["arguments"] = arguments ? std::move(*arguments) : json::value(nullptr);
    tools_.push_back(std::move(tool));
    if (ran.call.name != "search_documents" || !ran.result.ok) return;
    const auto* passages = ran.result.data.if_contains("passages");
    if (passages == nullptr || !passages->is_array()) return;
    for (const auto& passage : passages->get_array()) {
      if (find_number(passage, "score").value_or(0) >= knowledge::kEnoughCoverage) sources_.push_back(passage);
    }
  }

  std::string text_;
  json::array sources_, tools_;
  agent::TurnFinished end_;
};

/// The question as the chat request that it is.
Result<std::string> chat_body(const Services& services, std::string_view text) {
  auto body = parse_json_object(text);
  if (!body) return fail(body);
  auto query = require_string(*body, "query");
  if (!query) return fail(query);
  auto agent = optional_string(*body, "agent");
  if (!agent) return fail(agent);
  if (*agent && services.agents.find(**agent) == nullptr) return fail(invalid_value("agent", "the name of an agent"));
  auto phone = optional_string(*body, "phone");
  if (!phone) return fail(phone);
  json::array messages;
  if (const auto* earlier = body->if_contains("messages"); earlier != nullptr && !earlier->is_null()) {
    if (!earlier->is_array()) return fail(wrong_type("messages", "an array", *earlier));
    messages = earlier->get_array();
  }
  messages.push_back(json::object{{"role", "user"}, {"content", *query}});
  json::object chat{{"messages", std::move(messages)}, {"stream", false}};
  if (*agent) chat["model"] = **agent;
  if (*phone) chat["customer"] = json::object{{"number", **phone}};
  for (const char* passed_on : {"call", "metadata"}) {
    if (const auto* value = body->if_contains(passed_on)) chat[passed_on] = *value;
  }
  return json::serialize(chat);
}

}  // namespace

Task<Response> query_agent(const Services& services, Request& request) {
  auto body = chat_body(services, request.body);
  if (!body) co_return fail(body);
  request.body = std::move(*body);
  auto call = read_chat_request(services, request, false);
  if (!call) co_return fail(call);
  if (auto admitted = services.limits.admit_caller(request, caller_of(call->turn)); !admitted) co_return fail(admitted);
  auto chosen = co_await choose_agent(services, std::move(*call));
  if (!chosen) co_return fail(chosen);
  QuerySink sink;
  if (auto ran = co_await agent::run_turn(services.turns, std::move(chosen->turn), sink); !ran) co_return fail(ran);
  co_return http::json_response(sink.body());
}

}  // namespace offhook::api
