#include "privacy/card_filter.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "privacy/characters.hpp"
#include "privacy/digit_scan.hpp"

namespace offhook::privacy {
namespace {

constexpr std::size_t kLongestGap = 12;    // separators between two parts of a number
constexpr std::size_t kMostJoiners = 3;    // "uh and then" between two parts
constexpr std::size_t kLongestGroup = 40;  // figures that are read of one group
constexpr std::size_t kLongestWord = 32;   // letters of a word that may matter
constexpr std::size_t kMostDigits = 64;    // of a run; then its beginning is let go
constexpr std::size_t kMostParts = 96;     // the same for words that say few digits
constexpr std::size_t kKeptDigits = 24;    // of a run that is let go: more than the longest card has
constexpr int kWordsBeforeCode = 5;        // "the security code on it is 123"

/// What the three or four digits beside a card number are called.
constexpr std::array<std::string_view, 6> kCodeNames{"cvv",          "cvc",        "cvn",
                                                     "cryptogramme", "prufziffer", "kartenprufnummer"};
/// The same in two words; these mean other things too, so they count beside a card number only.
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kCodePhrases{
    {{"security", "code"}, {"card", "code"}, {"the", "back"}, {"de", "seguridad"}, {"de", "securite"}}};

}  // namespace

std::string card_replacement(std::string_view card_digits, Wording wording) {
  const auto last_four = card_digits.substr(card_digits.size() - std::min<std::size_t>(4, card_digits.size()));
  if (wording == Wording::written) return "[card ending " + std::string(last_four) + "]";
  std::string text = "the card ending in";
  for (const char digit : last_four) text.append(" ").push_back(digit);
  return text;
}

std::string_view code_replacement(Wording wording) { return wording == Wording::written ? "[code]" : "hidden"; }

std::span<const std::string_view> code_names() { return kCodeNames; }

std::string_view part_replacement() { return "[card digits]"; }

std::string CardFilter::push(std::string_view text) {
  held_.append(text);
  read(false);
  return std::exchange(out_, {});
}

std::string CardFilter::finish() {
  read(true);
  return std::exchange(out_, {});
}

void CardFilter::read(bool is_end) {
  while (at_ < held_.size()) {
    if (token_ == Token::word && !token_may_count_) {  // most of every text: the rest of a word that says nothing
      const char c = held_[at_];
      const char lower = static_cast<char>(c | 0x20);
      if (lower >= 'a' && lower <= 'z') {
        if (token_text_.size() < kLongestWord) token_text_.push_back(lower);
        ++at_;
        continue;
      }
    }
    Character next = first_character(std::string_view(held_).substr(at_));
    if (next.bytes == 0) {
      if (!is_end) break;
      next = {.code = 0xFFFD, .bytes = 1};
    }
    if (const auto digit = digit_value(next.code)) {
      read_digit(*digit, next.bytes);
    } else if (is_letter(next.code)) {
      read_letter(next.code);
    } else {
      read_mark(next.code);
    }
    at_ += next.bytes;
  }
  if (is_end) {
    end_token();
    end_run();
  }
  std::size_t open = at_;
  if (token_ == Token::figures || (token_ == Token::word && token_may_count_)) open = token_begin_;
  if (in_run()) open = parts_.front().begin;
  pass(open);
  forget_decided();
}

void CardFilter::read_digit(int digit, std::size_t bytes) {
  if (token_ == Token::skipped_figures) return;
  if (token_ != Token::figures) {
    const bool touches = token_ == Token::word;
    end_token();
    token_ = Token::figures;
    token_begin_ = at_;
    token_text_.clear();
    touches_letter_ = touches;
  }
  token_text_.push_back(static_cast<char>('0' + digit));
  if (token_text_.size() < kLongestGroup) return;
  // No card, or a card with something behind it: decided now, and the rest of the group goes by.
  end_figures(at_ + bytes);
  end_run();
  token_ = Token::skipped_figures;
}

void CardFilter::read_letter(char32_t letter) {
  if (token_ != Token::word) {
    const bool touches = token_ == Token::figures;
    end_token();
    if (touches && in_run()) parts_.back().touches_letter = true;
    token_ = Token::word;
    token_begin_ = at_;
    token_text_.clear();
    token_may_count_ = true;
    is_dialled_ = false;
  }
  if (token_text_.size() < kLongestWord) append_folded(token_text_, letter);
  if (!token_may_count_) return;
  token_may_count_ = token_text_.size() < kLongestWord && may_become_number_word(token_text_, languages_, in_run());
  if (!token_may_count_) end_run();
}

void CardFilter::read_mark(char32_t mark) {
  const bool after_figures = token_ == Token::figures;
  end_token();
  if (mark == '+' && !after_figures) {  // "4111+1111" is a blank as forms send it
    end_run();
    is_dialled_ = true;
    return;
  }
  if (mark != '(' && mark != ' ') is_dialled_ = false;
  const bool is_foreign = mark != '+' && !is_separator(mark);
  if (is_foreign || (in_run() && ++gap_ > kLongestGap)) end_run();
  if (mark == '/') has_slash_ = true;
}

void CardFilter::end_token() {
  if (token_ == Token::figures) end_figures(at_);
  if (token_ == Token::word) end_word();
  token_ = Token::none;
}

void CardFilter::end_figures(std::size_t end) {
  token_ = Token::none;
  NumberPart part{.begin = token_begin_, .end = end, .figures = token_text_, .word = {}};
  part.touches_letter = touches_letter_;
  part.after_plus = std::exchange(is_dialled_, false);
  part.after_slash = std::exchange(has_slash_, false);
  add_part(std::move(part));
}

void CardFilter::end_word() {
  token_ = Token::none;
  const auto word = token_may_count_ ? find_number_word(token_text_, languages_) : std::nullopt;
  const bool says_digit = word && (word->kind == NumberWord::Kind::small || word->kind == NumberWord::Kind::ten ||
                                   word->kind == NumberWord::Kind::repeat);
  if (!word || (!in_run() && !says_digit)) {
    end_run();
    note_word();
    return;
  }
  has_slash_ = false;
  add_part({.begin = token_begin_, .end = at_, .figures = {}, .word = word});
}

/// Remembers whether the digits of a security code are to be expected.
void CardFilter::note_word() {
  const bool is_phrase = std::ranges::any_of(
      kCodePhrases, [&](const auto& phrase) { return phrase.first == word_before_ && phrase.second == token_text_; });
  if (std::ranges::find(kCodeNames, token_text_) != kCodeNames.end() ||
      (is_phrase && (knows_card_ || cards_found_ > 0))) {
    code_words_left_ = kWordsBeforeCode;
  } else if (token_text_ == "ending") {  // "the card ending in …" is ours
    code_words_left_ = 0;
  } else if (code_words_left_ > 0) {
    --code_words_left_;
  }
  word_before_ = token_text_;
}

void CardFilter::add_part(NumberPart part) {
  gap_ = 0;
  const bool is_joiner = part.word && part.word->kind == NumberWord::Kind::joiner;
  if (is_joiner && ++joiners_ > kMostJoiners) {
    end_run();
    return;
  }
  if (!is_joiner) joiners_ = 0;
  digits_ += part.word ? 1 : part.figures.size();
  parts_.push_back(std::move(part));
  if (digits_ > kMostDigits || parts_.size() > kMostParts) shorten_run();
}

/// Nothing more belongs to the run: what is a card in it goes, the rest stays.
void CardFilter::end_run() {
  if (!in_run()) return;
  const auto pieces = read_pieces(parts_);
  const auto cards = find_cards(pieces, !is_long_);
  const auto before_cards = std::span(pieces).first(cards.empty() ? pieces.size() : cards.front().first);
  std::string digits = digits_of(before_cards);
  const bool is_code = code_words_left_ > 0 && (digits.size() == 3 || digits.size() == 4);
  if (is_code) replace(before_cards.front().begin, before_cards.back().end, code_replacement(wording_));
  for (const auto& card : cards) {
    replace(pieces[card.first].begin, pieces[card.last].end, card_replacement(card.digits, wording_));
    ++cards_found_;
  }
  if (digits.size() >= 3 || !cards.empty()) code_words_left_ = 0;  // but not for the 2 of "CVV2"
  if (collects_runs_ && cards.empty() && !pieces.empty() && !is_code && !is_long_) {
    other_runs_.push_back({.begin = forgotten_ + pieces.front().begin,
                           .end = forgotten_ + pieces.back().end,
                           .digits = std::move(digits),
                           .is_dialled = pieces.front().after_plus});
  }
  parts_.clear();
  digits_ = gap_ = joiners_ = 0;
  is_long_ = has_slash_ = false;
}

/// Somebody recites digits without an end: decides about the first of them, keeping as many of the last as a card
/// that goes on may have.
void CardFilter::shorten_run() {
  const auto pieces = read_pieces(parts_);
  const auto cards = find_cards(pieces, false);
  std::size_t cut = pieces.size();
  for (std::size_t kept = 0; cut > 0 && kept + pieces[cut - 1].digits.size() <= kKeptDigits; --cut) {
    kept += pieces[cut - 1].digits.size();
  }
  for (const auto& card : cards) {
    if (card.first < cut && card.last >= cut) cut = card.last + 1;
  }
  for (const auto& card : cards) {
    if (card.last >= cut) break;
    replace(pieces[card.first].begin, pieces[card.last].end, card_replacement(card.digits, wording_));
    ++cards_found_;
  }
  if (cut == pieces.size()) {
    parts_.clear();
    digits_ = 0;
  } else {
    const std::size_t begin = pieces[cut].begin;
    std::erase_if(parts_, [begin](const NumberPart& part) { return part.begin < begin; });
    digits_ = digits_of(std::span(pieces).subspan(cut)).size();
    pass(begin);
  }
  is_long_ = in_run();
}

void CardFilter::replace(std::size_t begin, std::size_t end, std::string_view by) {
  pass(begin);
  out_.append(by);
  decided_ = std::max(decided_, end);
}

void CardFilter::pass(std::size_t upto) {
  if (upto <= decided_) return;
  out_.append(held_, decided_, upto - decided_);
  decided_ = upto;
}

void CardFilter::forget_decided() {
  held_.erase(0, decided_);
  forgotten_ += decided_;
  at_ -= decided_;
  token_begin_ -= std::min(token_begin_, decided_);
  for (auto& part : parts_) {
    part.begin -= decided_;
    part.end -= decided_;
  }
  decided_ = 0;
}

std::string redact_cards(std::string_view text, Wording wording, Languages languages) {
  if (!scan_digits(text).may_hold_card()) return std::string(text);
  CardFilter filter(wording, languages);
  std::string redacted = filter.push(text);
  redacted.append(filter.finish());
  return redacted;
}

}  // namespace offhook::privacy
