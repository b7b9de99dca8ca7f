#pragma once

#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "brain/words.hpp"

namespace offhook::brain::schema {

/// The words of an identifier: "GetAvailableTime" and "get_available_time" give "get", "available", "time".
[[nodiscard]] std::vector<std::string> split_identifier(std::string_view name);

/// What a word stands for, so that a caller's words meet a schema's: "flat" and "apartment" share a concept, "schedule"
/// has two ("book", "add"). A word of no group stands for its stem; words that say nothing have none.
[[nodiscard]] std::vector<std::string> concepts_of(std::string_view word);

/// Of all words of a text.
[[nodiscard]] std::set<std::string> concepts_in(std::string_view text);
[[nodiscard]] std::set<std::string> concepts_in(const Tokens& tokens);

/// Does a word tell to do something that cannot be undone by hanging up: book, pay, cancel, send?
[[nodiscard]] bool is_effect_verb(std::string_view word);

/// Do the words of a tool's name say that it only looks something up ("get", "order", "status")?
[[nodiscard]] bool names_look_up(std::span<const std::string> words);

/// Words such as "the", "would", "please": in no name and no place.
[[nodiscard]] bool is_plain_word(std::string_view word);

}  // namespace offhook::brain::schema
