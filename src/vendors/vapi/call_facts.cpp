#include "vendors/vapi/call_facts.hpp"

#include "base/time_text.hpp"

namespace offhook::vapi {
namespace {

void put_text(json::object& object, std::string_view key, const std::string& text) {
  if (!text.empty()) object[key] = text;
}

void put_time(json::object& object, std::string_view key, const std::optional<UtcTime>& time) {
  if (time) object[key] = to_rfc3339(*time);
}

json::object customer_object(const CallFacts& facts) {
  json::object customer;
  put_text(customer, "number", facts.customer_number);
  put_text(customer, "name", facts.customer_name);
  return customer;
}

}  // namespace

std::int64_t to_epoch_ms(UtcTime time) {
  return std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

json::object call_object(const CallFacts& facts) {
  json::object call{{"id", facts.id}};
  put_text(call, "orgId", facts.org_id);
  call["createdAt"] = to_rfc3339(facts.created_at);
  call["updatedAt"] = to_rfc3339(facts.updated_at);
  put_text(call, "type", facts.type);
  put_text(call, "status", facts.status);
  put_text(call, "phoneNumberId", facts.phone_number_id);
  put_text(call, "assistantId", facts.assistant_id);
  if (auto customer = customer_object(facts); !customer.empty()) call["customer"] = std::move(customer);
  if (!facts.metadata.empty()) call["metadata"] = facts.metadata;
  call["cost"] = facts.cost.value_or(0);
  put_time(call, "startedAt", facts.started_at);
  put_time(call, "endedAt", facts.ended_at);
  put_text(call, "endedReason", facts.ended_reason);
  return call;
}

json::object server_message(const CallFacts& facts, std::string_view type, UtcTime at, json::object fields) {
  json::object message{{"type", type}, {"timestamp", to_epoch_ms(at)}};
  for (auto& field : fields) message[field.key()] = std::move(field.value());
  message["call"] = call_object(facts);
  json::object phone_number;
  put_text(phone_number, "id", facts.phone_number_id);
  put_text(phone_number, "number", facts.phone_number);
  put_text(phone_number, "name", facts.phone_number_name);
  if (!phone_number.empty()) {
    phone_number["provider"] = "vapi";
    message["phoneNumber"] = std::move(phone_number);
  }
  if (auto customer = customer_object(facts); !customer.empty()) message["customer"] = std::move(customer);
  if (!facts.assistant.empty()) message["assistant"] = facts.assistant;
  return {{"message", std::move(message)}};
}

}  // namespace offhook::vapi
