#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "brain/extract/lexicon.hpp"

namespace offhook::brain::extract {

/// An amount of money.
struct MoneyFound {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::optional<double> amount;  ///< none: a currency alone ("dollar")
  std::string_view currency;     ///< its English name: "Dollar", "Japanese yen"; static
  std::string_view iso;          ///< ISO 4217; empty where the name leaves it open ("Dollar", "Pound")
};

/// "$ 75 million", "12,000 rupees", "USD115.5", "thirteen dollars and forty-five cents", "35 lakh rupees".
[[nodiscard]] std::vector<MoneyFound> find_money(const Pieces& pieces);

}  // namespace offhook::brain::extract
