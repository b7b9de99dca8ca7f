#pragma once

#include <string>
#include <vector>

#include "json/json.hpp"

namespace offhook::vapi {

/// What is done to a server message at the door, before anybody reads it: members that hold credentials go
/// (payloads carry the organisation's phone number with its carrier's token, and tools with the secrets of their
/// servers), and card numbers are taken out of everything that was said. Returns the digits of card numbers that
/// were said over several turns: see privacy::redact_conversation().
std::vector<std::string> redact(json::value& value);

}  // namespace offhook::vapi
