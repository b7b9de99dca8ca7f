#pragma once

#include <optional>
#include <string_view>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "net/http_client.hpp"

namespace offhook::llm {

/// What an HTTP status of a model provider means to us. 400, 413, 422: invalid_argument; 401, 402, 403:
/// unauthorized; 404: not_found; 408, 504: timeout; 429: rate_limited; 409, 424, 5xx: unavailable; else bad_gateway.
[[nodiscard]] ErrorKind kind_of_status(int status);

/// How long the provider asks us to stay away, rounded up, at most a day: retry-after-ms, else Retry-After in seconds
/// (with a fraction, too) or as an HTTP date (RFC 9110, 10.2.3).
[[nodiscard]] std::optional<std::chrono::seconds> retry_after_of(const net::ResponseHead& head, UtcTime now);

/// Seconds as a whole number of them, rounded up; nothing for negative or absurd ones.
[[nodiscard]] std::optional<std::chrono::seconds> whole_seconds(double seconds);

/// An answer that is no success, as an error of ours: kind by status, Retry-After kept, and for the log the status,
/// the provider's request id and the beginning of its text. No word of it is for the client.
[[nodiscard]] Error error_of(const net::ResponseHead& head, std::string_view body, UtcTime now);

}  // namespace offhook::llm
