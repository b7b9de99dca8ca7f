#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace offhook {

/// RFC 3339 in UTC with milliseconds, e.g. "2026-03-02T15:00:00.000Z".
[[nodiscard]] std::string to_rfc3339(UtcTime time);

/// Reads RFC 3339 / ISO 8601 with "Z" or an offset; fractions of any length. nullopt when it is not one.
[[nodiscard]] std::optional<UtcTime> parse_rfc3339(std::string_view text);

/// IMF-fixdate as HTTP's Date header wants it (RFC 9110, 5.6.7).
[[nodiscard]] std::string to_http_date(UtcTime time);

}  // namespace offhook
