#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "knowledge/parse/parsers.hpp"

namespace offhook::knowledge::parse {

/// The members of a zip file that `wants` names, by path. Errors: invalid_argument "encrypted", "corrupt"; too_large
/// when it unpacks to more than the limits have it, which is found out while it is unpacked.
[[nodiscard]] Result<std::map<std::string, std::string>> unpack(std::string_view bytes, const Limits& limits,
                                                                const std::function<bool(std::string_view)>& wants);

}  // namespace offhook::knowledge::parse
