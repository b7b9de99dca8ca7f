#include "call/call_log.hpp"

#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "async/loop.hpp"
#include "base/phone.hpp"
#include "base/text.hpp"
#include "call/recording_consent.hpp"
#include "call/said_before.hpp"
#include "store/assistants.hpp"
#include "store/leads.hpp"
#include "store/properties.hpp"
#include "vendors/vapi/message_kind.hpp"

namespace offhook::call {
namespace {

using vapi::MessageKind;

/// Ids that one delivery may need, made before the transaction since it may run twice.
struct FreshIds {
  FreshIds(Random& random, UtcTime now) : event(make_ordered_id(random, "evt", now)), call(make_id(random, "call")) {}
  std::string event;
  std::string call;
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

/// Orders the messages that may say the same thing: by how much they know, then by time, then (of the same time) by
/// content. The same whenever the message comes. `dedupe_key`: the message's.
std::string belief_in(const vapi::ServerMessage& message, std::string_view dedupe_key) {
  const bool is_report = message.kind == MessageKind::end_of_call_report;
  const char rank = is_report ? '2' : message.kind == MessageKind::status_update ? '1' : '0';
  const auto at = message.timestamp.value_or(UtcTime{}).time_since_epoch().count();
  return fmt::format("{}:{:020}:{}", rank, std::max<std::int64_t>(0, at), dedupe_key.substr(0, 16));
}

std::string region_of(const Delivery& delivery) { return delivery.agent == nullptr ? "US" : delivery.agent->region; }

/// What this message tells about the call as such.
store::Call call_seen(const Delivery& delivery, std::string_view dedupe_key, const FreshIds& ids, UtcTime now) {
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
  // With an assistant's id in it, it is what we gave the assistant, not what somebody gave the call.
  if (!message.metadata.empty() && !message.metadata.contains("assistant_id"))
    call.metadata = json::serialize(message.metadata);
  const UtcTime at = message.timestamp.value_or(now);
  call.started_at = message.started_at;
  call.ended_at = message.ended_at;
  if (message.kind == MessageKind::status_update) {
    if (call.status == store::CallStatus::in_progress && !call.started_at) call.started_at = at;
    if (call.status == store::CallStatus::ended && !call.ended_at) call.ended_at = at;
  }
  const std::string belief = belief_in(message, dedupe_key);
  call.ended_reason = message.ended_reason;
  if (!call.ended_reason.empty()) call.reason_key = belief;
  if (message.kind == MessageKind::end_of_call_report) {
    call.report_key = belief;
    call.duration_seconds = message.duration_seconds;
    call.cost = message.cost;
    call.recording_url = message.recording_url;
    if (!call.recording_url.empty()) call.recording_key = belief;
    call.summary = message.summary;
  }
  call.created_at = at;
  return call;
}

/// The words and tool calls of a final report, which knows better than the pieces that came before.
Result<void> take_conversation(store::Calls& calls, const std::string& call_id, const std::string& key,
                               const vapi::ServerMessage& message, UtcTime now) {
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
      // The report's order counts, whatever its clock says.
      const UtcTime not_before = entries.empty() ? at : std::max(at, entries.back().at);
      entries.push_back({.call_id = call_id, .role = entry.role, .text = entry.text, .at = not_before});
    }
  }
  if (entries.empty()) return {};
  auto replaced = calls.replace_transcript(call_id, key, entries);
  if (!replaced) return fail(replaced);
  return {};
}

/// Ties a reported call to the lead with its number and notes it, once, in the lead's history.
Result<void> note_in_lead(sql::Connection& db, const store::Owner& owner, store::Calls& calls, store::Call call) {
  if (call.report_key.empty() || call.phone_number.empty()) return {};
  auto lead = store::Leads(db, owner).find_by_phone(call.phone_number);
  if (!lead) return fail(lead);
  if (!*lead) return {};
  if (call.lead_id.empty()) {
    call.lead_id = (*lead)->id;
    if (auto tied = calls.upsert(call); !tied) return fail(tied);
  }
  return store::Activities(db, owner).put(
      {.id = "act_" + call.id,
       .lead_id = call.lead_id,
       .call_id = call.platform_id,
       .kind = "call",
       .text = call.summary.empty() ? "Call ended: " + call.ended_reason : call.summary,
       .at = call.ended_at.value_or(call.created_at)});
}

/// Everything a delivery writes, worked out before the transaction: the one writer is for writing.
struct Prepared {
  Delivery delivery;
  FreshIds ids;
  UtcTime now;
  store::WebhookEvent event;
  store::Call call;
  store::CallClues clues;
  RecordingNews recording;
};

Prepared prepare(Delivery delivery, Random& random, UtcTime now) {
  FreshIds ids(random, now);
  store::WebhookEvent event{.id = ids.event, .dedupe_key = vapi::dedupe_key(delivery.message)};
  store::Call call = call_seen(delivery, event.dedupe_key, ids, now);
  // A question asked again is a new question, when nothing says that it is the old one.
  if (vapi::wants_answer(delivery.message.kind) && !vapi::has_identity(delivery.message)) event.dedupe_key += ids.event;
  event.platform_call_id = delivery.message.platform_call_id;
  event.type = delivery.message.type;
  event.verified = delivery.verified;
  event.payload = json::serialize(delivery.message.raw);
  if (!delivery.answer.empty()) event.answer = delivery.answer;
  event.received_at = now;
  event.processed = true;
  store::CallClues clues = clues_of(delivery.message, delivery.agent);
  RecordingNews recording{.consent = delivery.message.recording_consent, .now = now};
  if (delivery.agent != nullptr) recording.policy = delivery.agent->recording;
  recording.key = call.reason_key.empty() ? belief_in(delivery.message, event.dedupe_key) : call.reason_key;
  recording.is_report = delivery.message.kind == MessageKind::end_of_call_report;
  return {.delivery = std::move(delivery),
          .ids = std::move(ids),
          .now = now,
          .event = std::move(event),
          .call = std::move(call),
          .clues = std::move(clues),
          .recording = std::move(recording)};
}

/// The call as this message shows it to its owner: an agent's own property may be another account's.
Result<store::Call> call_for(sql::Connection& db, const store::Owner& owner, store::Call call) {
  // A stored assistant goes by our id, and says for which property it speaks.
  if (call.assistant_id.empty() && (owner.is_local() || call.property_id.empty())) return call;
  auto assistant = store::Assistants(db, owner).find_any(call.assistant_id);
  if (!assistant) return fail(assistant);
  if (*assistant) {
    call.assistant_id = (*assistant)->id;
    call.agent = (*assistant)->agent;
    call.property_id = (*assistant)->property_id;
  }
  if (owner.is_local() || call.property_id.empty()) return call;
  auto property = store::Properties(db, owner).find(call.property_id);
  if (!property) return fail(property);
  if (!*property) call.property_id.clear();
  return call;
}

/// What applying a message came to.
struct Applied {
  std::string call_id;
  std::string recording_status;
};

/// Everything a new message changes. Runs inside the transaction. `known`: the call as it is stored.
Result<Applied> apply(sql::Connection& db, const store::Owner& owner, const std::optional<store::Call>& known,
                      const Prepared& prepared) {
  const vapi::ServerMessage& message = prepared.delivery.message;
  if (!concerns_a_call(message)) return Applied{};
  store::Calls calls(db, owner);
  auto seen = call_for(db, owner, prepared.call);
  if (!seen) return fail(seen);
  auto call = known ? calls.upsert(*seen, known) : calls.upsert(*seen);
  if (!call) return fail(call);
  auto recording = settle_recording(db, owner, *call, prepared.recording);
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
      auto taken = take_conversation(calls, call->id, prepared.call.report_key, message, at);
      if (!taken) return fail(taken);
      break;
    }
    default: break;
  }
  // A number whose first digits came with an earlier message: now they have to go too.
  if (auto erased = erase_card_parts(db, call->id, call->platform_id, split_cards); !erased) return fail(erased);
  Applied applied{.call_id = call->id, .recording_status = recording->value_or("")};
  if (auto noted = note_in_lead(db, owner, calls, std::move(*call)); !noted) return fail(noted);
  return applied;
}

/// Our own failure: the sender should try again, so nothing may stay.
bool is_ours(const Error& error) { return error.kind == ErrorKind::internal || error.kind == ErrorKind::unavailable; }

struct Whose {
  store::Owner owner;
  std::optional<store::Call> call = {};  ///< as stored, when it was looked at
};

Result<Whose> whose_call(sql::Connection& db, const Prepared& prepared) {
  if (prepared.delivery.owner) return Whose{.owner = *prepared.delivery.owner};
  if (!prepared.clues.platform_call_id.empty()) {
    auto known = store::find_owned_call(db, prepared.clues.platform_call_id);
    if (!known) return fail(known);
    if (*known) return Whose{.owner = std::move((*known)->owner), .call = std::move((*known)->call)};
  }
  auto owner = store::owner_of_call(db, prepared.clues);
  if (!owner) return fail(owner);
  return Whose{.owner = std::move(*owner)};
}

Result<Recorded> record(sql::Connection& db, const Prepared& prepared) {
  const std::string& answer = prepared.delivery.answer;
  auto whose = whose_call(db, prepared);
  if (!whose) return fail(whose);
  const store::Owner& owner = whose->owner;
  store::WebhookEvents events(db, owner);
  auto inserted = events.insert_if_new(prepared.event);
  if (!inserted) return fail(inserted);
  if (!inserted->is_new) return Recorded{.is_new = false, .answer = inserted->answer.value_or("")};
  auto applied = apply(db, owner, whose->call, prepared);
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
  // Shared, so that its many parts are mostly taken down here, where they were made, and not by the one writer.
  const auto prepared =
      std::make_shared<const Prepared>(prepare(std::move(delivery), loop.random(), loop.clock().utc_now()));
  co_return co_await store.write([prepared](sql::Connection& db) { return record(db, *prepared); });
}

Task<std::string> earlier_answer(store::Store& store, store::Owner owner, const vapi::ServerMessage& message) {
  if (!vapi::has_identity(message)) co_return std::string{};
  const std::string key = vapi::dedupe_key(message);
  co_return co_await store.read([owner, key](sql::Connection& db) -> Result<std::string> {
    auto event = store::WebhookEvents(db, owner).find_by_dedupe_key(key);
    if (!event) return fail(event);
    return *event && (*event)->answer ? *(*event)->answer : std::string{};
  });
}

store::CallClues clues_of(const vapi::ServerMessage& message, const agent::AgentDefinition* agent) {
  store::CallClues clues{.platform_call_id = message.platform_call_id, .assistant_id = message.assistant_id};
  if (!message.dialled_number.empty()) clues.dialled_number = normalize_phone(message.dialled_number, "US");
  // The number of an agent's file is this server's line, whatever an account writes into its properties.
  if (agent != nullptr && agent->has_number(clues.dialled_number)) clues.dialled_number.clear();
  if (const auto* property = message.metadata.if_contains("property_id"); property != nullptr && property->is_string())
    clues.property_id = to_std_string(*property);
  if (clues.property_id.empty() && agent != nullptr) clues.property_id = agent->property_id;
  return clues;
}

Task<store::Owner> owner_of(store::Store& store, const vapi::ServerMessage& message,
                            const agent::AgentDefinition* agent) {
  const store::CallClues clues = clues_of(message, agent);
  co_return co_await store.read([clues](sql::Connection& db) { return store::owner_of_call(db, clues); });
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
