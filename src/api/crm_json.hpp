#pragma once

#include <optional>
#include <vector>

#include "json/json.hpp"
#include "store/analytics.hpp"
#include "store/appointments.hpp"
#include "store/assistants.hpp"
#include "store/call_recordings.hpp"
#include "store/callbacks.hpp"
#include "store/calls.hpp"
#include "store/customers.hpp"
#include "store/documents.hpp"
#include "store/leads.hpp"
#include "store/properties.hpp"
#include "store/tours.hpp"
#include "store/webhook_events.hpp"

namespace offhook::api {

/// A call with everything that is known of it.
struct CallDetail {
  store::Call call;
  std::vector<store::TranscriptEntry> transcript;
  std::vector<store::CallToolCall> tool_calls;
  std::vector<store::WebhookEvent> events;
  std::optional<store::CallRecording> recording;  ///< when consent plays a part
  json::value latencies;                          ///< as latencies_in() found them; null when unknown
};

/// What the platform's final report says about how long things took, in milliseconds: {"turn_average_ms",
/// "model_average_ms","voice_average_ms","transcriber_average_ms","endpointing_average_ms","turns":[…]}; null when it
/// says nothing. Source: Vapi, Artifact.performanceMetrics.
[[nodiscard]] json::value latencies_in(const std::vector<store::WebhookEvent>& events);

/// Rows as /api/v1 shows them: snake_case, times in RFC 3339, unknown texts as null.
[[nodiscard]] json::object to_json(const store::Document& document);
[[nodiscard]] json::object to_json(const store::Call& call);
[[nodiscard]] json::object to_json(const CallDetail& detail);
[[nodiscard]] json::object to_json(const store::TranscriptEntry& entry);
[[nodiscard]] json::object to_json(const store::CallToolCall& call);
[[nodiscard]] json::object to_json(const store::WebhookEvent& event);
[[nodiscard]] json::object to_json(const store::Lead& lead);
[[nodiscard]] json::object to_json(const store::Activity& activity);
[[nodiscard]] json::object to_json(const store::Tour& tour);
[[nodiscard]] json::object to_json(const store::Property& property);
[[nodiscard]] json::object to_json(const store::Unit& unit);
[[nodiscard]] json::object to_json(const store::Customer& customer);
[[nodiscard]] json::object to_json(const store::Appointment& appointment);
[[nodiscard]] json::object to_json(const store::Callback& callback);
[[nodiscard]] json::object to_json(const store::Assistant& assistant);
/// The days from `from` to `to` are all there, those without calls too.
[[nodiscard]] json::object analytics_json(const store::Analytics& analytics, UtcTime from, UtcTime to);

}  // namespace offhook::api
