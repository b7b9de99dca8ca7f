#pragma once

#include <string>
#include <string_view>

namespace offhook::agent {

/// What a caller hears while a tool takes its time, with a blank after it: "One moment, please. " in the language of
/// ISO 639-1 code `language`, English when there is none in it.
[[nodiscard]] std::string filler_text(std::string_view language);

}  // namespace offhook::agent
