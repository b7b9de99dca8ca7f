#pragma once

#include <string>

#include "brain/state.hpp"
#include "llm/chat_model.hpp"

namespace offhook::brain {

/// An answer as JSON, for a request that demands it. For json_object: {"answer": what would have been said}. For a
/// json_schema each property is filled with what the conversation has told: the slot of the same name, else what the
/// caller said that fits its type and name; `answer`, `reply`, `message` and the like hold the words. What is not known
/// is null or left out where the schema allows that. Errors: invalid_argument naming a property that must be filled and
/// cannot be. Pure.
[[nodiscard]] Result<std::string> structured_answer(const llm::ChatRequest& request, const Situation& situation,
                                                    const Move& move);

}  // namespace offhook::brain
