#include "call/said_before.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "privacy/card_filter.hpp"
#include "privacy/conversation.hpp"
#include "privacy/json_text.hpp"
#include "store/call_texts.hpp"

namespace offhook::call {
namespace {

/// Lines before the new one that may hold the number's first digits.
constexpr std::size_t kLinesBack = 12;

bool says_digits(std::string_view text) {
  privacy::CardFilter filter(privacy::Wording::written);
  filter.collect_runs();
  static_cast<void>(filter.push(text));
  static_cast<void>(filter.finish());
  return !filter.other_runs().empty();
}

}  // namespace

Result<std::vector<std::string>> cards_completed_by(store::Calls& calls, const store::TranscriptEntry& entry) {
  if (!says_digits(entry.text)) return std::vector<std::string>{};
  auto lines = calls.transcript(entry.call_id);
  if (!lines) return fail(lines);
  // Deliveries may overtake each other: lines count in the order in which they were said.
  constexpr auto kNew = std::numeric_limits<std::int64_t>::max();
  lines->push_back(entry);
  lines->back().seq = kNew;
  std::ranges::sort(*lines, {}, [](const store::TranscriptEntry& line) { return std::pair(line.at, line.seq); });
  const auto here = std::ranges::find(*lines, kNew, &store::TranscriptEntry::seq);
  const auto index = static_cast<std::size_t>(here - lines->begin());
  const std::size_t from = index > kLinesBack ? index - kLinesBack : 0;
  std::vector<privacy::Utterance> said;
  for (std::size_t i = from; i < std::min(lines->size(), index + kLinesBack + 1); ++i) {
    said.push_back({.role = (*lines)[i].role, .text = (*lines)[i].text});
  }
  return privacy::redact_conversation(said);
}

Result<void> erase_card_parts(sql::Connection& db, std::string_view call_id, std::string_view platform_call_id,
                              const std::vector<std::string>& cards) {
  if (cards.empty()) return {};
  auto done = store::rewrite_call_texts(db, call_id, platform_call_id, [&cards](std::string_view text) {
    return privacy::redact_parts_in_json_text(text, cards);
  });
  if (!done) return fail(done);
  return {};
}

}  // namespace offhook::call
