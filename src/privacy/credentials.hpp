#pragma once

#include <string_view>

#include "json/json.hpp"

namespace offhook::privacy {

/// Is this the name of a member that holds a credential? Case, "_", "-", "." and blanks do not matter.
[[nodiscard]] bool names_a_credential(std::string_view key);

/// Is this text a credential by its looks: "Bearer …", "Basic …", "sk-…", a private key?
[[nodiscard]] bool looks_like_credential(std::string_view text);

/// Removes every member that holds a credential, at any depth: in arrays, in lists of headers ({"name":
/// "Authorization", "value": …}), and in texts that are JSON themselves. A credential under another name becomes
/// "[removed]". Within the `arguments` and `parameters` of tools a name says nothing, and only values are judged by
/// their looks. Everything else stays byte for byte.
void drop_credentials(json::value& value);

}  // namespace offhook::privacy
