#include "call/call_desk.hpp"

#include <fmt/format.h>

#include "async/loop.hpp"
#include "base/random.hpp"
#include "store/leads.hpp"

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

}  // namespace

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
  // The platform's messages bring this back; with it they find the agent and the property.
  order.metadata["agent"] = agent->name;
  if (!call.property_id.empty()) order.metadata["property_id"] = call.property_id;
  if (order.platform_assistant_id.empty()) order.assistant["metadata"] = order.metadata;

  auto placed = co_await assistants_.platform().place_call(std::move(order), deadline);
  if (!placed) co_return fail(platform_failed(std::move(placed.error())));
  call.platform_id = std::move(placed->platform_id);
  call.status = store::parse_call_status(placed->status).value_or(store::CallStatus::queued);
  call.phone_number = wish.phone_number;
  call.lead_id = wish.lead_id;
  if (!wish.metadata.empty()) call.metadata = json::serialize(wish.metadata);
  call.created_at = loop.clock().utc_now();
  // The platform's first message may have been stored already: the two are merged.
  co_return co_await store_.write([owner, call](sql::Connection& db) { return store::Calls(db, owner).upsert(call); });
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
