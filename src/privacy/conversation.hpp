#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "privacy/card_filter.hpp"

namespace offhook::privacy {

/// Digits of a part that is worth hiding on its own, and the fewest that a printed group of a card number has.
inline constexpr std::size_t kShortestPart = 4;

/// Is a payment card named, in the languages whose number words we know?
[[nodiscard]] bool names_a_card(std::string_view text);
/// The digits that a text says in one go each, card numbers apart.
[[nodiscard]] std::vector<DigitRun> digit_runs(std::string_view text);

/// One thing said in a conversation.
struct Utterance {
  std::string role;
  std::string text;
};

/// Takes card numbers out of a conversation, in place: those in one utterance, and those that one speaker said over
/// several ("4111 1111" … "1111 1111"), where the last part is named as the card and the earlier ones as its digits.
/// Returns the digits of the numbers that were said in several parts, so that copies of the parts elsewhere can be
/// found with redact_card_parts(); never store or log them. Pure.
[[nodiscard]] std::vector<std::string> redact_conversation(std::span<Utterance> utterances);

/// Are these digits four or more of one of `cards`? Its last four are not, unless the
/// number has them in another place as well: they are what a card is called by.
[[nodiscard]] bool is_card_part(std::string_view digits, std::span<const std::string> cards);

/// The text with every group of digits that is_card_part() taken out.
[[nodiscard]] std::string redact_card_parts(std::string_view text, std::span<const std::string> cards);

/// A transcript in one text, "AI: …\nUser: …\n": redacted line by line as a conversation. Texts without such lines
/// are redacted as one utterance. What redact_conversation returns is added to `split_cards`.
[[nodiscard]] std::string redact_transcript(std::string_view text, std::vector<std::string>& split_cards);

}  // namespace offhook::privacy
