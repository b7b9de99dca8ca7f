#pragma once

#include <memory>

#include "llm/chat_model.hpp"

namespace offhook::llm {

/// A model whose answers keep `stop` and `max_tokens` of the request, for models that do not look at them: the text
/// ends before the first stop text, also one that comes in pieces (finish reason stop), or after about max_tokens
/// tokens (estimate_tokens(); finish reason length). `inner` must outlive it.
[[nodiscard]] std::unique_ptr<ChatModel> make_bounded_model(ChatModel& inner);

}  // namespace offhook::llm
