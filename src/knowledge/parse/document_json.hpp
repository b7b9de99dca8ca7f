#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "knowledge/document.hpp"

/// What `offhook-parse` writes and the server reads: one JSON object,
/// {"title","pages","blocks":[[kind,level,page,text],…]} or {"error":{"kind","code","message"}}.
namespace offhook::knowledge::parse {

[[nodiscard]] std::string to_json_text(const Result<ParsedDocument>& document);
/// Errors: those that were written; internal when it is no such text.
[[nodiscard]] Result<ParsedDocument> from_json_text(std::string_view text);

}  // namespace offhook::knowledge::parse
