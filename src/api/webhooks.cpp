#include "api/handlers.hpp"
#include "api/tenancy.hpp"
#include "api/webhook_answers.hpp"
#include "async/cancel.hpp"
#include "base/phone.hpp"
#include "call/call_log.hpp"
#include "tools/parallel.hpp"
#include "vendors/vapi/message_kind.hpp"
#include "vendors/vapi/responses.hpp"

namespace offhook::api {
namespace {

using vapi::MessageKind;
using vapi::ServerMessage;

/// How a sender proved itself, and whom it speaks for.
struct Sender {
  std::string method;
  std::optional<store::Owner> owner = {};  ///< unset: the platform, which serves every account
};

/// Who sent it: by signature, or by the open-mode rule when no secret is set.
Result<Sender> verify_sender(const Services& services, const Request& request) {
  const vapi::SignedRequest signed_request{.header = [&](std::string_view name) { return request.headers.get(name); },
                                           .body = request.body,
                                           .url = request.target};
  const UtcTime now = services.clock.utc_now();
  // An account's key with the scope for it (the doors have seen to that) speaks for its account alone.
  if (request.principal.is_bound) return Sender{.method = "api-key", .owner = owner_of(request)};
  if (!services.signatures.is_open()) {
    auto verified = services.signatures.verify(signed_request, now);
    if (!verified) return fail(verified);
    return Sender{.method = std::string(verified->method)};
  }
  // The exchange of this process signs with a secret of its own.
  if (auto ours = services.exchange_signatures.verify(signed_request, now))
    return Sender{.method = std::string(ours->method)};
  if (services.doors.presents_api_key(request)) return Sender{.method = "api-key"};
  auto local = services.doors.admit_local(request, "VAPI_WEBHOOK_SECRET");
  if (!local) return fail(local);
  return Sender{.method = "open"};
}

tools::ToolContext context_for(const Services& services, const agent::AgentDefinition& agent,
                               const ServerMessage& message, const store::Owner& owner) {
  tools::ToolContext context{.owner = owner, .call_id = message.platform_call_id, .agent = agent.name};
  if (!message.customer_number.empty()) context.caller_phone = normalize_phone(message.customer_number, agent.region);
  context.assistant_id = message.assistant_id;
  context.documents = services.turns.documents;
  context.property_id = agent.property_id;
  if (const auto* property = message.metadata.if_contains("property_id")) {
    if (property->is_string()) context.property_id = to_std_string(*property);
  }
  context.region = agent.region;
  context.second_factor = agent.second_factor;
  context.time_zone = agent.time_zone;
  context.now = services.clock.utc_now();
  return context;
}

bool runs_tools(MessageKind kind) { return kind == MessageKind::tool_calls || kind == MessageKind::function_call; }

struct ToolRun {
  vapi::ToolAnswer answer;
  bool is_final = true;
};

/// Runs the tools of one message for the platform. Each answer is a sentence either way.
Task<std::vector<ToolRun>> run_tools(const Services& services, tools::ToolContext context,
                                     std::vector<vapi::ToolCallRequest> calls, Trace trace, Deadline deadline) {
  const tools::ToolRegistry& registry = services.turns.tools;
  std::vector<tools::PlannedCall> planned;
  // Calls that have to wait for a free place are bound by the slowest tool's limit as well; those that have to wait for
  // each other have the sum.
  Duration longest = tools::kToolTimeLimit;
  Duration sum{0};
  bool is_together = true;
  for (const auto& call : calls) {
    const auto tool = registry.find(call.name, context.agent);
    const Duration own = tool ? tool->time_limit : tools::kToolTimeLimit;
    longest = std::max(longest, own);
    sum += own;
    is_together = is_together && tools::can_run_beside_others(registry, call.name, context.agent);
    context.tool_call_id = call.id;
    planned.push_back({.context = context, .call = {.name = call.name, .arguments = call.arguments}});
  }
  const Deadline limit = Deadline::after(services.clock, is_together ? longest : sum).sooner(deadline);
  auto results = co_await tools::invoke_all(services.turns.store, registry, std::move(planned), limit);
  if (!results) co_return fail(results);
  std::vector<ToolRun> runs;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    const tools::ToolResult& result = (*results)[i].result;
    const std::string& name = calls[i].name;
    const bool is_known = registry.find(name, context.agent) != nullptr;
    services.turns.metrics.count_tool_call(is_known ? name : "unknown", result.ok ? "ok" : "refused");
    if (!result.log.empty()) {
      services.turns.log.error("tool failed", trace, {{"tool", name}, {"detail", result.log}});
    }
    vapi::ToolAnswer answer{.tool_call_id = calls[i].id, .name = name};
    answer.ok = result.ok;
    const bool is_sentence = is_known || !result.log.empty();
    answer.text = is_sentence ? result.speakable : "Unknown function: " + name;
    runs.push_back({.answer = std::move(answer), .is_final = result.log.empty()});
  }
  co_return runs;
}

Task<Answer> answer_tool_calls(const Services& services, const ServerMessage& message,
                               const agent::AgentDefinition& agent, const store::Owner& owner, const Request& request) {
  const tools::ToolContext context = context_for(services, agent, message, owner);
  auto runs = co_await run_tools(services, context, message.tool_calls, request.trace, request.deadline);
  if (!runs) co_return fail(runs);
  std::vector<vapi::ToolAnswer> answers;
  bool is_final = true;
  for (auto& run : *runs) {
    is_final = is_final && run.is_final;
    answers.push_back(std::move(run.answer));
  }
  co_return Answer{.text = vapi::tool_results(answers), .is_final = is_final};
}

Task<Answer> answer_function_call(const Services& services, const ServerMessage& message,
                                  const agent::AgentDefinition& agent, const store::Owner& owner,
                                  const Request& request) {
  const tools::ToolContext context = context_for(services, agent, message, owner);
  std::vector<vapi::ToolCallRequest> calls{message.function_call.value_or(vapi::ToolCallRequest{})};
  auto runs = co_await run_tools(services, context, std::move(calls), request.trace, request.deadline);
  if (!runs) co_return fail(runs);
  const ToolRun& run = runs->front();
  co_return Answer{.text = vapi::function_result(run.answer), .is_final = run.is_final};
}

/// What to answer before anything is stored; empty means the plain acknowledgement.
Task<Answer> answer_for(const Services& services, const ServerMessage& message, const agent::AgentDefinition* agent,
                        const store::Owner& owner, const Request& request) {
  // Sent again: the same answer, and no tool runs twice.
  if (runs_tools(message.kind)) {
    auto earlier = co_await call::earlier_answer(services.turns.store, owner, message);
    if (earlier && !earlier->empty()) co_return Answer{std::move(*earlier)};
  }
  const agent::AgentDefinition* chosen = agent;
  if (chosen == nullptr && !services.settings.agent.empty()) chosen = services.agents.find(services.settings.agent);
  if (chosen == nullptr) chosen = services.agents.find("leasing");
  if (chosen == nullptr && wants_answer(message.kind))
    co_return fail(ErrorKind::not_found, "There is no agent to answer this.");
  switch (message.kind) {
    case MessageKind::assistant_request: co_return co_await choose_assistant(services, message, *chosen, owner);
    case MessageKind::tool_calls: co_return co_await answer_tool_calls(services, message, *chosen, owner, request);
    case MessageKind::function_call:
      co_return co_await answer_function_call(services, message, *chosen, owner, request);
    case MessageKind::transfer_destination_request: co_return Answer{transfer_destination(*chosen)};
    case MessageKind::handoff_destination_request: co_return handoff_destination(services, message);
    case MessageKind::knowledge_base_request:
      co_return co_await answer_from_documents(services, message, *chosen, owner);
    case MessageKind::endpointing_request: co_return Answer{endpointing(message)};
    case MessageKind::campaign_predial: co_return Answer{R"({"eligible":true})"};
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
  // Words to be spoken are no event: the voice answers, with audio.
  if (message->kind == MessageKind::voice_request) co_return co_await speak(services, request);
  const std::string type = message->kind == MessageKind::unknown ? "unknown" : message->type;

  const agent::AgentDefinition* agent = call::agent_of(services.agents, *message);
  std::optional<store::Owner> owner = std::move(verified->owner);
  const auto* placed = message->metadata.if_contains(call::kPlacedCall);
  if (placed != nullptr && placed->is_string() && !message->platform_call_id.empty()) {
    auto tied =
        co_await call::tie_placed_call(services.turns.store, to_std_string(*placed), message->platform_call_id, owner);
    if (!tied) services.turns.log.warning("placed call not tied", request.trace, {{"detail", tied.error().log_text()}});
  }
  Answer answer;
  if (wants_answer(message->kind)) {
    // Who is not known by then is looked for first: tools must not act for somebody else.
    if (!owner) {
      const Deadline patience = Deadline::after(services.clock, kQuestionPatience).sooner(request.deadline);
      auto found = co_await with_deadline(patience, call::owner_of(services.turns.store, *message, agent));
      if (found) owner = std::move(*found);
      // A question is answered all the same, for nobody in particular.
      const bool is_gone = !found && found.error().kind == ErrorKind::cancelled;
      if (!found && (is_gone || runs_tools(message->kind))) co_return fail(found);
    }
    auto given = co_await answer_for(services, *message, agent, owner.value_or(store::Owner()), request);
    if (!given) co_return fail(given);
    answer = std::move(*given);
  }
  const bool is_unknown = message->kind == MessageKind::unknown;
  // A caller waits for the answer to a question: it does not wait long for its record, which is made all the same.
  const bool is_question = wants_answer(message->kind) && !runs_tools(message->kind);
  call::Delivery delivery{.message = std::move(*message),
                          .verified = std::move(verified->method),
                          .answer = answer.is_final ? answer.text : std::string(),
                          .agent = agent,
                          .owner = std::move(owner)};

  auto record = call::record_delivery(services.turns.store, std::move(delivery));
  if (is_question) {
    const Deadline patience = Deadline::after(services.clock, kQuestionPatience);
    record = with_deadline(request.deadline.sooner(patience), std::move(record));
  }
  auto recorded = co_await std::move(record);
  if (!recorded) {
    services.turns.metrics.count_webhook(type, "failed");
    if (is_question && recorded.error().kind != ErrorKind::cancelled) {
      services.turns.log.warning("question not recorded", request.trace, {{"detail", recorded.error().log_text()}});
      co_return http::json_response(std::move(answer.text));
    }
    co_return fail(Error{.kind = ErrorKind::unavailable,
                         .client = "The message could not be stored; send it again.",
                         .log = std::string(recorded.error().log_text())});
  }
  if (!recorded->recording_status.empty()) {
    auto moved = co_await call::follow_recording(services.turns.store, services.recordings, request.trace.call_id);
    if (!moved) services.turns.log.error("recording not moved", request.trace, {{"detail", moved.error().log_text()}});
  }
  services.turns.metrics.count_webhook(type, !recorded->is_new     ? "repeated"
                                             : recorded->processed ? "stored"
                                                                   : "unprocessed");
  services.turns.log.debug("server message", request.trace,
                           {{"type", type}, {"new", recorded->is_new}, {"processed", recorded->processed}});
  if (is_unknown) co_return http::json_response(vapi::ignored());
  if (!recorded->processed)
    co_return http::json_response(vapi::stored_but_failed("The message was stored but could not be processed."));
  if (!recorded->answer.empty()) co_return http::json_response(std::move(recorded->answer));
  co_return http::json_response(answer.text.empty() ? vapi::received() : std::move(answer.text));
}

}  // namespace offhook::api
