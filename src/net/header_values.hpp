#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::net {

/// What a Retry-After header asks for, as seconds; nullopt when it is absent, a date, or no number that may be waited
/// for. Source: RFC 9110, section 10.2.3.
[[nodiscard]] std::optional<std::chrono::seconds> retry_after(std::string_view value);

/// The media type of a Content-Type header, without parameters and in lower case; "" when it is absent.
[[nodiscard]] std::string media_type(std::string_view content_type);

}  // namespace offhook::net
