#include "privacy/number_run.hpp"

#include <algorithm>

#include "privacy/card_number.hpp"

namespace offhook::privacy {
namespace {

using Kind = NumberWord::Kind;

/// What may follow a card number in the same breath: MMYY and a security code.
constexpr std::size_t kShortestTail = 3;
constexpr std::size_t kLongestTail = 8;

/// Reads digits off parts, from left to right.
class PieceReader {
 public:
  explicit PieceReader(std::span<const NumberPart> parts) : parts_(parts) {}

  std::vector<DigitPiece> read() {
    while (at_ < parts_.size()) {
      const NumberPart& part = parts_[at_];
      if (!part.word) {
        add(at_, at_, part.figures, false);
        ++at_;
      } else if (part.word->kind == Kind::repeat) {
        read_repeated();
      } else if (part.word->kind == Kind::small || part.word->kind == Kind::ten) {
        read_cardinal();
      } else if (part.word->kind == Kind::joiner) {
        ++at_;
      } else {
        extend_by_scale();
      }
    }
    return std::move(pieces_);
  }

 private:
  [[nodiscard]] const NumberWord* word(std::size_t index) const {
    return index < parts_.size() && parts_[index].word ? &*parts_[index].word : nullptr;
  }
  [[nodiscard]] bool is(std::size_t index, Kind kind) const {
    const auto* found = word(index);
    return found != nullptr && found->kind == kind;
  }
  [[nodiscard]] bool is_unit(std::size_t index) const {
    return is(index, Kind::small) && word(index)->value >= 1 && word(index)->value <= 9;
  }

  void add(std::size_t from, std::size_t to, std::string digits, bool is_spoken) {
    pieces_.push_back({.begin = parts_[from].begin,
                       .end = parts_[to].end,
                       .digits = std::move(digits),
                       .is_spoken = is_spoken,
                       .touches_letter = parts_[from].touches_letter || parts_[to].touches_letter,
                       .after_plus = parts_[from].after_plus,
                       .after_slash = parts_[from].after_slash});
  }

  /// A number below 100 at `at`; moves `at` past it. "forty-two", "cuarenta y dos", "nine".
  int read_below_hundred(std::size_t& at) const {
    int value = word(at)->value;
    const bool is_ten = word(at)->kind == Kind::ten;
    ++at;
    if (!is_ten) return value;
    if (is_unit(at)) {
      value += word(at++)->value;
    } else if (is(at, Kind::joiner) && is_unit(at + 1)) {
      value += word(at + 1)->value;
      at += 2;
    }
    return value;
  }

  /// "forty two", "four hundred and eleven", "fifty five hundred", "four thousand".
  void read_cardinal() {
    const std::size_t from = at_;
    std::size_t at = at_;
    long value = read_below_hundred(at);
    bool is_scaled = false;
    for (const auto [kind, scale] : {std::pair(Kind::hundred, 100L), std::pair(Kind::thousand, 1000L)}) {
      if (value == 0 || !is(at, kind)) continue;
      is_scaled = true;
      value *= scale;
      ++at;
      const std::size_t rest = is(at, Kind::joiner) ? at + 1 : at;
      if (!is(rest, Kind::small) && !is(rest, Kind::ten)) continue;
      std::size_t after = rest;
      const int more = read_below_hundred(after);
      // "four thousand one one one" says digits after the first word; "fifty-five hundred forty-four" does not.
      if (rest == at && more < 10) continue;
      value += more;
      at = after;
    }
    at_ = at;
    add(from, at - 1, is_scaled || value != 0 ? std::to_string(value) : "0", true);
  }

  void read_repeated() {
    const std::size_t from = at_;
    const auto times = static_cast<std::size_t>(word(at_)->value);
    ++at_;
    if (at_ >= parts_.size()) return;
    const NumberPart& next = parts_[at_];
    if (!next.word) {
      add(from, at_, std::string(times - 1, next.figures.front()) + next.figures, false);
      ++at_;
    } else if (next.word->kind == Kind::small && next.word->value <= 9) {
      add(from, at_, std::string(times, static_cast<char>('0' + next.word->value)), true);
      ++at_;
    }
  }

  /// "41 hundred": figures with a scale behind them.
  void extend_by_scale() {
    if (!pieces_.empty() && !pieces_.back().is_spoken && at_ > 0 && pieces_.back().end == parts_[at_ - 1].end) {
      pieces_.back().digits.append(parts_[at_].word->kind == Kind::hundred ? "00" : "000");
      pieces_.back().end = parts_[at_].end;
    }
    ++at_;
  }

  std::span<const NumberPart> parts_;
  std::size_t at_ = 0;
  std::vector<DigitPiece> pieces_;
};

using Pieces = std::span<const DigitPiece>;

bool is_spoken(Pieces pieces) {
  return std::ranges::any_of(pieces, [](const DigitPiece& piece) { return piece.is_spoken; });
}

bool has_groups(Pieces pieces, std::initializer_list<std::size_t> sizes) {
  return std::ranges::equal(pieces, sizes, {}, [](const DigitPiece& piece) { return piece.digits.size(); });
}

bool starts_with_groups(Pieces pieces, std::initializer_list<std::size_t> sizes) {
  return pieces.size() >= sizes.size() && has_groups(pieces.first(sizes.size()), sizes);
}

/// Groups as they are printed on cards, or digit by digit, or two by two.
bool has_card_groups(Pieces pieces) {
  if (pieces.size() == 1 || has_groups(pieces, {4, 6, 5}) || has_groups(pieces, {4, 6, 4})) return true;
  const auto all_of_size = [&](std::size_t size) {
    return std::ranges::all_of(pieces, [size](const DigitPiece& piece) { return piece.digits.size() == size; });
  };
  if (all_of_size(1) || all_of_size(2)) return true;
  // 4-4-4-4, 4-4-4-1, 4-4-4-4-3
  return std::ranges::all_of(pieces.first(pieces.size() - 1),
                             [](const DigitPiece& piece) { return piece.digits.size() == 4; }) &&
         pieces.back().digits.size() <= 4;
}

bool looks_dialled(Pieces pieces) {
  if (pieces.front().after_plus && digits_of(pieces).size() <= 15) return true;  // E.164 has 15 at most
  return !is_spoken(pieces) && (starts_with_groups(pieces, {3, 3, 4}) || starts_with_groups(pieces, {1, 3, 3, 4}));
}

/// Is the whole run one card number?
bool is_card_as_whole(Pieces pieces) {
  const std::string digits = digits_of(pieces);
  if (!begins_like_card(digits) || !passes_luhn(digits) || looks_dialled(pieces)) return false;
  if (has_network_shape(digits)) {
    const bool has_slash =
        std::ranges::any_of(pieces.subspan(1), [](const DigitPiece& piece) { return piece.after_slash; });
    return !has_slash || has_card_groups(pieces);
  }
  if (pieces.front().touches_letter || pieces.back().touches_letter) return false;
  return pieces.size() == 1 || is_spoken(pieces) || has_card_groups(pieces);
}

/// Are these pieces, which are only a part of their run, a card number?
bool is_card_within(Pieces pieces) {
  const std::string digits = digits_of(pieces);
  if (!passes_luhn(digits)) return false;
  if (pieces.size() == 1 && !pieces.front().touches_letter && !looks_dialled(pieces)) return begins_like_card(digits);
  // Visa's 13 digits are of the last century, and any long run has several stretches of 13.
  return digits.size() > kShortestCard && has_network_shape(digits) && !looks_dialled(pieces) &&
         (is_spoken(pieces) || has_card_groups(pieces));
}

/// A card number with more digits glued to it: "41111111111111111226123".
std::optional<std::string> glued_card(const DigitPiece& piece) {
  for (const std::size_t length : {16U, 15U, 14U}) {
    if (piece.digits.size() <= length) continue;
    auto digits = piece.digits.substr(0, length);
    if (has_network_shape(digits) && passes_luhn(digits)) return digits;
  }
  return std::nullopt;
}

/// Takes an expiry date and a security code that follow into the card's span.
void take_tail(Pieces pieces, FoundCard& card, std::size_t next_card) {
  std::size_t digits = 0;
  std::size_t last = card.last;
  for (std::size_t i = card.last + 1; i < next_card; ++i) {
    if (pieces[i].after_plus) return;
    digits += pieces[i].digits.size();
    last = i;
  }
  if (digits >= kShortestTail && digits <= kLongestTail) card.last = last;
}

}  // namespace

std::vector<DigitPiece> read_pieces(std::span<const NumberPart> parts) { return PieceReader(parts).read(); }

std::string digits_of(std::span<const DigitPiece> pieces) {
  std::string digits;
  for (const auto& piece : pieces) digits.append(piece.digits);
  return digits;
}

std::vector<FoundCard> find_cards(std::span<const DigitPiece> pieces, bool is_whole) {
  std::size_t total = 0;
  for (const auto& piece : pieces) total += piece.digits.size();
  if (total < kShortestCard) return {};
  if (is_whole && total <= kLongestCard && is_card_as_whole(pieces)) {
    return {{.first = 0, .last = pieces.size() - 1, .digits = digits_of(pieces)}};
  }
  std::vector<FoundCard> found;
  const auto note = [&found](std::size_t first, std::size_t last, std::string digits) {
    if (!found.empty() && first <= found.back().last) {  // overlapping: one of them is the card, both go
      if (last > found.back().last) found.back().digits = std::move(digits);
      found.back().last = std::max(found.back().last, last);
    } else {
      found.push_back({.first = first, .last = last, .digits = std::move(digits)});
    }
  };
  for (std::size_t first = 0; first < pieces.size(); ++first) {
    if (auto digits = glued_card(pieces[first]); digits && pieces[first].digits.size() > kLongestCard) {
      note(first, first, std::move(*digits));
      continue;
    }
    std::size_t length = 0;
    for (std::size_t last = first; last < pieces.size(); ++last) {
      length += pieces[last].digits.size();
      if (length < kShortestCard) continue;
      if (length > kLongestCard) break;
      const auto window = pieces.subspan(first, last - first + 1);
      if (is_card_within(window)) {
        note(first, last, digits_of(window));
      } else if (window.size() == 1) {
        if (auto digits = glued_card(window.front())) note(first, last, std::move(*digits));
      }
    }
  }
  for (std::size_t i = 0; i < found.size(); ++i) {
    take_tail(pieces, found[i], i + 1 < found.size() ? found[i + 1].first : pieces.size());
  }
  return found;
}

}  // namespace offhook::privacy
