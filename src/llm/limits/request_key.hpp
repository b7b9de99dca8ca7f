#pragma once

#include <string>

#include "llm/chat_model.hpp"

namespace offhook::llm {

/// What two requests have in common when the same answer will do for both: a hash of agent, model, conversation, tools
/// and everything else that shapes the answer. Left out are who asks, the log's ids, the seed, and the time of day that
/// the agent's prompt tells ("It is Monday 2026-03-02, 14:05 in …"; the date counts).
[[nodiscard]] std::string request_key(const ChatRequest& request);

/// The same for a conversation as it is heard: in what users say, white space and the case of ASCII letters make no
/// difference.
[[nodiscard]] std::string heard_key(ChatRequest request);

/// Does nothing in it belong to one caller: no number, no call, no tool's result?
[[nodiscard]] bool is_anonymous(const ChatRequest& request);

}  // namespace offhook::llm
