#include "knowledge/follow_up.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "knowledge/terms.hpp"

namespace offhook::knowledge {
namespace {

constexpr std::size_t kFew = 2;  // words that tell something
/// Earlier questions that are looked at for one that stands by itself.
constexpr std::size_t kLooksBack = 3;

constexpr std::array<std::string_view, 18> kGoesOn{
    "and ", "what about", "how about",      "what if",     "also ",        "or ",    "und ",   "et ", "y ",
    "e ",   "en ",        "wie ist es mit", "was ist mit", "qu'en est-il", "y para", "a co z", "а ",  "ve "};

std::size_t telling_words(std::string_view text) {
  Analyser analyser(detect_language(text));
  std::size_t count = 0;
  analyser.for_each(text, [&](const Term& term) { count += term.is_stop ? 0 : 1; });
  return count;
}

bool leans(std::string_view question) {
  const std::string lower = to_lower(trim(question));
  const bool goes_on = std::ranges::any_of(kGoesOn, [&](std::string_view start) { return lower.starts_with(start); });
  return goes_on || telling_words(question) < kFew;
}

}  // namespace

std::string complete_question(std::string_view question, std::span<const std::string> earlier) {
  if (!leans(question)) return std::string(question);
  std::string whole(question);
  for (std::size_t i = 0; i < std::min(kLooksBack, earlier.size()); ++i) {
    const std::string& before = earlier[earlier.size() - 1 - i];
    if (telling_words(before) == 0) continue;
    whole += ' ' + before;
    if (!leans(before)) break;
  }
  return whole;
}

}  // namespace offhook::knowledge
