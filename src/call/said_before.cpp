#include "call/said_before.hpp"

#include <algorithm>
#include <utility>

#include "privacy/card_number.hpp"
#include "privacy/conversation.hpp"
#include "privacy/digit_scan.hpp"
#include "privacy/json_text.hpp"
#include "store/call_texts.hpp"

namespace offhook::call {
namespace {

/// Lines on either side of the new one that may hold the number's other digits.
constexpr std::size_t kLinesAround = 12;

}  // namespace

CardPart card_part_in(std::string_view line) {
  if (!privacy::scan_digits(line).says_digits()) return CardPart::none;
  const auto runs = privacy::digit_runs(line);
  if (runs.empty()) return CardPart::none;
  const bool has_group =
      std::ranges::any_of(runs, [](const auto& run) { return run.digits.size() >= privacy::kShortestPart; });
  return has_group ? CardPart::group : CardPart::few_digits;
}

Result<std::vector<std::string>> cards_completed_by(store::Calls& calls, const store::Call& call,
                                                    const store::TranscriptEntry& entry, CardPart part) {
  if (part == CardPart::none || (part == CardPart::few_digits && !call.names_card)) return std::vector<std::string>{};
  // Deliveries may overtake each other: lines count in the order in which they were said.
  auto before = calls.transcript_before(entry.call_id, entry.at, kLinesAround);
  if (!before) return fail(before);
  auto after = calls.transcript_after(entry.call_id, entry.at, kLinesAround);
  if (!after) return fail(after);
  std::vector<privacy::Utterance> said;
  for (auto& line : *before) said.push_back({.role = std::move(line.role), .text = std::move(line.text)});
  said.push_back({.role = entry.role, .text = entry.text});
  for (auto& line : *after) said.push_back({.role = std::move(line.role), .text = std::move(line.text)});
  // What all of them say together has to be enough for a card.
  std::size_t digits = 0;
  for (const auto& line : said) digits += privacy::scan_digits(line.text).digits;
  if (digits < privacy::kShortestCard) return std::vector<std::string>{};
  const auto names_card = [](const auto& line) { return privacy::names_a_card(line.text); };
  if (part == CardPart::few_digits && std::ranges::none_of(said, names_card)) return std::vector<std::string>{};
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
