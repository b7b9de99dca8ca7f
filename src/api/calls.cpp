#include "api/body_reader.hpp"
#include "api/lists.hpp"
#include "api/voice_error.hpp"
#include "base/phone.hpp"
#include "store/assistants.hpp"
#include "store/call_events.hpp"

namespace offhook::api {
namespace {

Result<std::optional<CallDetail>> find_call(sql::Connection& db, const store::Owner& owner, const std::string& id) {
  store::Calls calls(db, owner);
  auto call = calls.find_any(id);
  if (!call) return fail(call);
  if (!*call) return std::nullopt;
  CallDetail detail{.call = std::move(**call)};
  auto transcript = calls.transcript(detail.call.id);
  if (!transcript) return fail(transcript);
  auto tool_calls = calls.tool_calls(detail.call.id);
  if (!tool_calls) return fail(tool_calls);
  auto recording = store::CallRecordings(db, owner).find(detail.call.id);
  if (!recording) return fail(recording);
  detail.recording = std::move(*recording);
  detail.transcript = std::move(*transcript);
  detail.tool_calls = std::move(*tool_calls);
  if (!detail.call.platform_id.empty()) {
    auto events = store::events_of_call(db, owner, detail.call.platform_id);
    if (!events) return fail(events);
    detail.events = std::move(*events);
  }
  detail.latencies = latencies_in(detail.events);
  return detail;
}

/// The filters of a list; each that cannot be meant is a 400 naming it.
Result<store::CallFilter> read_filter(const Request& request) {
  store::CallFilter filter{.agent = query(request, "agent")};
  if (const auto status = request.query_value("status")) {
    filter.status = store::parse_call_status(*status);
    if (!filter.status)
      return fail(invalid_value("status", "scheduled, queued, ringing, in-progress, forwarding or ended"));
  }
  filter.direction = query(request, "direction");
  if (request.query_value("direction") && filter.direction != "inbound" && filter.direction != "outbound")
    return fail(invalid_value("direction", "inbound or outbound"));
  if (const auto phone = request.query_value("phone_number")) filter.phone_number = normalize_phone(*phone, "US");
  filter.assistant_id = query(request, "assistant_id");
  filter.lead_id = query(request, "lead_id");
  filter.property_id = query(request, "property_id");
  auto from = query_time(request, "from");
  if (!from) return fail(from);
  auto to = query_time(request, "to");
  if (!to) return fail(to);
  if (*from && *to && **from >= **to) return fail(invalid_value("to", "a time after 'from'"));
  filter.from = *from;
  filter.to = *to;
  return filter;
}

}  // namespace

Task<Response> list_calls(const Services& services, Request& request) {
  auto asked = read_filter(request);
  if (!asked) co_return fail(asked);
  co_return co_await answer_list(services, request,
                                 [wanted = *asked](sql::Connection& db, const store::Owner& owner,
                                                   const store::Page& page) -> Result<store::Paged<store::Call>> {
                                   store::CallFilter filter = wanted;
                                   // A call names a stored assistant by our id; the platform's is as good.
                                   auto assistant = store::Assistants(db, owner).find_any(filter.assistant_id);
                                   if (!assistant) return fail(assistant);
                                   if (*assistant) filter.assistant_id = (*assistant)->id;
                                   return store::Calls(db, owner).list(filter, page);
                                 });
}

Task<Response> show_call(const Services& services, Request& request) {
  return answer_one(services, request, "call", find_call);
}

Task<Response> place_call(const Services& services, Request& request) {
  auto body = parse_json_object(request.body);
  if (!body) co_return fail(body);
  call::CallWish wish{.agent = default_agent(services)};
  std::string metadata;
  const auto read = BodyReader(*body)
                        .require("phone_number")
                        .phone("phone_number", wish.phone_number)
                        .text("assistant_id", wish.assistant_id)
                        .text("lead_id", wish.lead_id)
                        .object("metadata", metadata)
                        .result();
  if (!read) co_return fail(read.error());
  if (!metadata.empty()) {
    if (auto parsed = parse_json_object(metadata)) wish.metadata = std::move(*parsed);
  }
  auto call = co_await services.calls.place(owner_of(request), std::move(wish), request.deadline);
  if (!call) co_return answer_failure(services, request, std::move(call.error()));
  request.trace.call_id = call->platform_id;
  co_return shown(*call, 201);
}

Task<Response> end_call(const Services& services, Request& request) {
  auto call = co_await services.calls.end(owner_of(request), std::string(request.param("id")), request.deadline);
  if (!call) co_return answer_failure(services, request, std::move(call.error()));
  request.trace.call_id = call->platform_id;
  co_return shown(*call);
}

}  // namespace offhook::api
