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

/// May the line hold digits of a number that is said in several parts? Unless cards are the subject, only as many as
/// a card has in a printed group.
bool may_hold_part(std::string_view line, bool speaks_of_cards) {
  const auto runs = privacy::digit_runs(line);
  return std::ranges::any_of(runs, [&](const privacy::DigitRun& run) {
    return speaks_of_cards || run.digits.size() >= privacy::kShortestPart;
  });
}

}  // namespace

Result<std::vector<std::string>> cards_completed_by(store::Calls& calls, const store::TranscriptEntry& entry) {
  if (!privacy::scan_digits(entry.text).says_digits()) return std::vector<std::string>{};
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
  const bool speaks_of_cards =
      std::ranges::any_of(said, [](const auto& line) { return privacy::names_a_card(line.text); });
  if (digits < privacy::kShortestCard || !may_hold_part(entry.text, speaks_of_cards)) return std::vector<std::string>{};
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
