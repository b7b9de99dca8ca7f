#pragma once

#include <string>
#include <string_view>

#include "llm/chat_model.hpp"

namespace offhook::llm {

/// What two requests have in common when the same answer will do for both: a hash of agent, model, conversation, tools
/// the version of the documents and everything else that shapes the
/// answer. Left out are who asks and who calls, the log's ids, the seed, and the time of day that
/// the agent's prompt tells ("It is Monday 2026-03-02, 14:05 in …"; the date counts).
[[nodiscard]] std::string request_key(const ChatRequest& request);

/// The same for a conversation as it is heard: in what users say, white space and the case of ASCII letters make no
/// difference.
[[nodiscard]] std::string heard_key(ChatRequest request);

/// May this text hold what is somebody's own: an e-mail address, or four digits or more in one go, in figures or words
/// (a telephone or card number, the end of one, a date of birth)? Takes too much for personal rather than too little.
[[nodiscard]] bool may_be_personal(std::string_view text);

}  // namespace offhook::llm
