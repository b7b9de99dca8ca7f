#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "privacy/card_filter.hpp"
#include "privacy/digit_scan.hpp"
#include "privacy/json_text.hpp"
#include "privacy/national_ids.hpp"
#include "privacy/pattern_filter.hpp"

using namespace offhook;

namespace {

std::string filtered(std::string_view text, std::size_t piece) {
  privacy::CardFilter filter(privacy::Wording::written);
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += piece) out += filter.push(text.substr(at, piece));
  return out + filter.finish();
}

std::string hidden(std::string_view text, std::size_t piece) {
  privacy::PatternFilter filter(privacy::hidden_patterns());
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += piece) out += filter.push(text.substr(at, piece));
  return out + filter.finish();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  const std::string whole = filtered(text, text.size() + 1);
  if (filtered(text, 1 + data[0] % 16) != whole) std::abort();
  // What the quick look waves through is what the filter leaves alone.
  if (!privacy::scan_digits(text).may_hold_card() && whole != text) std::abort();
  if (privacy::redact_cards(text) != whole) std::abort();
  (void)privacy::redact_json_text(text);
  if (hidden(text, 1 + data[0] % 16) != hidden(text, text.size() + 1)) std::abort();
  (void)privacy::hide_in_json(text, privacy::hidden_patterns());
  // The same bytes as a pattern of an agent's file: refused or not, but never without an end.
  if (const auto pattern = privacy::TextPattern::parse(text.substr(0, 100))) {
    const privacy::HiddenPattern one{.name = "fuzzed", .pattern = *pattern};
    (void)privacy::hide(text, {&one});
  }
  return 0;
}
