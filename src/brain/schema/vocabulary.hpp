#pragma once

#include <set>
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

/// Does the text ask or tell to do something that cannot be undone by hanging up: book, pay, cancel, send?
[[nodiscard]] bool names_effect(const std::set<std::string>& concepts);

/// Words such as "the", "would", "please": in no name and no place.
[[nodiscard]] bool is_plain_word(std::string_view word);

}  // namespace offhook::brain::schema
