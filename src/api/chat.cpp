#include <fmt/format.h>

#include "api/chat_agent.hpp"
#include "api/chat_request.hpp"
#include "api/handlers.hpp"
#include "async/loop.hpp"
#include "http/error_response.hpp"
#include "http/sse.hpp"
#include "json/json.hpp"

namespace offhook::api {
namespace {

std::string json_text(std::string_view text) { return json::serialize(json::string_view(text.data(), text.size())); }

std::string_view reason_text(llm::FinishReason reason) {
  switch (reason) {
    case llm::FinishReason::stop: return "stop";
    case llm::FinishReason::length: return "length";
    case llm::FinishReason::tool_calls: return "tool_calls";
    case llm::FinishReason::content_filter: return "content_filter";
  }
  return "stop";
}

json::object usage_json(const llm::Usage& usage) {
  json::object json{{"prompt_tokens", usage.prompt_tokens},
                    {"completion_tokens", usage.completion_tokens},
                    {"total_tokens", usage.prompt_tokens + usage.completion_tokens}};
  if (usage.estimated) json["estimated"] = true;  // ours; the provider did not count
  return json;
}

json::object tool_call_json(const llm::ToolCall& call) {
  return {{"id", call.id},
          {"type", "function"},
          {"function", json::object{{"name", call.name}, {"arguments", call.arguments}}}};
}

/// Where the time went, as browsers and traces read it (W3C Server Timing).
std::string timing_text(const agent::TurnFinished& end) {
  const auto milliseconds = [](Duration span) { return std::chrono::duration<double, std::milli>(span).count(); };
  return fmt::format(
      "queue;dur={:.1f}, first-words;dur={:.1f}, model;dur={:.1f}, tools;dur={:.1f}, overhead;dur={:.2f}, "
      "total;dur={:.1f}",
      milliseconds(end.queue), milliseconds(end.first_words), milliseconds(end.model_time), milliseconds(end.tools),
      milliseconds(end.overhead()), milliseconds(end.took));
}

/// What all chunks of an answer share.
struct AnswerId {
  std::string id;
  std::int64_t created = 0;
};

AnswerId new_answer(Loop& loop) {
  return {
      .id = make_id(loop.random(), "chatcmpl"),
      .created = std::chrono::duration_cast<std::chrono::seconds>(loop.clock().utc_now().time_since_epoch()).count()};
}

/// Turns the events of a turn into chat.completion.chunk events, one for each.
class ChunkSink final : public agent::AgentEventSink {
 public:
  ChunkSink(AnswerId answer, bool include_usage, http::BodyWriter& body)
      : answer_(std::move(answer)), include_usage_(include_usage), body_(body), events_(body) {}

  Result<void> take(agent::AgentEvent event) override {
    if (const auto* begun = std::get_if<agent::TurnStarted>(&event)) {
      const bool is_first = head_.empty();
      head_ = fmt::format(R"({{"id":"{}","object":"chat.completion.chunk","created":{},"model":{},"choices":)",
                          answer_.id, answer_.created, json_text(begun->model));
      if (is_first) add({R"({"role":"assistant","content":"","refusal":null})"});
    }
    if (const auto* said = std::get_if<agent::SpokenDelta>(&event)) {
      add({R"({"content":)", json_text(said->text), "}"});
    }
    if (const auto* called = std::get_if<agent::PlatformToolCall>(&event)) {
      json::object call = tool_call_json(called->call);
      call["index"] = calls_++;
      add({R"({"tool_calls":[)", json::serialize(call), "]}"});
    }
    if (const auto* end = std::get_if<agent::TurnFinished>(&event)) {
      body_.add_trailer("Server-Timing", timing_text(*end));
      add({"{}"}, reason_text(end->reason));
      if (include_usage_) events_.data({head_, R"([],"usage":)", json::serialize(usage_json(end->usage)), "}"});
      events_.data("[DONE]");
    }
    return {};  // our own tools run unseen
  }

  Task<void> flush() override { return events_.flush(); }

  [[nodiscard]] bool has_begun() const { return !head_.empty(); }
  /// An error after the first chunk, in the place where OpenAI's clients look for it.
  Task<void> break_off(const Error& error) {
    events_.data(http::error_json(error, http::ErrorStyle::openai));
    co_return co_await events_.flush();
  }

 private:
  struct Delta {
    std::string_view before, text = {}, after = {};
  };
  void add(const Delta& delta, std::string_view reason = {}) {
    const std::string_view quote = reason.empty() ? "" : "\"";
    events_.data({head_, R"([{"index":0,"delta":)", delta.before, delta.text, delta.after,
                  R"(,"logprobs":null,"finish_reason":)", quote, reason.empty() ? "null" : reason, quote, "}]",
                  include_usage_ ? R"(,"usage":null})" : "}"});
  }

  AnswerId answer_;
  bool include_usage_;
  http::BodyWriter& body_;
  http::SseWriter events_;
  std::string head_;
  int calls_ = 0;
};

/// Collects the events of a turn into one chat.completion.
class WholeSink final : public agent::AgentEventSink {
 public:
  Result<void> take(agent::AgentEvent event) override {
    if (auto* said = std::get_if<agent::SpokenDelta>(&event)) content_.append(said->text);
    if (auto* called = std::get_if<agent::PlatformToolCall>(&event)) calls_.push_back(tool_call_json(called->call));
    if (auto* end = std::get_if<agent::TurnFinished>(&event)) end_ = std::move(*end);
    return {};
  }
  Task<void> flush() override { co_return Result<void>{}; }

  [[nodiscard]] std::string body(const AnswerId& answer) const {
    json::object message{{"role", "assistant"}, {"refusal", nullptr}};
    message["content"] = content_.empty() && !calls_.empty() ? json::value(nullptr) : json::value(content_);
    if (!calls_.empty()) message["tool_calls"] = calls_;
    json::object choice{{"index", 0}, {"logprobs", nullptr}, {"finish_reason", reason_text(end_.reason)}};
    choice["message"] = std::move(message);
    json::object body{
        {"id", answer.id}, {"object", "chat.completion"}, {"created", answer.created}, {"model", end_.model}};
    body["choices"] = json::array{std::move(choice)};
    body["usage"] = usage_json(end_.usage);
    return json::serialize(body);
  }

  [[nodiscard]] std::string timing() const { return timing_text(end_); }

 private:
  std::string content_;
  json::array calls_;
  agent::TurnFinished end_;
};

json::object model_json(const agent::AgentDefinition& agent) {
  return {{"id", agent.name}, {"object", "model"}, {"created", 0}, {"owned_by", "offhook"}};
}

Task<void> stream_turn(const Services& services, agent::TurnRequest turn, AnswerId answer, bool include_usage,
                       http::BodyWriter& body) {
  ChunkSink sink(std::move(answer), include_usage, body);
  auto ran = co_await agent::run_turn(services.turns, std::move(turn), sink);
  if (!ran && sink.has_begun() && ran.error().kind != ErrorKind::cancelled) (void)co_await sink.break_off(ran.error());
  co_return ran;
}

Task<Response> complete_chat(const Services& services, Request& request, bool streams_by_default) {
  auto call = read_chat_request(services, request, streams_by_default);
  if (!call) co_return fail(call);
  std::string().swap(request.body);  // a long history, and the answer may take a while
  if (auto admitted = services.limits.admit_caller(request, caller_of(call->turn)); !admitted) co_return fail(admitted);
  auto chosen = co_await choose_agent(services, std::move(*call));
  if (!chosen) co_return fail(chosen);
  *call = std::move(*chosen);
  Loop& loop = co_await this_loop();
  AnswerId answer = new_answer(loop);
  if (call->stream) {
    Response stream = http::event_stream([&services, turn = std::move(call->turn), answer,
                                          include_usage = call->include_usage](http::BodyWriter& body) mutable {
      return stream_turn(services, std::move(turn), std::move(answer), include_usage, body);
    });
    // What is known at the end only: fields behind the body, for those who read them.
    if (http::wants_trailers(request)) stream.headers.emplace_back("Trailer", "Server-Timing");
    co_return stream;
  }
  WholeSink sink;
  if (auto ran = co_await agent::run_turn(services.turns, std::move(call->turn), sink); !ran) co_return fail(ran);
  Response response = http::json_response(sink.body(answer));
  response.headers.emplace_back("Server-Timing", sink.timing());
  co_return response;
}

}  // namespace

Task<Response> complete_chat_for_vapi(const Services& services, Request& request) {
  return complete_chat(services, request, true);
}

Task<Response> complete_chat_for_openai(const Services& services, Request& request) {
  return complete_chat(services, request, false);
}

Task<Response> show_model(const Services& services, Request& request) {
  const auto* agent = services.agents.find(request.param("id"));
  if (agent == nullptr) {
    co_return fail(Error{.kind = ErrorKind::not_found,
                         .client = "There is no model '" + std::string(request.param("id")) + "'; see GET /v1/models."}
                       .with_param("model")
                       .with_code("model_not_found"));
  }
  co_return http::json_response(json::serialize(model_json(*agent)));
}

Task<Response> list_models(const Services& services, Request&) {
  json::array models;
  for (const auto& agent : services.agents.all()) models.push_back(model_json(agent));
  json::object body{{"object", "list"}};
  body["data"] = std::move(models);
  co_return http::json_response(json::serialize(body));
}

}  // namespace offhook::api
