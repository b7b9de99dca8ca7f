#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace offhook::sql {

/// PostgreSQL's TEXT takes valid UTF-8 without U+0000 only, SQLite's takes any bytes, and callers send any. So a
/// byte that PostgreSQL refuses is stored as the private character U+10FE00 + byte, and comes back as the byte.
/// Such a character in the text itself is stored byte by byte, so that no two texts become the same one.

/// What to store in place of `text`; nullopt when it can be stored as it is, as nearly all texts can. Pure.
[[nodiscard]] std::optional<std::string> to_storable(std::string_view text);

/// What `stored` stands for; nullopt when it stands for itself. Pure.
[[nodiscard]] std::optional<std::string> from_storable(std::string_view stored);

}  // namespace offhook::sql
