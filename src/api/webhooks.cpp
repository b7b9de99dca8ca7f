#include "api/handlers.hpp"
#include "async/loop.hpp"
#include "base/phone.hpp"
#include "call/call_log.hpp"
#include "store/leads.hpp"
#include "tools/invoker.hpp"
#include "tools/results.hpp"
#include "vendors/vapi/message_kind.hpp"
#include "vendors/vapi/responses.hpp"

namespace offhook::api {
namespace {

using vapi::MessageKind;
using vapi::ServerMessage;

/// Who sent it: by signature, or by the open-mode rule when no secret is set.
Result<std::string> verify_sender(const Services& services, const Request& request) {
  const vapi::SignedRequest signed_request{.header = [&](std::string_view name) { return request.headers.get(name); },
                                           .body = request.body,
                                           .url = request.target};
  const UtcTime now = services.clock.utc_now();
  if (!services.signatures.is_open()) {
    auto verified = services.signatures.verify(signed_request, now);
    if (!verified) return fail(verified);
    return std::string(verified->method);
  }
  // The exchange of this process signs with a secret of its own.
  if (auto ours = services.exchange_signatures.verify(signed_request, now)) return std::string(ours->method);
  if (services.doors.presents_api_key(request)) return std::string("api-key");
  auto local = services.doors.admit_local(request, "VAPI_WEBHOOK_SECRET");
  if (!local) return fail(local);
  return std::string("open");
}

tools::ToolContext context_for(const agent::AgentDefinition& agent, const ServerMessage& message, UtcTime now) {
  tools::ToolContext context{.call_id = message.platform_call_id, .agent = agent.name};
  if (!message.customer_number.empty()) context.caller_phone = normalize_phone(message.customer_number, agent.region);
  context.property_id = agent.property_id;
  if (const auto* property = message.metadata.if_contains("property_id")) {
    if (property->is_string()) context.property_id = to_std_string(*property);
  }
  context.region = agent.region;
  context.second_factor = agent.second_factor;
  context.time_zone = agent.time_zone;
  context.now = now;
  return context;
}

/// An answer, and whether it is the last word: an apology for a failure of ours is not, since the same
/// message sent again may find the tool done.
struct Answer {
  std::string text;
  bool is_final = true;
};

struct ToolRun {
  vapi::ToolAnswer answer;
  bool is_final = true;
};

/// Runs one tool for the platform. The answer is a sentence either way.
Task<ToolRun> run_tool(const Services& services, tools::ToolContext context, vapi::ToolCallRequest call, Trace trace,
                       Deadline deadline) {
  vapi::ToolAnswer answer{.tool_call_id = call.id, .name = call.name};
  context.tool_call_id = call.id;
  const bool is_known = services.turns.tools.find(call.name) != nullptr;
  auto result = co_await tools::invoke(services.turns.store, services.turns.tools, std::move(context),
                                       {.name = call.name, .arguments = std::move(call.arguments)}, deadline);
  if (!result) co_return fail(result);
  services.turns.metrics.count_tool_call(is_known ? call.name : "unknown", result->ok ? "ok" : "refused");
  if (!result->log.empty())
    services.turns.log.error("tool failed", trace, {{"tool", call.name}, {"detail", result->log}});
  answer.ok = result->ok;
  answer.text = is_known ? result->speakable : "Unknown function: " + call.name;
  co_return ToolRun{.answer = std::move(answer), .is_final = result->log.empty()};
}

Task<Answer> answer_tool_calls(const Services& services, const ServerMessage& message,
                               const agent::AgentDefinition& agent, const Request& request) {
  std::vector<vapi::ToolAnswer> answers;
  bool is_final = true;
  const tools::ToolContext context = context_for(agent, message, services.clock.utc_now());
  for (const auto& call : message.tool_calls) {
    auto run = co_await run_tool(services, context, call, request.trace, request.deadline);
    if (!run) co_return fail(run);
    is_final = is_final && run->is_final;
    answers.push_back(std::move(run->answer));
  }
  co_return Answer{.text = vapi::tool_results(answers), .is_final = is_final};
}

Task<Answer> answer_function_call(const Services& services, const ServerMessage& message,
                                  const agent::AgentDefinition& agent, const Request& request) {
  const tools::ToolContext context = context_for(agent, message, services.clock.utc_now());
  auto run = co_await run_tool(services, context, message.function_call.value_or(vapi::ToolCallRequest{}),
                               request.trace, request.deadline);
  if (!run) co_return fail(run);
  co_return Answer{.text = vapi::function_result(run->answer), .is_final = run->is_final};
}

/// The assistant for an inbound call: the agent's, greeting a known caller by name.
Task<Answer> answer_assistant_request(const Services& services, const ServerMessage& message,
                                      const agent::AgentDefinition& agent) {
  std::string name;
  if (!message.customer_number.empty()) {
    const std::string phone = normalize_phone(message.customer_number, agent.region);
    auto lead = co_await services.turns.store.read(
        [phone](sql::Connection& db) { return store::Leads(db).find_by_phone(phone); });
    // A caller must not wait, or be lost, because the database is slow: then the greeting has no name.
    if (lead && *lead) name = (*lead)->name;
  }
  // A configuration carries our secrets: it is made anew rather than kept.
  co_return Answer{.text = vapi::assistant_answer(vapi::InlineAssistant{
                       call::assistant_config(agent, services.turns.tools, services.doorways, name)}),
                   .is_final = false};
}

/// What to answer before anything is stored; empty means the plain acknowledgement.
Task<Answer> answer_for(const Services& services, const ServerMessage& message, const agent::AgentDefinition* agent,
                        const Request& request) {
  // Sent again: the same answer, and no tool runs twice.
  if (wants_answer(message.kind)) {
    auto earlier = co_await call::earlier_answer(services.turns.store, message);
    if (earlier && !earlier->empty()) co_return Answer{std::move(*earlier)};
  }
  const agent::AgentDefinition* chosen = agent;
  if (chosen == nullptr && !services.settings.agent.empty()) chosen = services.agents.find(services.settings.agent);
  if (chosen == nullptr) chosen = services.agents.find("leasing");
  if (chosen == nullptr && wants_answer(message.kind))
    co_return fail(ErrorKind::not_found, "There is no agent to answer this.");
  switch (message.kind) {
    case MessageKind::assistant_request: co_return co_await answer_assistant_request(services, message, *chosen);
    case MessageKind::tool_calls: co_return co_await answer_tool_calls(services, message, *chosen, request);
    case MessageKind::function_call: co_return co_await answer_function_call(services, message, *chosen, request);
    case MessageKind::transfer_destination_request:
      co_return Answer{vapi::transfer_refusal("Nobody is free to take the call right now.")};
    case MessageKind::handoff_destination_request:
      co_return Answer{R"({"error":"There is no other assistant to hand over to."})"};
    case MessageKind::knowledge_base_request: co_return Answer{R"({"documents":[]})"};
    case MessageKind::endpointing_request: co_return Answer{R"({"timeoutSeconds":0.5})"};
    case MessageKind::campaign_predial: co_return Answer{R"({"eligible":true})"};
    case MessageKind::voice_request:
      co_return fail(ErrorKind::invalid_argument, "Invalid request: send voice-request messages to /vapi/tts");
    default: co_return Answer{};
  }
}

}  // namespace

Task<Response> receive_server_message(const Services& services, Request& request) {
  auto verified = verify_sender(services, request);
  if (!verified) co_return fail(verified);
  auto message = vapi::decode_server_message(request.body);
  if (!message) co_return fail(message);
  request.trace.call_id = message->platform_call_id;
  const std::string type = message->kind == MessageKind::unknown ? "unknown" : message->type;

  call::Delivery delivery{.verified = std::move(*verified)};
  delivery.agent = call::agent_of(services.agents, *message);
  auto answer = co_await answer_for(services, *message, delivery.agent, request);
  if (!answer) co_return fail(answer);
  if (answer->is_final) delivery.answer = answer->text;
  const bool is_unknown = message->kind == MessageKind::unknown;
  delivery.message = std::move(*message);

  auto recorded = co_await call::record_delivery(services.turns.store, std::move(delivery));
  if (!recorded) {
    services.turns.metrics.count_webhook(type, "failed");
    co_return fail(Error{.kind = ErrorKind::unavailable,
                         .client = "The message could not be stored; send it again.",
                         .log = std::string(recorded.error().log_text())});
  }
  if (auto moved = services.recordings.follow(recorded->recording_status, request.trace.call_id); !moved)
    services.turns.log.error("recording not moved", request.trace, {{"detail", moved.error().log_text()}});
  services.turns.metrics.count_webhook(type, !recorded->is_new     ? "repeated"
                                             : recorded->processed ? "stored"
                                                                   : "unprocessed");
  services.turns.log.debug("server message", request.trace,
                           {{"type", type}, {"new", recorded->is_new}, {"processed", recorded->processed}});
  if (is_unknown) co_return http::json_response(vapi::ignored());
  if (!recorded->processed)
    co_return http::json_response(vapi::stored_but_failed("The message was stored but could not be processed."));
  if (!recorded->answer.empty()) co_return http::json_response(std::move(recorded->answer));
  co_return http::json_response(answer->text.empty() ? vapi::received() : std::move(answer->text));
}

}  // namespace offhook::api
