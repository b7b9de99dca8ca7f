#pragma once

#include "agent/turn.hpp"
#include "api/services.hpp"
#include "http/message.hpp"

namespace offhook::api {

/// A chat-completions request, checked.
struct ChatCall {
  agent::TurnRequest turn;
  bool stream = false;
  bool include_usage = false;
  bool is_agent_named = false;  ///< by `model` or by the call, so that nobody else has to be looked for
};

/// Reads a chat-completions body: OpenAI's fields, checked, with Vapi's beside them (call, customer,
/// phoneNumber, metadata). Unknown fields are tolerated. Errors: invalid_argument with param and code.
/// `streams_by_default`: what an absent `stream` means. Source: OpenAI API reference, chat completions;
/// Vapi, custom LLM. Names the call in the request's trace. Who answers may then be looked for: choose_agent().
[[nodiscard]] Result<ChatCall> read_chat_request(const Services& services, http::Request& request,
                                                 bool streams_by_default);

/// The caller's number in one form, as the request or a marker in its messages has it; "" when neither does.
[[nodiscard]] std::string caller_of(const agent::TurnRequest& turn);

}  // namespace offhook::api
