#include "privacy/conversation.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "base/text.hpp"
#include "privacy/card_filter.hpp"
#include "privacy/card_number.hpp"
#include "privacy/digit_scan.hpp"

namespace offhook::privacy {
namespace {

constexpr std::size_t kMostApart = 8;  // utterances of everybody between two parts of one number
constexpr std::size_t kLongestSplitCard = 16;

/// Digits in one utterance that may be a part of a card number.
struct Part {
  std::size_t utterance = 0;
  DigitRun run;
};

/// Cuts `by` into the text in place of the run.
struct Cut {
  std::size_t utterance = 0;
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string by;
};

/// May a number have been cut here? A conversation is full of numbers, and one in ten chains of them passes Luhn's
/// check: unless cards are the subject, a cut is believed between the groups that are printed on cards only.
bool is_printed_cut(std::size_t digits_before, std::size_t length) {
  if (length == 15 || length == 14) return digits_before == 4 || digits_before == 10;  // 4-6-5, 4-6-4
  return digits_before % 4 == 0;
}

/// The parts that make up a card number together and end with `parts.back()`: from which on, or nothing.
std::optional<std::size_t> card_ending_here(const std::vector<Part>& parts, std::optional<std::size_t> card_named_in) {
  std::string digits;
  for (std::size_t i = parts.size(); i-- > 0;) {
    if (i + 1 < parts.size() && parts[i + 1].utterance - parts[i].utterance > kMostApart) return std::nullopt;
    digits.insert(0, parts[i].run.digits);
    if (digits.size() > kLongestSplitCard) return std::nullopt;
    // One utterance alone has been looked at already, with more knowledge of how its digits stand.
    if (parts[i].utterance == parts.back().utterance) continue;
    if (!has_network_shape(digits) || !passes_luhn(digits) || digits.size() == kShortestCard) continue;
    bool is_printed = true;
    bool is_one_each = true;
    std::size_t before = 0;
    for (std::size_t p = i; p + 1 < parts.size(); ++p) {
      before += parts[p].run.digits.size();
      is_printed = is_printed && is_printed_cut(before, digits.size());
      is_one_each = is_one_each && parts[p].utterance != parts[p + 1].utterance;
    }
    const bool speaks_of_cards = card_named_in && *card_named_in + kMostApart >= parts[i].utterance;
    if (is_printed || (speaks_of_cards && is_one_each)) return i;
  }
  return std::nullopt;
}

void apply(std::span<Utterance> utterances, std::vector<Cut>& cuts) {
  // From the back, so that positions before stay right.
  std::ranges::sort(cuts, std::ranges::greater{}, [](const Cut& cut) { return std::pair(cut.utterance, cut.begin); });
  for (const Cut& cut : cuts) utterances[cut.utterance].text.replace(cut.begin, cut.end - cut.begin, cut.by);
}

/// The last four digits within "[card ending 4242]" are no part of anything.
bool is_named_card(std::string_view text, const DigitRun& run) {
  return text.substr(0, run.begin).ends_with("[card ending ");
}

/// Redacts what one utterance holds by itself. Gives the runs of digits that stay.
std::vector<DigitRun> redact_alone(Utterance& utterance, bool knows_card, bool& found_card) {
  found_card = false;
  if (!scan_digits(utterance.text).says_digits()) return {};
  CardFilter filter(Wording::written);
  if (knows_card) filter.expect_code();
  filter.collect_runs();
  std::string redacted = filter.push(utterance.text);
  redacted.append(filter.finish());
  found_card = filter.cards_found() > 0;
  std::vector<DigitRun> runs = filter.other_runs();
  if (redacted != utterance.text) {
    utterance.text = std::move(redacted);
    CardFilter second(Wording::written);  // positions in the text as it is now
    second.collect_runs();
    static_cast<void>(second.push(utterance.text));
    static_cast<void>(second.finish());
    runs = second.other_runs();
  }
  std::erase_if(runs, [&](const DigitRun& run) { return is_named_card(utterance.text, run); });
  return runs;
}

/// "User: hello" is said by "User"; nothing for a line that names nobody.
std::string_view speaker_of(std::string_view line) {
  constexpr std::array<std::string_view, 6> kSpeakers{
      "AI: ", "User: ", "Assistant: ", "Customer: ", "Bot: ", "Agent: "};
  for (const auto speaker : kSpeakers) {
    if (line.starts_with(speaker)) return speaker;
  }
  return {};
}

}  // namespace

bool names_a_card(std::string_view text) {
  const std::string lower = to_lower(text);
  constexpr std::array<std::string_view, 9> kNames{"card",    "visa",  "mastercard", "amex",  "american express",
                                                   "tarjeta", "carte", "karte",      "credit"};
  return std::ranges::any_of(kNames, [&](std::string_view name) { return lower.contains(name); });
}

std::vector<DigitRun> digit_runs(std::string_view text) {
  CardFilter filter(Wording::written);
  filter.collect_runs();
  static_cast<void>(filter.push(text));
  static_cast<void>(filter.finish());
  return filter.other_runs();
}

std::vector<std::string> redact_conversation(std::span<Utterance> utterances) {
  const bool says_digits = std::ranges::any_of(
      utterances, [](const Utterance& utterance) { return scan_digits(utterance.text).says_digits(); });
  if (!says_digits) return {};
  std::map<std::string, std::vector<Part>> parts_by_role;
  std::vector<std::string> split_cards;
  std::vector<Cut> cuts;
  bool knows_card = false;
  std::optional<std::size_t> card_named_in;
  for (std::size_t i = 0; i < utterances.size(); ++i) {
    if (names_a_card(utterances[i].text)) card_named_in = i;
    bool found_card = false;
    auto runs = redact_alone(utterances[i], knows_card, found_card);
    auto& parts = parts_by_role[utterances[i].role];
    knows_card = knows_card || found_card;
    for (auto& run : runs) {
      if (run.is_dialled || run.digits.size() > kLongestCard) {
        parts.clear();
        continue;
      }
      parts.push_back({.utterance = i, .run = std::move(run)});
      const auto from = card_ending_here(parts, card_named_in);
      if (!from) continue;
      std::string digits;
      for (std::size_t p = *from; p < parts.size(); ++p) digits.append(parts[p].run.digits);
      for (std::size_t p = *from; p < parts.size(); ++p) {
        const bool is_last = p + 1 == parts.size();
        cuts.push_back({.utterance = parts[p].utterance,
                        .begin = parts[p].run.begin,
                        .end = parts[p].run.end,
                        .by = is_last ? card_replacement(digits, Wording::written) : std::string(part_replacement())});
      }
      split_cards.push_back(std::move(digits));
      parts.clear();
      knows_card = true;
    }
    // Only as many as a card may be said in.
    if (parts.size() > kLongestCard) parts.erase(parts.begin(), parts.end() - kLongestCard);
  }
  apply(utterances, cuts);
  return split_cards;
}

bool is_card_part(std::string_view digits, std::span<const std::string> cards) {
  const auto is_last_four = [&](const std::string& card) {
    return digits.size() == 4 && card.size() > 4 && card.find(digits) == card.size() - 4;
  };
  return digits.size() >= kShortestPart && std::ranges::none_of(cards, is_last_four) &&
         std::ranges::any_of(cards, [&](const std::string& card) { return card.contains(digits); });
}

std::string redact_card_parts(std::string_view text, std::span<const std::string> cards) {
  if (!scan_digits(text).says_digits()) return std::string(text);
  CardFilter filter(Wording::written);
  filter.collect_runs();
  static_cast<void>(filter.push(text));
  static_cast<void>(filter.finish());
  std::string redacted(text);
  for (auto run = filter.other_runs().rbegin(); run != filter.other_runs().rend(); ++run) {
    const bool is_part = !is_named_card(text, *run) && is_card_part(run->digits, cards);
    if (is_part) redacted.replace(run->begin, run->end - run->begin, part_replacement());
  }
  return redacted;
}

std::string redact_transcript(std::string_view text, std::vector<std::string>& split_cards) {
  const auto lines = split(text, '\n');
  if (speaker_of(lines.front()).empty()) return redact_cards(text);
  std::vector<Utterance> utterances;
  std::vector<std::string_view> speakers;
  for (const auto line : lines) {
    const auto speaker = speaker_of(line);
    speakers.push_back(speaker);
    // A line that names nobody goes on with what was said before it.
    std::string role = speaker.empty() && !utterances.empty() ? utterances.back().role : std::string(speaker);
    utterances.push_back({.role = std::move(role), .text = std::string(line.substr(speaker.size()))});
  }
  auto found = redact_conversation(utterances);
  split_cards.insert(split_cards.end(), found.begin(), found.end());
  std::string redacted;
  for (std::size_t i = 0; i < utterances.size(); ++i) {
    if (i > 0) redacted.push_back('\n');
    redacted.append(speakers[i]).append(utterances[i].text);
  }
  return redacted;
}

}  // namespace offhook::privacy
