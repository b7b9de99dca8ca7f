#include "api/webhook_answers.hpp"

#include "async/cancel.hpp"
#include "async/loop.hpp"
#include "base/phone.hpp"
#include "base/text.hpp"
#include "call/call_setup.hpp"
#include "call/endpointing.hpp"
#include "knowledge/follow_up.hpp"
#include "store/leads.hpp"
#include "vendors/vapi/responses.hpp"

namespace offhook::api {
namespace {

constexpr Duration kLookupPatience = std::chrono::seconds(1);

/// What the database knows about an inbound call.
struct Known {
  std::string caller_name;
  call::CallSetup setup;
};

Result<Known> look_up(sql::Connection& db, const store::Owner& owner, const std::string& caller,
                      const std::string& dialled, const std::string& assistant_id) {
  Known known;
  if (!caller.empty()) {
    auto lead = store::Leads(db, owner).find_by_phone(caller);
    if (!lead) return fail(lead);
    if (*lead) known.caller_name = (*lead)->name;
  }
  auto setup = call::find_call_setup(db, owner, assistant_id, dialled);
  if (!setup) return fail(setup);
  known.setup = std::move(*setup);
  return known;
}

std::string normalized(const std::string& number, const agent::AgentDefinition& agent) {
  return number.empty() ? std::string() : normalize_phone(number, agent.region);
}

}  // namespace

Task<Answer> choose_assistant(const Services& services, const vapi::ServerMessage& message,
                              const agent::AgentDefinition& agent, store::Owner owner) {
  Loop& loop = co_await this_loop();
  std::string caller = normalized(message.customer_number, agent);
  std::string dialled = normalized(message.dialled_number, agent);
  auto known = co_await with_deadline(
      Deadline::after(loop.clock(), kLookupPatience),
      services.turns.store.read([owner = std::move(owner), caller = std::move(caller), dialled = std::move(dialled),
                                 assistant_id = message.assistant_id](sql::Connection& db) {
        return look_up(db, owner, caller, dialled, assistant_id);
      }));
  if (!known) {
    const Trace trace{.call_id = message.platform_call_id};
    services.turns.log.warning("caller not looked up", trace, {{"detail", known.error().log_text()}});
    known = Known{};
  }
  if (known->setup.assistant) {
    auto stored = call::configuration_of(*known->setup.assistant, services.assistants.parts());
    if (stored) {
      co_return Answer{.text = vapi::assistant_answer(vapi::InlineAssistant{std::move(*stored)}), .is_final = false};
    }
    services.turns.log.error("stored assistant not usable", {.call_id = message.platform_call_id},
                             {{"detail", stored.error().log_text()}});
  }
  json::object configuration =
      call::assistant_config(agent, services.turns.tools, services.doorways, known->caller_name);
  const std::string& property = known->setup.property_id.empty() ? agent.property_id : known->setup.property_id;
  if (!property.empty()) configuration["metadata"].as_object()["property_id"] = property;
  co_return Answer{.text = vapi::assistant_answer(vapi::InlineAssistant{std::move(configuration)}), .is_final = false};
}

Task<Answer> answer_from_documents(const Services& services, const vapi::ServerMessage& message,
                                   const agent::AgentDefinition& agent, store::Owner owner) {
  std::vector<std::string> said;
  for (const auto& entry : message.messages) {
    if (entry.role == "user" && !trim(entry.text).empty()) said.push_back(entry.text);
  }
  Answer nothing{R"({"documents":[]})"};
  if (said.empty() || services.turns.documents == nullptr) co_return nothing;
  tools::DocumentQuestion question{
      .text = knowledge::complete_question(said.back(), std::span(said).first(said.size() - 1)),
      .owner = owner,
      .agent = agent.name,
      .documents = {}};
  auto work = [search = services.turns.documents, question,
               assistant = message.assistant_id](sql::Connection& db) mutable {
    auto documents = tools::documents_of_assistant(db, question.owner, assistant);
    if (!documents) return Result<tools::DocumentAnswer>(fail(documents));
    question.documents = std::move(*documents);
    return search->answer(db, question);
  };
  const Deadline patience = Deadline::after(services.clock, kQuestionPatience);
  auto answer = co_await with_deadline(patience, services.turns.store.read(std::move(work)));
  if (!answer && answer.error().kind == ErrorKind::cancelled) co_return fail(answer);
  if (!answer) {
    services.turns.log.warning("documents not searched", {{"detail", answer.error().log_text()}});
    co_return nothing;
  }
  json::array documents;
  for (const auto& passage : answer->passages) {
    json::object document{{"content", passage.at("text")}, {"similarity", passage.at("score")}};
    document["uuid"] = passage.at("document_id");
    documents.push_back(std::move(document));
  }
  co_return Answer{json::serialize(json::object{{"documents", std::move(documents)}})};
}

std::string transfer_destination(const agent::AgentDefinition& agent) {
  if (agent.transfer_number.empty()) return vapi::transfer_refusal("Nobody is free to take the call right now.");
  return vapi::transfer_answer({.number = agent.transfer_number, .message = agent.transfer_message});
}

Answer handoff_destination(const Services& services, const vapi::ServerMessage& message) {
  const auto* parameters = find(message.raw, "parameters");
  if (parameters != nullptr && parameters->is_object()) {
    for (const auto& argument : parameters->get_object()) {
      if (!argument.value().is_string()) continue;
      const std::string wanted = to_lower(to_std_string(argument.value()));
      for (const auto& agent : services.agents.all()) {
        if (wanted != agent.name && wanted != to_lower(agent.title)) continue;
        auto configuration = call::assistant_config(agent, services.turns.tools, services.doorways, "");
        return {.text = vapi::handoff_answer(vapi::InlineAssistant{std::move(configuration)}), .is_final = false};
      }
    }
  }
  return {.text = vapi::handoff_refusal("There is no other assistant to hand over to.")};
}

std::string endpointing(const vapi::ServerMessage& message) {
  std::string_view said;
  for (const auto& entry : message.messages) {
    if (entry.role == "user") said = entry.text;
  }
  return vapi::endpointing_answer(std::chrono::duration<double>(call::silence_before_answer(said)).count());
}

}  // namespace offhook::api
