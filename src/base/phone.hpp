#pragma once

#include <string>
#include <string_view>

namespace offhook {

/// E.164 form of `number` as dialled in `region` (ISO 3166-1 alpha-2, e.g. "US", "IN"), e.g.
/// "9876543210" in "IN" gives "+919876543210". A number that cannot be a phone number is kept as given
/// (trimmed): a number is never refused for being unassigned. Thread-safe.
[[nodiscard]] std::string normalize_phone(std::string_view number, std::string_view region);

}  // namespace offhook
