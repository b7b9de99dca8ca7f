#include "tools/journal_key.hpp"

#include <fmt/format.h>

#include "crypto/hash.hpp"
#include "tools/arguments.hpp"

namespace offhook::tools {

std::optional<JournalKey> journal_key(const ToolContext& context, std::string_view tool,
                                      const json::object& arguments) {
  // Sizes stand before the ids, so that no two different pairs give one text.
  if (!context.call_id.empty() && !context.tool_call_id.empty()) {
    return JournalKey{
        .text = fmt::format("call/{}:{}/id/{}", context.call_id.size(), context.call_id, context.tool_call_id),
        .issued_by_platform = true};
  }
  const auto what =
      fmt::format("{}/{}/{}", tool, crypto::sha256_hex(canonical_text(json::value(arguments))), context.ordinal);
  if (!context.call_id.empty()) {
    return JournalKey{.text = fmt::format("call/{}:{}/{}", context.call_id.size(), context.call_id, what)};
  }
  const auto& scope = context.journal_scope.empty() ? context.tool_call_id : context.journal_scope;
  if (scope.empty()) return std::nullopt;
  return JournalKey{.text = fmt::format("request/{}/{}", crypto::sha256_hex(scope), what),
                    .expires_at = context.now + kCallLessLifetime};
}

}  // namespace offhook::tools
