#pragma once

#include <filesystem>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace offhook::auth {

/// The key for tokens that nobody set: read from `path`, which is made with 256 random bits (in hex) on first
/// use and readable by its owner only. Two programs that start at once agree on one key. Errors: unavailable
/// with a sentence for the user (the file cannot be made, read, or is not such a key).
[[nodiscard]] Result<Secret> keep_token_key(const std::filesystem::path& path);

}  // namespace offhook::auth
