#include "brain/extract/numbers.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "brain/extract/number_reader.hpp"

namespace offhook::brain::extract {
namespace {

using enum Word;

constexpr double kMostExponent = 300;

std::size_t skip_article(const Pieces& pieces, std::size_t at) { return pieces.is(at, a) ? at + 1 : at; }

// The denominator of a fraction at `at`: "thirds", "twenty-firsts", "hundredths", "quarters".
std::optional<Number> denominator(const Pieces& pieces, std::size_t at, bool is_plural) {
  if (pieces.is_mark(at, '-')) ++at;
  if (const Tag* tag = pieces.tag(at, ordinals)) return Number{.value = tag->value, .next = tag->next};
  if (const Tag* tens = pieces.tag(at, small);
      tens != nullptr && tens->value >= 20 && std::fmod(tens->value, 10) == 0) {
    std::size_t next = tens->next;
    if (pieces.is_mark(next, '-')) ++next;
    if (const Tag* tag = pieces.tag(next, ordinals); tag != nullptr && tag->value < 10)
      return Number{.value = tens->value + tag->value, .next = tag->next};
    if (const Tag* tag = pieces.tag(next, ordinal); tag != nullptr && tag->value < 10 && !is_plural)
      return Number{.value = tens->value + tag->value, .next = tag->next};
  }
  if (!is_plural) {
    if (const Tag* tag = pieces.tag(at, ordinal); tag != nullptr && tag->value > 2)
      return Number{.value = tag->value, .next = tag->next};
    if (const Tag* tag = pieces.tag(at, part)) return Number{.value = 1 / tag->value, .next = tag->next};
  }
  return std::nullopt;
}

// "two thirds", "a trillionth", "one hundred thirty fifths" (100/35), "three and a fifth", "1 over three".
std::optional<Number> word_fraction(const Pieces& pieces, std::size_t at) {
  // The last words of the count may belong to the denominator: shorter counts are tried too.
  std::vector<Number> counts;
  const Tag* article = pieces.tag(at, a);
  if (article != nullptr && !pieces.is(article->next, hundred) && !pieces.is(article->next, scale))
    counts.push_back({.value = 1, .next = article->next});
  if (const auto whole = read_count(pieces, at); whole && !pieces.is(at, few)) {
    counts.push_back(*whole);
    // "one hundred [thirty fifths]" and "a hundred thousand [trillionths]": without the last word.
    for (std::size_t end = whole->next - 1; end > at && end + 2 >= whole->next; --end) {
      Number shorter{.next = at};
      std::size_t here = at;
      double total = 0;
      double current = 0;
      bool is_valid = true;
      while (here < end && is_valid) {
        if (const Tag* tag = pieces.tag(here, small); tag != nullptr && tag->next <= end) {
          current += tag->value;
          here = tag->next;
        } else if (const Tag* tag_hundred = pieces.tag(here, hundred)) {
          current = (current == 0 ? 1 : current) * 100;
          here = tag_hundred->next;
        } else if (const Tag* tag_scale = pieces.tag(here, scale)) {
          total += (current == 0 ? 1 : current) * tag_scale->value;
          current = 0;
          here = tag_scale->next;
        } else if (const Tag* tag_a = pieces.tag(here, a); tag_a != nullptr && here == at) {
          current = 1;
          here = tag_a->next;
        } else {
          is_valid = false;
        }
      }
      if (!is_valid || here != end) continue;
      shorter.value = total + current;
      shorter.next = end;
      counts.push_back(shorter);
    }
  }
  if (pieces.is(at, hundred) && counts.empty()) return std::nullopt;
  std::optional<Number> best;
  for (const auto& count : counts) {
    const bool is_one = count.value == 1;
    // "thirty fifths" after a hundred is a denominator, but not after "and".
    const auto below = denominator(pieces, count.next, !is_one);
    if (!below) continue;
    const bool is_joined_tens =
        pieces.is(count.next, small) || (pieces.is_mark(count.next, '-') && pieces.is(count.next + 1, small));
    if (is_joined_tens && count.value < 100 && std::fmod(count.value, 1) == 0 && count.value >= 20) continue;
    Number fraction{.value = count.value / below->value, .next = below->next, .is_fraction = true};
    const bool is_longer = !best || fraction.next > best->next || (fraction.next == best->next && is_joined_tens);
    if (is_longer) best = fraction;
  }
  if (const auto count = read_count(pieces, at)) {
    // Mixed numbers: a whole, "and", a proper fraction.
    if (pieces.is(count->next, and_)) {
      if (const auto more = word_fraction(pieces, count->next + 1); more && more->value < 1) {
        const bool is_better = !best || more->next >= best->next;
        if (is_better) best = Number{.value = count->value + more->value, .next = more->next, .is_fraction = true};
      }
    }
    // "two hundred and [fifty-four hundredths]".
    for (std::size_t i = at + 1; i < count->next; ++i) {
      if (!pieces.is(i, and_)) continue;
      const auto more = word_fraction(pieces, i + 1);
      if (!more || more->value >= 1 || (best && more->next < best->next)) continue;
      Number whole{.value = 0, .next = at};
      double current = 0;
      for (std::size_t k = at; k < i; ++k) {
        if (const Tag* tag = pieces.tag(k, small)) current += tag->value;
        if (pieces.is(k, hundred)) current = (current == 0 ? 1 : current) * 100;
        if (const Tag* tag = pieces.tag(k, scale)) {
          whole.value += (current == 0 ? 1 : current) * tag->value;
          current = 0;
        }
      }
      best = Number{.value = whole.value + current + more->value, .next = more->next, .is_fraction = true};
    }
    // "1 over three", "one out of three".
    std::size_t over = count->next;
    if (pieces.is_word(over, "over") || (pieces.is_word(over, "out") && pieces.is_word(over + 1, "of"))) {
      const bool is_out_of = pieces.is_word(over, "out");
      over += is_out_of ? 2 : 1;
      const auto below = read_count(pieces, over);
      const bool are_figures = count->in_figures && below && below->in_figures;
      if (below && below->value != 0 && (!is_out_of || !are_figures))
        best = Number{.value = count->value / below->value, .next = below->next, .is_fraction = true};
    }
  }
  if (best) {
    // "two thirds of a million", "three quarters million".
    std::size_t next = best->next;
    if (pieces.is(next, of)) next = skip_article(pieces, next + 1);
    if (const Tag* tag = pieces.tag(next, scale)) {
      best->value *= tag->value;
      best->next = tag->next;
    }
  }
  return best;
}

}  // namespace

std::optional<Number> read_any_number(const Pieces& pieces, std::size_t at) {
  double sign = 1;
  std::size_t start = at;
  if (const Tag* tag = pieces.tag(at, minus)) {
    sign = -1;
    start = tag->next;
  } else if (pieces.is_mark(at, '-') && pieces[at + 1].is_glued &&
             (pieces.is_figures(at + 1) || (pieces.is_mark(at + 1, '.') && pieces.is_figures(at + 2))) &&
             !(pieces[at].is_glued && at > 0 && pieces[at - 1].kind != Piece::Kind::mark)) {
    sign = -1;
    start = at + 1;
  }
  std::optional<Number> best;
  const auto take = [&](std::optional<Number> found) {
    if (found && (!best || found->next > best->next)) best = found;
  };
  if (const auto base = read_figures(pieces, start)) {
    // "2 1/4": a whole and a fraction; "1/4" alone.
    const auto plain_fraction = [&](std::size_t i) -> std::optional<Number> {
      if (i > 0 && pieces[i].is_glued && pieces.is_mark(i - 1, '/')) return std::nullopt;
      if (!pieces.is_figures(i) || !pieces.is_mark(i + 1, '/') || !pieces.is_figures(i + 2) ||
          !pieces[i + 1].is_glued || !pieces[i + 2].is_glued)
        return std::nullopt;
      const auto above = read_figures(pieces, i);
      const auto below = read_figures(pieces, i + 2);
      if (!above || !below || below->value == 0 || above->next != i + 1 || pieces.is_mark(below->next, '/') ||
          above->value >= below->value)
        return std::nullopt;
      return Number{.value = above->value / below->value, .next = below->next, .is_fraction = true};
    };
    if (const auto more = plain_fraction(base->next); more && pieces[base->next].begin > pieces[base->next - 1].end)
      take(Number{.value = base->value + more->value, .next = more->next, .is_fraction = true});
    take(plain_fraction(start));
    // "1.1^23", "1.3e6", "6.23x10^-4".
    std::size_t i = base->next;
    double base_value = base->value;
    double ten_factor = 1;
    bool is_power = pieces.is_mark(i, '^');
    if (pieces.is_word(i, "e") && pieces[i].is_glued) {
      is_power = true;
      ten_factor = base->value;
      base_value = 10;
    } else if (pieces.is_word(i, "x") && pieces[i].is_glued && pieces.is_figures(i + 1) && pieces[i + 1].text == "10" &&
               pieces.is_mark(i + 2, '^')) {
      is_power = true;
      ten_factor = base->value;
      base_value = 10;
      i += 2;
    }
    if (is_power) {
      ++i;
      double exponent_sign = 1;
      while (pieces.is_mark(i, '+') || pieces.is_mark(i, '-')) {
        if (pieces[i].is('-')) exponent_sign = -exponent_sign;
        ++i;
      }
      if (const auto exponent = read_figures(pieces, i); exponent && exponent->value <= kMostExponent) {
        const double power = std::pow(base_value, exponent_sign * exponent->value);
        take(Number{.value = ten_factor * power, .next = exponent->next});
      }
    }
  }
  take(read_count(pieces, start));
  take(word_fraction(pieces, start));
  if (!best) return std::nullopt;
  best->value *= sign;
  return best;
}

std::vector<NumberFound> find_numbers(const Pieces& pieces) {
  std::vector<NumberFound> all;
  constexpr std::array<std::string_view, 14> kPointers{"the",     "this", "that", "which", "each", "every", "any",
                                                       "another", "no",   "some", "good",  "last", "next",  "other"};
  for (std::size_t at = 0; at < pieces.size();) {
    const Piece& piece = pieces[at];
    const bool is_glued_word =
        piece.is_glued && at > 0 && pieces[at - 1].kind == Piece::Kind::word && pieces.is_figures(at);
    std::optional<Number> number;
    if (!is_glued_word && !pieces.is(at, few)) number = read_any_number(pieces, at);
    if (!number) {
      ++at;
      continue;
    }
    // "180.25ml", "4th": part of a word.
    const Piece& after = pieces[number->next];
    const bool is_part = after.is_glued && after.kind == Piece::Kind::word && pieces.is_figures(number->next - 1);
    const bool is_pointed = piece.text == "one" && number->next == at + 1 && at > 0 &&
                            std::ranges::find(kPointers, pieces[at - 1].text) != kPointers.end();
    const bool is_ordinal = pieces.is(at, small) && pieces.is(number->next, ordinal) && number->value >= 20 &&
                            std::fmod(number->value, 10) == 0;
    const bool is_bare_scale = pieces.is(at, scale) && number->next == at + 1 && piece.text.ends_with("s");
    const bool is_article = pieces.is(at, a) && !number->is_fraction && !number->has_scale;
    const bool is_bare_part = pieces.is(at, part) && number->next == at + 1;
    if (is_pointed || is_ordinal || is_bare_scale || is_article || is_bare_part) {
      at = std::max(number->next, at + 1);
      continue;
    }
    if (!is_part) {
      all.push_back(
          {.begin = piece.begin, .end = pieces[number->next - 1].end, .next = number->next, .value = number->value});
    }
    at = number->next;
  }
  return all;
}

std::vector<NumberFound> find_percentages(const Pieces& pieces) {
  std::vector<NumberFound> all;
  for (const auto& number : find_numbers(pieces)) {
    const bool is_sign = pieces.is_mark(number.next, '%');
    const bool is_word = pieces.is_word(number.next, "percent") || pieces.is_word(number.next, "percentage") ||
                         pieces.is_word(number.next, "pct") || pieces.is_word(number.next, "pratishat") ||
                         pieces.is_word(number.next, "प्रतिशत");
    const bool is_two_words = (pieces.is_word(number.next, "per") && pieces.is_word(number.next + 1, "cent")) ||
                              (pieces.is_word(number.next, "por") && pieces.is_word(number.next + 1, "ciento"));
    std::size_t first = number.next;
    while (first > 0 && pieces[first - 1].begin >= number.begin) --first;
    const bool is_led = first > 0 && pieces.is_word(first - 1, "yüzde");
    if (!is_sign && !is_word && !is_two_words && !is_led) continue;
    NumberFound found = number;
    if (is_led) found.begin = pieces[first - 1].begin;
    if (!is_led) {
      found.next += is_two_words ? 2 : 1;
      found.end = pieces[found.next - 1].end;
    }
    all.push_back(found);
  }
  return all;
}

std::vector<OrdinalFound> find_ordinals(const Pieces& pieces) {
  using From = OrdinalFound::From;
  std::vector<OrdinalFound> all;
  const auto add = [&](std::size_t at, std::size_t next_at, From from, double value) {
    all.push_back({.from = from, .begin = pieces[at].begin, .end = pieces[next_at - 1].end, .value = value});
    return next_at;
  };
  for (std::size_t at = 0; at < pieces.size();) {
    // "next to last", "the one before the last one", "second to last".
    if (pieces.is(at, next) && pieces.is_word(at + 1, "to") && pieces.is_word(at + 2, "last")) {
      at = add(at, at + 3, From::end, -1);
    } else if (pieces.is_word(at, "one") && pieces.is_word(at + 1, "before")) {
      const std::size_t end = pieces.is_word(at + 2, "the") ? at + 3 : at + 2;
      at = pieces.is_word(end, "last") ? add(at, pieces.is_word(end + 1, "one") ? end + 2 : end + 1, From::end, -1)
                                       : at + 1;
    } else if (const auto nth = read_ordinal(pieces, at);
               nth &&
               !(pieces.is_word(at, "second") && at > 0 && (pieces.is(at - 1, small) || pieces.is_figures(at - 1)))) {
      if (pieces.is_word(nth->next, "to") && pieces.is_word(nth->next + 1, "last")) {
        at = add(at, nth->next + 2, From::end, -(nth->value - 1));
      } else {
        const bool is_denominator = at > 0 && (pieces.is(at - 1, a) || pieces.is(at - 1, small)) &&
                                    !pieces.is_figures(at) && nth->value >= 1000;
        at = is_denominator ? nth->next : add(at, nth->next, From::start, nth->value);
      }
    } else if (pieces.is_word(at, "last") || pieces.is_word(at, "final")) {
      at = add(at, at + 1, From::end, 0);
    } else if (pieces.is_word(at, "next") || pieces.is_word(at, "following")) {
      at = add(at, at + 1, From::current, 1);
    } else if (pieces.is_word(at, "previous") || pieces.is_word(at, "preceding")) {
      at = add(at, at + 1, From::current, -1);
    } else if (pieces.is_word(at, "current")) {
      at = add(at, at + 1, From::current, 0);
    } else {
      ++at;
    }
  }
  return all;
}

}  // namespace offhook::brain::extract
