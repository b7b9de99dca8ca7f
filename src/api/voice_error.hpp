#pragma once

#include <string>

#include "api/services.hpp"
#include "http/message.hpp"

namespace offhook::api {

/// What a desk failed at, as an answer: a failure of the telephone platform's is 503 with type VoiceError and
/// details {"platform","status","message"}, status and message null when it gave none; everything else stays an error.
[[nodiscard]] Result<http::Response> answer_failure(const Services& services, const http::Request& request,
                                                    Error error);

/// The agent that speaks when nothing says which: OFFHOOK_AGENT, else leasing.
[[nodiscard]] std::string default_agent(const Services& services);

}  // namespace offhook::api
