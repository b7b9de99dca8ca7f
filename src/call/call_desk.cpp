#include "call/call_desk.hpp"

#include <fmt/format.h>

#include "async/loop.hpp"
#include "base/random.hpp"
#include "store/leads.hpp"
#include "store/owners.hpp"

namespace offhook::call {
namespace {

/// Who is called, and by whom.
struct Parties {
  std::optional<store::Assistant> assistant;
  std::optional<store::Lead> lead;
};

Result<Parties> read_parties(sql::Connection& db, const store::Owner& owner, const CallWish& wish) {
  Parties parties;
  if (!wish.assistant_id.empty()) {
    auto assistant = store::Assistants(db, owner).find_any(wish.assistant_id);
    if (!assistant) return fail(assistant);
    if (!*assistant) {
      return fail(Error{.kind = ErrorKind::not_found,
                        .client = fmt::format("There is no assistant '{}'.", wish.assistant_id),
                        .param = "assistant_id"});
    }
    parties.assistant = std::move(**assistant);
  }
  if (!wish.lead_id.empty()) {
    auto lead = store::Leads(db, owner).find(wish.lead_id);
    if (!lead) return fail(lead);
    if (!*lead) {
      return fail(Error{.kind = ErrorKind::not_found,
                        .client = fmt::format("There is no lead '{}'.", wish.lead_id),
                        .param = "lead_id"});
    }
    parties.lead = std::move(**lead);
  }
  return parties;
}

Result<bool> remove_row(sql::Connection& db, const store::Owner& owner, const std::string& id) {
  auto done = db.execute("DELETE FROM calls WHERE id = ? AND owner_id = ? AND platform_id IS NULL", {id, owner.id()});
  if (!done) return fail(done);
  return *done > 0;
}

/// The row of a placed call, and what the platform's messages have made of it if they were faster.
Result<store::Call> tie(sql::Connection& db, const store::Owner& owner, const store::Call& call) {
  store::Calls calls(db, owner);
  if (auto tied = calls.set_platform_id(call.id, call.platform_id); !tied) {
    if (tied.error().kind != ErrorKind::conflict) return fail(tied);
    if (auto removed = remove_row(db, owner, call.id); !removed) return fail(removed);
  }
  return calls.upsert(call);
}

}  // namespace

Task<void> tie_placed_call(store::Store& store, std::string id, std::string platform_id,
                           std::optional<store::Owner> sender) {
  auto known =
      co_await store.read([platform_id](sql::Connection& db) { return store::owner_of_stored_call(db, platform_id); });
  if (!known) co_return fail(known);
  if (*known) co_return Result<void>{};
  co_return co_await store.write([id, platform_id, sender](sql::Connection& db) -> Result<void> {
    auto owner = store::owner_of_stored_call(db, id);
    if (!owner) return fail(owner);
    if (!*owner || (sender && *sender != **owner)) return {};
    auto tied = store::Calls(db, **owner).set_platform_id(id, platform_id);
    // Known under another id by now: then the one who placed it puts that right.
    if (!tied && tied.error().kind == ErrorKind::conflict) return {};
    return tied;
  });
}

Task<store::Call> CallDesk::place(store::Owner owner, CallWish wish, Deadline deadline) {
  Loop& loop = co_await this_loop();
  const AssistantParts& parts = assistants_.parts();
  auto read = co_await store_.read([owner, wish](sql::Connection& db) { return read_parties(db, owner, wish); });
  if (!read) co_return fail(read);

  store::Call call{.id = make_id(loop.random(), "call"), .direction = "outbound"};
  CallOrder order{.owner = owner, .phone_number = wish.phone_number, .metadata = wish.metadata};
  if (read->lead) order.customer_name = read->lead->name;
  const agent::AgentDefinition* agent = parts.agents.find(wish.agent);
  if (read->assistant) {
    auto assistant = co_await assistants_.bring_to_platform(owner, std::move(*read->assistant), deadline);
    if (!assistant) co_return fail(assistant);
    agent = parts.agents.find(assistant->agent);
    order.platform_assistant_id = assistant->platform_id;
    order.metadata["assistant_id"] = call.assistant_id = assistant->id;
    call.property_id = assistant->property_id;
  } else if (agent != nullptr) {
    order.assistant = assistant_config(*agent, parts.tools, parts.doorways, order.customer_name);
  }
  if (agent == nullptr) co_return fail(ErrorKind::not_found, "There is no agent for this call.");
  call.agent = agent->name;
  call.phone_number = wish.phone_number;
  call.lead_id = wish.lead_id;
  if (!wish.metadata.empty()) call.metadata = json::serialize(wish.metadata);
  call.created_at = loop.clock().utc_now();
  // The platform's messages bring this back; with it they find the call, the agent and the property.
  order.metadata[kPlacedCall] = call.id;
  order.metadata["agent"] = agent->name;
  if (!call.property_id.empty()) order.metadata["property_id"] = call.property_id;
  if (order.platform_assistant_id.empty()) order.assistant["metadata"] = order.metadata;

  // The row first: a telephone that rings for a call that nobody can store is called twice.
  auto begun =
      co_await store_.write([owner, call](sql::Connection& db) { return store::Calls(db, owner).upsert(call); });
  if (!begun) co_return fail(begun);
  auto placed = co_await assistants_.platform().place_call(std::move(order), deadline);
  if (!placed) {
    auto removed =
        co_await store_.write([owner, id = call.id](sql::Connection& db) { return remove_row(db, owner, id); });
    if (!removed) log_.error("call left behind", {{"id", call.id}, {"detail", removed.error().log_text()}});
    co_return fail(platform_failed(std::move(placed.error())));
  }
  call.platform_id = std::move(placed->platform_id);
  call.status = store::parse_call_status(placed->status).value_or(store::CallStatus::queued);
  auto stored = co_await store_.write([owner, call](sql::Connection& db) { return tie(db, owner, call); });
  if (stored) co_return stored;
  if (stored.error().kind == ErrorKind::cancelled) co_return fail(stored);
  // The telephone rings: whoever is told that this failed calls again. The next message ties the two.
  log_.error("placed call not tied", {.call_id = call.platform_id},
             {{"id", call.id}, {"detail", stored.error().log_text()}});
  co_return call;
}

Task<store::Call> CallDesk::end(store::Owner owner, std::string id, Deadline deadline) {
  auto found = co_await store_.read([owner, id](sql::Connection& db) { return store::Calls(db, owner).find_any(id); });
  if (!found) co_return fail(found);
  if (!*found) co_return fail(ErrorKind::not_found, fmt::format("There is no call '{}'.", id));
  store::Call call = std::move(**found);
  if (call.status == store::CallStatus::ended) co_return call;
  if (call.platform_id.empty())
    co_return fail(ErrorKind::conflict, "The telephone platform does not know this call: there is nothing to end.");
  auto ended = co_await assistants_.platform().end_call(owner, call.platform_id, deadline);
  if (!ended) co_return fail(platform_failed(std::move(ended.error())));
  co_return call;
}

}  // namespace offhook::call
