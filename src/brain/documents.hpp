#pragma once

#include <optional>
#include <span>
#include <string>

#include "brain/state.hpp"

namespace offhook::brain {

/// The tool that documents are searched with.
inline constexpr std::string_view kSearchDocuments = "search_documents";

/// The caller's last words, when they are a question that `move` would meet with a set answer or with not having
/// understood, and documents can be searched: then they are looked up first. nullopt: `move` stands.
[[nodiscard]] std::optional<std::string> question_to_look_up(std::span<const llm::Message> messages, const State& state,
                                                             const Situation& situation, const Move& move);

/// What a search at the end of the conversation has given, and the conversation without it. nullopt: there is none.
struct LookedUp {
  bool is_found = false;
  std::string speakable;
  std::span<const llm::Message> before;
};
[[nodiscard]] std::optional<LookedUp> looked_up(std::span<const llm::Message> messages);

/// The move after a search: what was found, then the question that `move` (made without the search) ends with; what was
/// not found leaves a set answer as it is, and is owned up to otherwise.
[[nodiscard]] Move answer_from_documents(const LookedUp& found, const State& state, Move move);

}  // namespace offhook::brain
