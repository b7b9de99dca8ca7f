#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "json/json.hpp"

namespace offhook::privacy {

/// Takes card numbers out of every text and number of a JSON value, at any depth, also out of texts that are JSON
/// themselves. Lists of messages ({"role", "message" or "content"}) and transcripts in one text are read as
/// conversations: see redact_conversation(), whose result comes out. Ids stay what they are.
std::vector<std::string> redact_cards(json::value& value);

/// The same for JSON as text (tool arguments and results); a text that is no JSON is redacted as a sentence.
[[nodiscard]] std::string redact_json_text(std::string_view text);

/// Takes the parts of `cards` out of every text of a JSON value, and out of the texts and numbers of texts that are
/// JSON themselves: see redact_card_parts(). Returns whether there were any.
bool redact_card_parts(json::value& value, const std::vector<std::string>& cards);
/// The same for JSON as text; a text that is no JSON is taken as a sentence.
[[nodiscard]] std::string redact_parts_in_json_text(std::string_view text, const std::vector<std::string>& cards);

}  // namespace offhook::privacy
