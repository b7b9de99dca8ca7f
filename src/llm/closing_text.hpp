#pragma once

#include <string>
#include <string_view>

namespace offhook::llm {

/// What ends an answer that its model broke off after `said`, so that the caller has heard whole sentences and knows
/// that it is their turn: to be said right after it. language: ISO 639-1, a region behind it is passed over ("pt-BR");
/// unknown ones get English.
[[nodiscard]] std::string closing_text(std::string_view said, std::string_view language);

/// "I'm sorry, I lost my train of thought. Could you say that again?": a whole sentence that hands the turn back, in
/// the same languages.
[[nodiscard]] std::string_view lost_thread_text(std::string_view language);

}  // namespace offhook::llm
