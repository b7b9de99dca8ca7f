#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "llm/chat_model.hpp"

namespace offhook::llm {

/// Hears that a model failed on a request and the next one is asked.
using OnFallback = std::function<void(const ChatModel& failed, const Trace& trace, const Error& error)>;

/// Asks the models in order until one gives its first event; what fails before that is never heard by
/// the caller. A failure after the first event comes out as it is. At least one model; none of them is
/// owned. A request that a provider finds invalid goes on too: the next may understand it.
[[nodiscard]] std::unique_ptr<ChatModel> make_fallback_model(std::vector<ChatModel*> chain,
                                                             OnFallback on_fallback = {});

}  // namespace offhook::llm
