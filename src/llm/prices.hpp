#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "llm/chat_model.hpp"

namespace offhook::llm {

/// What models cost, as the operator has written it down: prices change, and nothing here would notice.
class PriceTable {
 public:
  /// "gpt-4o-mini=0.15/0.60, gemini-2.5-flash=0.30/2.50": dollars for a million tokens read and written. Errors:
  /// invalid_argument naming the entry.
  [[nodiscard]] static Result<PriceTable> parse(std::string_view text);

  /// Dollars for an answer of `model`, by the longest entry that its name begins with (providers add dates to names);
  /// nullopt when there is none. The built-in model costs nothing.
  [[nodiscard]] std::optional<double> cost(std::string_view model, const Usage& usage) const;

 private:
  struct Price {
    std::string model;
    double read = 0;
    double written = 0;
  };
  std::vector<Price> prices_;
};

}  // namespace offhook::llm
