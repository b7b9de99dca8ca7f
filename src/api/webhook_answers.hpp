#pragma once

#include "api/services.hpp"
#include "vendors/vapi/server_message.hpp"

/// The answers to server messages that ask something, tools apart.
namespace offhook::api {

/// An answer, and whether it is the last word: an apology for a failure of ours is not, since the same
/// message sent again may find the tool done, and what holds secrets is made anew rather than kept.
struct Answer {
  std::string text;
  bool is_final = true;
};

/// How long the record of a question may hold its answer back: the platform waits 7.5 s for an assistant
/// (Vapi, assistant-request), and a caller who hears silence hangs up.
constexpr Duration kQuestionPatience = std::chrono::seconds(2);

/// The assistant for an inbound call of the owner's: a stored one, by the id that the message names or the property
/// whose number was dialled; else the agent's, for the property whose number was dialled, greeting a
/// known caller by name. What the database cannot say in time is left out; an answer always comes.
Task<Answer> choose_assistant(const Services& services, const vapi::ServerMessage& message,
                              const agent::AgentDefinition& agent, store::Owner owner);

/// The passages of the owner's documents for what the caller said last, as a custom knowledge base gives them: those of
/// the call's assistant when it was given some. No documents, and whatever goes wrong, is an empty list.
/// Source: Vapi, custom knowledge base.
Task<Answer> answer_from_documents(const Services& services, const vapi::ServerMessage& message,
                                   const agent::AgentDefinition& agent, store::Owner owner);

/// Where to transfer a caller who wants a person: the agent's number, or a sentence that nobody is free.
[[nodiscard]] std::string transfer_destination(const agent::AgentDefinition& agent);

/// The assistant that takes over: the agent that the model named in its arguments.
[[nodiscard]] Answer handoff_destination(const Services& services, const vapi::ServerMessage& message);

/// How long to wait before the caller's turn is over.
[[nodiscard]] std::string endpointing(const vapi::ServerMessage& message);

}  // namespace offhook::api
