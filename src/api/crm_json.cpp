#include "api/crm_json.hpp"

#include "base/time_text.hpp"

namespace offhook::api {
namespace {

json::value text(const std::string& value) { return value.empty() ? json::value(nullptr) : json::value(value); }
json::value time(UtcTime value) { return json::value(to_rfc3339(value)); }
json::value time(const std::optional<UtcTime>& value) { return value ? time(*value) : json::value(nullptr); }
/// Whole numbers without an exponent.
json::value number(double value) {
  const auto whole = static_cast<std::int64_t>(value);
  return static_cast<double>(whole) == value ? json::value(whole) : json::value(value);
}
template <class Number>
json::value number(const std::optional<Number>& value) {
  return value ? number(static_cast<double>(*value)) : json::value(nullptr);
}
/// JSON kept as text; what is no JSON is shown as the text it is.
json::value embedded(const std::string& value) {
  if (value.empty()) return nullptr;
  auto parsed = parse_json(value);
  return parsed ? std::move(*parsed) : json::value(value);
}

}  // namespace

json::object to_json(const store::Call& call) {
  return {{"id", call.id},
          {"platform_id", text(call.platform_id)},
          {"status", to_string(call.status)},
          {"direction", text(call.direction)},
          {"assistant_id", text(call.assistant_id)},
          {"agent", text(call.agent)},
          {"phone_number", text(call.phone_number)},
          {"property_id", text(call.property_id)},
          {"lead_id", text(call.lead_id)},
          {"metadata", call.metadata.empty() ? json::value(json::object{}) : embedded(call.metadata)},
          {"started_at", time(call.started_at)},
          {"ended_at", time(call.ended_at)},
          {"duration_seconds", number(call.duration_seconds)},
          {"ended_reason", text(call.ended_reason)},
          {"cost", number(call.cost)},
          {"recording_url", text(call.recording_url)},
          {"summary", text(call.summary)}};
}

json::object to_json(const store::TranscriptEntry& entry) {
  return {{"role", entry.role}, {"text", entry.text}, {"at", time(entry.at)}};
}

json::object to_json(const store::CallToolCall& call) {
  return {{"id", call.id},
          {"name", call.name},
          {"arguments", embedded(call.arguments)},
          {"result", embedded(call.result)},
          {"at", time(call.at)}};
}

json::object to_json(const store::WebhookEvent& event) {
  return {{"id", event.id},
          {"type", event.type},
          {"verified", event.verified},
          {"processed", event.processed},
          {"at", time(event.received_at)}};
}

json::object to_json(const store::Lead& lead) {
  return {{"id", lead.id},
          {"name", text(lead.name)},
          {"phone", text(lead.phone)},
          {"email", text(lead.email)},
          {"source", text(lead.source)},
          {"status", lead.status},
          {"score", number(lead.score)},
          {"metadata", embedded(lead.metadata)},
          {"created_at", time(lead.created_at)}};
}

json::object to_json(const store::Activity& activity) {
  return {{"id", activity.id},     {"lead_id", activity.lead_id}, {"call_id", text(activity.call_id)},
          {"kind", activity.kind}, {"text", activity.text},       {"at", time(activity.at)}};
}

json::object to_json(const store::Tour& tour) {
  return {{"id", tour.id},
          {"lead_id", tour.lead_id},
          {"property_id", tour.property_id},
          {"unit_id", text(tour.unit_id)},
          {"starts_at", time(tour.starts_at)},
          {"status", tour.status},
          {"confirmation", tour.confirmation}};
}

json::object to_json(const store::Property& property) {
  return {{"id", property.id},
          {"name", property.name},
          {"address", text(property.address)},
          {"time_zone", property.time_zone},
          {"phone", text(property.phone)},
          {"office_hours", embedded(property.office_hours)}};
}

json::object to_json(const store::Unit& unit) {
  return {{"id", unit.id},
          {"property_id", unit.property_id},
          {"label", unit.label},
          {"bedrooms", unit.bedrooms},
          {"bathrooms", number(unit.bathrooms)},
          {"rent", number(static_cast<double>(unit.rent_cents) / 100)},
          {"available_from", text(unit.available_from)},
          {"pets_allowed", unit.pets_allowed},
          {"status", unit.status}};
}

json::object to_json(const store::Customer& customer) {
  return {{"id", customer.id},
          {"name", text(customer.name)},
          {"phone", text(customer.phone)},
          {"email", text(customer.email)},
          {"date_of_birth", text(customer.date_of_birth)},
          {"postcode", text(customer.postcode)},
          {"status", customer.status}};
}

json::object to_json(const store::Appointment& appointment) {
  return {{"id", appointment.id},
          {"customer_id", appointment.customer_id},
          {"starts_at", time(appointment.starts_at)},
          {"status", appointment.status},
          {"confirmation", appointment.confirmation}};
}

json::object to_json(const store::Callback& callback) {
  return {{"id", callback.id},         {"phone", callback.phone},
          {"at", time(callback.at)},   {"reason", text(callback.reason)},
          {"status", callback.status}, {"lead_id", text(callback.lead_id)}};
}

json::object to_json(const CallDetail& detail) {
  json::object body = to_json(detail.call);
  json::array transcript;
  for (const auto& entry : detail.transcript) transcript.push_back(to_json(entry));
  json::array tool_calls;
  for (const auto& call : detail.tool_calls) tool_calls.push_back(to_json(call));
  json::array events;
  for (const auto& event : detail.events) events.push_back(to_json(event));
  const auto& recording = detail.recording;
  body["recording_status"] = text(recording                           ? recording->status
                                  : detail.call.recording_url.empty() ? std::string()
                                                                      : std::string("available"));
  body["recording_consent"] = text(recording ? recording->consent : std::string());
  body["transcript"] = std::move(transcript);
  body["tool_calls"] = std::move(tool_calls);
  body["events"] = std::move(events);
  return body;
}

}  // namespace offhook::api
