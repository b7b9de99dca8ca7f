#pragma once

#include <string_view>

#include "json/json.hpp"

namespace offhook::vapi {

/// Is this the name of a member that holds a credential? Case, "_" and "-" do not matter.
[[nodiscard]] bool names_a_credential(std::string_view key);

/// Removes every member that holds a credential, at any depth, also inside tool arguments that are JSON
/// text. Payloads carry the organisation's phone number with its carrier's token, and tools with the
/// secrets of their servers; nothing of that may be stored or logged.
void redact(json::value& value);

}  // namespace offhook::vapi
