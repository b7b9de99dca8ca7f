#pragma once

#include <optional>

#include "brain/state.hpp"

namespace offhook::brain::schema {

/// The next move in a conversation over tools that no flow of the dialogue knows: the tool is chosen by what the caller
/// says, its required arguments are asked for, what it changes is confirmed first, its result is spoken. Worked out
/// from the messages alone; calls that a platform left out of its history count as made when our words went on from
/// them.
///
/// nullopt: the caller's last words are no business of these tools (a greeting, a goodbye, a wish for a person, small
/// talk, nothing that fits), so the dialogue answers. `Move::after` is not filled but for the number of calls.
[[nodiscard]] std::optional<Move> next_move(std::span<const llm::Message> messages, const Situation& situation);

}  // namespace offhook::brain::schema
