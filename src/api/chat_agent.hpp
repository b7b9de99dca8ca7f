#pragma once

#include "api/chat_request.hpp"

namespace offhook::api {

/// How long a turn waits to learn who answers; then the request's own words decide.
inline constexpr Duration kWhoAnswersPatience = std::chrono::seconds(1);

/// Where neither `model` nor the call names an agent, asks the database who was set up for the call: the stored
/// assistant that it names, else that of the property whose number was dialled, as for an assistant-request. Its agent
/// answers, for its property. What the database does not know, or not in time, leaves the call as it was read.
/// Fails with ErrorKind::cancelled only.
Task<ChatCall> choose_agent(const Services& services, ChatCall call);

}  // namespace offhook::api
