#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "tools/tool.hpp"

namespace offhook::tools {

/// A result with ok = true.
[[nodiscard]] ToolResult success(std::string speakable, json::object data);
/// A refusal: `error` is its machine-readable kind, `details` go beside it in the data.
[[nodiscard]] ToolResult refusal(std::string_view error, std::string speakable, json::object details = {});

/// "Sorry, I didn't catch the date.": an argument that is missing (error "missing_argument") or cannot be
/// read ("invalid_argument"); `expected` says to the model what would do.
[[nodiscard]] ToolResult missing_argument(std::string_view field);
[[nodiscard]] ToolResult invalid_argument(std::string_view field, std::string_view expected);

/// Our own failure, put so that a caller can hear it; the error's text goes into the log member only.
[[nodiscard]] ToolResult apology(const Error& error);

/// Takes card numbers out of what is said and out of the data. Every result passes here before it is journalled, said
/// or sent, whoever it comes from.
void redact_cards(ToolResult& result);

/// {"ok","speakable", …data}: what the model reads, one line of JSON.
[[nodiscard]] std::string to_model_text(const ToolResult& result);

/// How the journal keeps a result, and back. Errors: internal (not a result that we wrote).
[[nodiscard]] std::string to_journal_text(const ToolResult& result);
[[nodiscard]] Result<ToolResult> from_journal_text(std::string_view text);

}  // namespace offhook::tools
