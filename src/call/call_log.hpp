#pragma once

#include <optional>
#include <string>

#include "agent/agent_book.hpp"
#include "async/task.hpp"
#include "store/calls.hpp"
#include "store/owners.hpp"
#include "store/store.hpp"
#include "store/webhook_events.hpp"
#include "vendors/vapi/server_message.hpp"

namespace offhook::call {

/// A server message on its way into the database.
struct Delivery {
  vapi::ServerMessage message;
  std::string verified;  ///< how the sender proved itself
  std::string answer;    ///< what we are going to answer, to be given again to a repeated delivery; empty:
                         ///< a plain acknowledgement, or an answer that holds secrets and is made anew
  const agent::AgentDefinition* agent = nullptr;  ///< whose call it is; null when nothing says
  std::optional<store::Owner> owner;              ///< of which account; unset: that of the call, found in the database
};

/// What became of it.
struct Recorded {
  bool is_new = true;            ///< false: this very message was stored before
  std::string answer;            ///< the kept answer: the first delivery's for a repeated one; may be empty
  std::string call_id;           ///< our id of the call; empty when the message belongs to none
  bool processed = true;         ///< false: stored, but its content made no sense
  std::string recording_status;  ///< where the call's recording has to be now; empty: nothing is said about it
};

/// Stores the message and what it says about its call, in one transaction: when this has succeeded both
/// are on disk, when not neither is. A repeated delivery changes nothing. The order of deliveries does
/// not matter: a late status never reopens an ended call. Errors: unavailable, internal (then nothing
/// is stored and the sender should try again).
Task<Recorded> record_delivery(store::Store& store, Delivery delivery);

/// The answer that an earlier delivery of this message was given; empty when there is none, or when nothing
/// tells this message from another one like it (then a tool runs again, and the database's constraints guard).
Task<std::string> earlier_answer(store::Store& store, store::Owner owner, const vapi::ServerMessage& message);

/// What a message says about the account that its call belongs to.
[[nodiscard]] store::CallClues clues_of(const vapi::ServerMessage& message, const agent::AgentDefinition* agent);

/// The account that a message is for, when its sender is none by themselves.
Task<store::Owner> owner_of(store::Store& store, const vapi::ServerMessage& message,
                            const agent::AgentDefinition* agent);

/// Whose call a message is about: by dialled number, then by assistant (its id or name is an agent's),
/// else nullptr.
[[nodiscard]] const agent::AgentDefinition* agent_of(const agent::AgentBook& agents,
                                                     const vapi::ServerMessage& message);

}  // namespace offhook::call
