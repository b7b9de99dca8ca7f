#include "api/crm_json.hpp"

#include <array>
#include <utility>

#include "base/civil_time.hpp"
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

constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kTurnLatencies{
    {{"turnLatency", "turn_ms"},
     {"modelLatency", "model_ms"},
     {"voiceLatency", "voice_ms"},
     {"transcriberLatency", "transcriber_ms"},
     {"endpointingLatency", "endpointing_ms"}}};

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

json::object to_json(const store::Assistant& assistant) {
  return {{"id", assistant.id},
          {"platform", text(assistant.platform)},
          {"platform_id", text(assistant.platform_id)},
          {"property_id", text(assistant.property_id)},
          {"agent", assistant.agent},
          {"name", assistant.name},
          {"first_message", text(assistant.first_message)},
          {"system_prompt", text(assistant.system_prompt)},
          {"voice_id", text(assistant.voice_id)},
          {"model", text(assistant.model)},
          {"knowledge", embedded(assistant.knowledge)},
          {"functions", embedded(assistant.functions)},
          {"created_at", time(assistant.created_at)},
          {"updated_at", time(assistant.updated_at)}};
}

json::object analytics_json(const store::Analytics& analytics, UtcTime from, UtcTime to) {
  json::array days;
  auto counted = analytics.calls_per_day.begin();
  for (auto day = std::chrono::floor<std::chrono::days>(from); day < to; day += std::chrono::days(1)) {
    const std::int64_t number_of_day = day.time_since_epoch().count();
    std::int64_t calls = 0;
    if (counted != analytics.calls_per_day.end() && counted->day == number_of_day) calls = (counted++)->calls;
    days.push_back(json::object{{"date", to_text(std::chrono::year_month_day(day))}, {"calls", calls}});
  }
  auto counts = [](const std::vector<store::NamedCount>& named, std::string_view key) {
    json::array list;
    for (const auto& [name, count] : named) list.push_back(json::object{{key, text(name)}, {"calls", count}});
    return list;
  };
  const auto rate = [&](std::int64_t part) {
    return analytics.leads == 0 ? json::value(nullptr)
                                : json::value(static_cast<double>(part) / static_cast<double>(analytics.leads));
  };
  json::object conversion{{"leads", analytics.leads}, {"qualified", analytics.qualified}, {"tours", analytics.toured}};
  conversion["qualified_rate"] = rate(analytics.qualified);
  conversion["tour_rate"] = rate(analytics.toured);
  json::object body{{"from", time(from)}, {"to", time(to)}, {"calls", analytics.calls}};
  body["calls_per_day"] = std::move(days);
  body["outcomes"] = counts(analytics.outcomes, "ended_reason");
  body["directions"] = counts(analytics.directions, "direction");
  body["average_duration_seconds"] = number(analytics.average_duration_seconds);
  body["total_duration_seconds"] = number(analytics.total_duration_seconds);
  body["cost"] = number(analytics.cost);
  body["tools"] = counts(analytics.tools, "name");
  body["conversion"] = std::move(conversion);
  return body;
}

json::value latencies_in(const std::vector<store::WebhookEvent>& events) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kAverages{
      {{"turnLatencyAverage", "turn_average_ms"},
       {"modelLatencyAverage", "model_average_ms"},
       {"voiceLatencyAverage", "voice_average_ms"},
       {"transcriberLatencyAverage", "transcriber_average_ms"},
       {"endpointingLatencyAverage", "endpointing_average_ms"}}};
  for (const auto& event : events) {
    if (event.type != "end-of-call-report") continue;
    const auto payload = parse_json(event.payload);
    if (!payload) continue;
    const auto* metrics = find_at(*payload, {"artifact", "performanceMetrics"});
    if (metrics == nullptr) metrics = find_at(*payload, {"message", "artifact", "performanceMetrics"});
    if (metrics == nullptr || !metrics->is_object()) continue;
    json::object found;
    for (const auto& [theirs, ours] : kAverages) {
      if (const auto value = find_number(*metrics, theirs)) found[ours] = number(*value);
    }
    if (const auto* turns = find_array(*metrics, "turnLatencies")) {
      json::array list;
      for (const auto& turn : *turns) {
        json::object shown;
        for (const auto& [theirs, ours] : kTurnLatencies) {
          if (const auto value = find_number(turn, theirs)) shown[ours] = number(*value);
        }
        list.push_back(std::move(shown));
      }
      found["turns"] = std::move(list);
    }
    return found;
  }
  return nullptr;
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
  body["recording_release_reason"] = text(recording ? recording->release_reason : std::string());
  body["transcript"] = std::move(transcript);
  body["tool_calls"] = std::move(tool_calls);
  body["events"] = std::move(events);
  body["latencies"] = detail.latencies;
  return body;
}

json::object to_json(const store::Document& document) {
  return {{"id", document.id},
          {"name", document.name},
          {"state", document.state},
          {"pages", document.pages},
          {"chunks", document.chunks},
          {"error", document.error.empty() ? json::value(nullptr) : json::value(document.error)},
          {"collection", document.collection},
          {"size_bytes", document.size_bytes},
          {"version", document.version},
          {"created_at", to_rfc3339(document.created_at)},
          {"updated_at", to_rfc3339(document.updated_at)}};
}

}  // namespace offhook::api
