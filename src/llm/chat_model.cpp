#include "llm/chat_model.hpp"

namespace offhook::llm {

int estimate_tokens(std::string_view text) { return static_cast<int>((text.size() + 3) / 4); }

}  // namespace offhook::llm
