#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace offhook::crypto {

/// Are both the same? Takes a time that depends on the lengths only, not on where they differ; so it is
/// the one way to compare secrets, signatures and second factors.
[[nodiscard]] bool equal_in_constant_time(std::string_view a, std::string_view b);

/// Bytes from the operating system's random generator, fit for keys.
[[nodiscard]] std::string random_bytes(std::size_t count);

/// A fresh secret such as "ok_3f9a…": the prefix and `bytes` random bytes in hex.
[[nodiscard]] std::string random_token(std::string_view prefix, std::size_t bytes = 32);

}  // namespace offhook::crypto
