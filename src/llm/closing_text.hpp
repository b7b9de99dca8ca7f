#pragma once

#include <string>
#include <string_view>

namespace offhook::llm {

/// What ends an answer that its model broke off after `said`, so that the caller has heard whole sentences and knows
/// that it is their turn: to be said right after it. language: ISO 639-1, a region behind it is passed over ("pt-BR");
/// unknown ones get English.
[[nodiscard]] std::string closing_text(std::string_view said, std::string_view language);

}  // namespace offhook::llm
