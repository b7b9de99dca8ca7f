#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "tools/tool.hpp"

namespace offhook::tools {

/// What names one effect, so that it happens once.
struct JournalKey {
  std::string text;
  bool issued_by_platform = false;
  std::optional<UtcTime> expires_at;
};

/// How long an effect outside a call is remembered.
inline constexpr std::chrono::minutes kCallLessLifetime{10};

/// The key of a tool call: (call, tool-call id) when the platform issued the id; else (call, tool, hash
/// of the arguments, ordinal in the turn); outside a call (journal scope or tool-call id, tool, hash,
/// ordinal), which expires. nullopt when nothing names it. `arguments` are the checked ones.
[[nodiscard]] std::optional<JournalKey> journal_key(const ToolContext& context, std::string_view tool,
                                                    const json::object& arguments);

}  // namespace offhook::tools
