#include "llm/prices.hpp"

#include <charconv>
#include <cmath>
#include <utility>

#include "base/text.hpp"

namespace offhook::llm {
namespace {

constexpr double kTokensOfAPrice = 1e6;
/// No model costs more; a larger number is a mistake.
constexpr double kHighestPrice = 100'000;

std::optional<double> read_price(std::string_view text) {
  text = trim(text);
  double value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (fault != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return std::isfinite(value) && value >= 0 && value <= kHighestPrice ? std::optional(value) : std::nullopt;
}

}  // namespace

Result<PriceTable> PriceTable::parse(std::string_view text) {
  PriceTable table;
  if (trim(text).empty()) return table;
  for (const auto entry : split(text, ',')) {
    const auto equals = entry.rfind('=');
    const auto prices =
        equals == std::string_view::npos ? std::vector<std::string_view>{} : split(entry.substr(equals + 1), '/');
    const auto model = trim(entry.substr(0, equals == std::string_view::npos ? 0 : equals));
    const auto read = prices.size() == 2 ? read_price(prices[0]) : std::nullopt;
    const auto written = prices.size() == 2 ? read_price(prices[1]) : std::nullopt;
    if (model.empty() || !read || !written) {
      return fail(ErrorKind::invalid_argument,
                  "must be MODEL=READ/WRITTEN, dollars for a million tokens, not '" + std::string(trim(entry)) + "'");
    }
    table.prices_.push_back({.model = std::string(model), .read = *read, .written = *written});
  }
  return table;
}

std::optional<double> PriceTable::cost(std::string_view model, const Usage& usage) const {
  if (model == "brain") return 0.0;
  const Price* best = nullptr;
  for (const auto& price : prices_) {
    if (model.starts_with(price.model) && (best == nullptr || price.model.size() > best->model.size())) best = &price;
  }
  if (best == nullptr) return std::nullopt;
  return (usage.prompt_tokens * best->read + usage.completion_tokens * best->written) / kTokensOfAPrice;
}

}  // namespace offhook::llm
