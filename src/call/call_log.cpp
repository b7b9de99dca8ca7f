#include "call/call_log.hpp"

#include "async/loop.hpp"
#include "base/phone.hpp"
#include "base/text.hpp"
#include "call/recording_consent.hpp"
#include "call/said_before.hpp"
#include "store/leads.hpp"
#include "vendors/vapi/message_kind.hpp"

namespace offhook::call {
namespace {

using vapi::MessageKind;

/// Ids that one delivery may need, made before the transaction since it may run twice.
struct FreshIds {
  explicit FreshIds(Random& random)
      : event(make_id(random, "evt")), call(make_id(random, "call")), activity(make_id(random, "act")) {}
  std::string event;
  std::string call;
  std::string activity;
};

bool concerns_a_call(const vapi::ServerMessage& message) {
  return !message.platform_call_id.empty() && message.kind != MessageKind::unknown &&
         message.kind != MessageKind::voice_request && message.kind != MessageKind::call_housekeeping;
}

std::optional<store::CallStatus> status_in(const vapi::ServerMessage& message) {
  switch (message.kind) {
    case MessageKind::assistant_request: return store::CallStatus::ringing;
    case MessageKind::status_update: return store::parse_call_status(message.status);
    case MessageKind::end_of_call_report: return store::CallStatus::ended;
    default: return std::nullopt;
  }
}

std::string region_of(const Delivery& delivery) { return delivery.agent == nullptr ? "US" : delivery.agent->region; }

/// What this message tells about the call as such.
store::Call call_seen(const Delivery& delivery, const FreshIds& ids, UtcTime now) {
  const vapi::ServerMessage& message = delivery.message;
  store::Call call{.id = ids.call, .platform_id = message.platform_call_id};
  call.status = status_in(message).value_or(store::CallStatus::queued);
  call.direction = message.direction;
  call.assistant_id = message.assistant_id;
  if (delivery.agent != nullptr) {
    call.agent = delivery.agent->name;
    call.property_id = delivery.agent->property_id;
  }
  if (!message.customer_number.empty())
    call.phone_number = normalize_phone(message.customer_number, region_of(delivery));
  if (!message.metadata.empty()) call.metadata = json::serialize(message.metadata);
  const UtcTime at = message.timestamp.value_or(now);
  call.started_at = message.started_at;
  call.ended_at = message.ended_at;
  if (message.kind == MessageKind::status_update) {
    if (call.status == store::CallStatus::in_progress && !call.started_at) call.started_at = at;
    if (call.status == store::CallStatus::ended && !call.ended_at) call.ended_at = at;
  }
  call.duration_seconds = message.duration_seconds;
  call.ended_reason = message.ended_reason;
  call.cost = message.cost;
  call.summary = message.summary;
  call.created_at = at;
  return call;
}

/// The words and tool calls of a final report, which knows better than the pieces that came before.
Result<void> take_conversation(store::Calls& calls, const std::string& call_id, const vapi::ServerMessage& message,
                               UtcTime now) {
  std::vector<store::TranscriptEntry> entries;
  for (const auto& entry : message.messages) {
    const UtcTime at = entry.at.value_or(now);
    for (const auto& tool : entry.tool_calls) {
      const store::CallToolCall called{
          .call_id = call_id, .id = tool.id, .name = tool.name, .arguments = tool.arguments, .at = at};
      if (auto added = calls.add_tool_call(called); !added) return added;
    }
    if (entry.role == "tool" && !entry.tool_call_id.empty()) {
      const store::CallToolCall answered{
          .call_id = call_id, .id = entry.tool_call_id, .name = entry.tool_name, .result = entry.text, .at = at};
      if (auto added = calls.add_tool_call(answered); !added) return added;
    }
    if ((entry.role == "user" || entry.role == "assistant") && !entry.text.empty()) {
      entries.push_back({.call_id = call_id, .role = entry.role, .text = entry.text, .at = at});
    }
  }
  if (entries.empty()) return {};
  return calls.replace_transcript(call_id, entries);
}

/// Ties the call to the lead with its number and notes the call in the lead's history.
Result<void> note_in_lead(sql::Connection& db, store::Calls& calls, store::Call& call, const FreshIds& ids,
                          UtcTime at) {
  if (call.phone_number.empty()) return {};
  auto lead = store::Leads(db).find_by_phone(call.phone_number);
  if (!lead) return fail(lead);
  if (!*lead) return {};
  if (call.lead_id.empty()) {
    call.lead_id = (*lead)->id;
    if (auto tied = calls.upsert(call); !tied) return fail(tied);
  }
  const std::string text = call.summary.empty() ? "Call ended: " + call.ended_reason : call.summary;
  return store::Activities(db).insert({.id = ids.activity,
                                       .lead_id = (*lead)->id,
                                       .call_id = call.platform_id,
                                       .kind = "call",
                                       .text = text,
                                       .at = at});
}

/// Everything a delivery writes, worked out before the transaction: the one writer is for writing.
struct Prepared {
  Delivery delivery;
  FreshIds ids;
  UtcTime now;
  store::WebhookEvent event;
  store::Call call;
  RecordingNews recording;
};

Prepared prepare(Delivery delivery, Random& random, UtcTime now) {
  FreshIds ids(random);
  store::WebhookEvent event{.id = ids.event, .dedupe_key = vapi::dedupe_key(delivery.message)};
  // A question asked again is a new question, when nothing says that it is the old one.
  if (vapi::wants_answer(delivery.message.kind) && !vapi::has_identity(delivery.message)) event.dedupe_key += ids.event;
  event.platform_call_id = delivery.message.platform_call_id;
  event.type = delivery.message.type;
  event.verified = delivery.verified;
  event.payload = json::serialize(delivery.message.raw);
  if (!delivery.answer.empty()) event.answer = delivery.answer;
  event.received_at = now;
  event.processed = true;
  store::Call call = call_seen(delivery, ids, now);
  RecordingNews recording{.consent = delivery.message.recording_consent, .url = delivery.message.recording_url};
  if (delivery.agent != nullptr) recording.policy = delivery.agent->recording;
  recording.now = now;
  return {.delivery = std::move(delivery),
          .ids = std::move(ids),
          .now = now,
          .event = std::move(event),
          .call = std::move(call),
          .recording = std::move(recording)};
}

/// What applying a message came to.
struct Applied {
  std::string call_id;
  std::string recording_status;
};

/// Everything a new message changes. Runs inside the transaction.
Result<Applied> apply(sql::Connection& db, const Prepared& prepared) {
  const vapi::ServerMessage& message = prepared.delivery.message;
  if (!concerns_a_call(message)) return Applied{};
  store::Calls calls(db);
  auto call = calls.upsert(prepared.call);
  if (!call) return fail(call);
  auto recording = settle_recording(db, *call, prepared.recording);
  if (!recording) return fail(recording);
  std::vector<std::string> split_cards = message.split_cards;
  const UtcTime at = message.timestamp.value_or(prepared.now);
  switch (message.kind) {
    case MessageKind::transcript: {
      if (!message.is_final || message.text.empty()) break;
      const store::TranscriptEntry entry{.call_id = call->id, .role = message.role, .text = message.text, .at = at};
      auto completed = cards_completed_by(calls, entry);
      if (!completed) return fail(completed);
      split_cards.insert(split_cards.end(), completed->begin(), completed->end());
      if (auto added = calls.add_transcript(entry); !added) return fail(added);
      break;
    }
    case MessageKind::tool_calls:
      for (const auto& tool : message.tool_calls) {
        const store::CallToolCall called{
            .call_id = call->id, .id = tool.id, .name = tool.name, .arguments = tool.arguments, .at = at};
        if (tool.id.empty()) continue;
        if (auto added = calls.add_tool_call(called); !added) return fail(added);
      }
      break;
    case MessageKind::end_of_call_report: {
      if (auto taken = take_conversation(calls, call->id, message, at); !taken) return fail(taken);
      if (auto noted = note_in_lead(db, calls, *call, prepared.ids, at); !noted) return fail(noted);
      break;
    }
    default: break;
  }
  // A number whose first digits came with an earlier message: now they have to go too.
  if (auto erased = erase_card_parts(db, call->id, call->platform_id, split_cards); !erased) return fail(erased);
  return Applied{.call_id = call->id, .recording_status = recording->value_or("")};
}

/// Our own failure: the sender should try again, so nothing may stay.
bool is_ours(const Error& error) { return error.kind == ErrorKind::internal || error.kind == ErrorKind::unavailable; }

Result<Recorded> record(sql::Connection& db, const Prepared& prepared) {
  const std::string& answer = prepared.delivery.answer;
  store::WebhookEvents events(db);
  auto inserted = events.insert_if_new(prepared.event);
  if (!inserted) return fail(inserted);
  if (!inserted->is_new) return Recorded{.is_new = false, .answer = inserted->answer.value_or("")};
  auto applied = apply(db, prepared);
  if (applied) {
    return Recorded{.answer = answer,
                    .call_id = std::move(applied->call_id),
                    .recording_status = std::move(applied->recording_status)};
  }
  if (is_ours(applied.error())) return fail(applied);
  if (auto marked = events.mark_processed(prepared.ids.event, applied.error().log_text()); !marked) return fail(marked);
  return Recorded{.answer = answer, .processed = false};
}

}  // namespace

Task<Recorded> record_delivery(store::Store& store, Delivery delivery) {
  Loop& loop = co_await this_loop();
  Prepared prepared = prepare(std::move(delivery), loop.random(), loop.clock().utc_now());
  co_return co_await store.write(
      [prepared = std::move(prepared)](sql::Connection& db) { return record(db, prepared); });
}

Task<std::string> earlier_answer(store::Store& store, const vapi::ServerMessage& message) {
  if (!vapi::has_identity(message)) co_return std::string{};
  co_return co_await store.read([key = vapi::dedupe_key(message)](sql::Connection& db) -> Result<std::string> {
    auto event = store::WebhookEvents(db).find_by_dedupe_key(key);
    if (!event) return fail(event);
    return *event && (*event)->answer ? *(*event)->answer : std::string{};
  });
}

const agent::AgentDefinition* agent_of(const agent::AgentBook& agents, const vapi::ServerMessage& message) {
  if (!message.dialled_number.empty()) {
    if (const auto* agent = agents.find_by_number(normalize_phone(message.dialled_number, "US"))) return agent;
  }
  if (const auto* agent = agents.find(message.assistant_id)) return agent;
  if (const auto* named = message.metadata.if_contains("agent"); named != nullptr && named->is_string()) {
    if (const auto* agent = agents.find(to_std_string(*named))) return agent;
  }
  return agents.find(to_lower(message.assistant_name));
}

}  // namespace offhook::call
