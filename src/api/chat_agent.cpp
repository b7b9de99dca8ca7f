#include "api/chat_agent.hpp"

#include "async/cancel.hpp"
#include "call/call_setup.hpp"
#include "store/owners.hpp"

namespace offhook::api {

Task<ChatCall> choose_agent(const Services& services, ChatCall call) {
  const store::CallClues& clues = call.turn.clues;
  if (call.is_agent_named || (clues.assistant_id.empty() && clues.dialled_number.empty())) co_return call;
  const Deadline patience = Deadline::after(services.clock, kWhoAnswersPatience).sooner(call.turn.deadline);
  auto work = [owner = call.turn.owner, clues](sql::Connection& db) -> Result<call::CallSetup> {
    auto whose = owner ? Result<store::Owner>(*owner) : store::owner_of_call(db, clues);
    if (!whose) return fail(whose);
    return call::find_call_setup(db, *whose, clues.assistant_id, clues.dialled_number);
  };
  auto setup = co_await with_deadline(patience, services.turns.store.read(std::move(work)));
  if (!setup && setup.error().kind == ErrorKind::cancelled) co_return fail(setup);
  if (!setup) {
    services.turns.log.warning("assistant not looked up", call.turn.trace, {{"detail", setup.error().log_text()}});
    co_return call;
  }
  std::string property = setup->property_id;
  if (setup->assistant) {
    if (const auto* agent = services.agents.find(setup->assistant->agent)) call.turn.agent = agent;
    if (!setup->assistant->property_id.empty()) property = setup->assistant->property_id;
  }
  if (call.turn.property_id.empty()) call.turn.property_id = std::move(property);
  co_return call;
}

}  // namespace offhook::api
