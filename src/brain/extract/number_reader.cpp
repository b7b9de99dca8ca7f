#include "brain/extract/number_reader.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>

namespace offhook::brain::extract {
namespace {

using enum Word;

double to_double(std::string_view plain) {
  double value = 0;
  std::from_chars(plain.data(), plain.data() + plain.size(), value);
  return value;
}

// Words below a hundred: "seven", "forty", "twenty-five", "treinta y cinco".
std::optional<Number> below_hundred(const Pieces& pieces, std::size_t at) {
  const Tag* first = pieces.tag(at, small);
  if (first == nullptr) return std::nullopt;
  Number number{.value = first->value, .next = first->next};
  const bool is_tens = number.value >= 20 && std::fmod(number.value, 10) == 0;
  if (!is_tens) return number;
  std::size_t next = number.next;
  if (pieces.language().tens_and_units) {
    if (!pieces.is(next, and_)) return number;
    ++next;
  } else if (pieces.is_mark(next, '-')) {
    ++next;
  }
  if (!pieces.language().tens_then_units && !pieces.language().tens_and_units) return number;
  if (const Tag* unit = pieces.tag(next, small); unit != nullptr && unit->value >= 1 && unit->value <= 9) {
    number.value += unit->value;
    number.next = unit->next;
  }
  return number;
}

// Digits after a decimal point, as words: "nought three" 03, "eleven" 11.
std::string spoken_decimals(const Pieces& pieces, std::size_t& at) {
  std::string digits;
  while (const auto part = below_hundred(pieces, at)) {
    digits += std::to_string(static_cast<int>(part->value));
    at = part->next;
    if (digits.size() > 12) break;
  }
  return digits;
}

// "and a half" and its like after a number; which a scale may still follow ("two and a half million").
void add_part(const Pieces& pieces, Number& number) {
  if (const Tag* more = pieces.tag(number.next, plus_part)) {
    number.value += more->value;
    number.next = more->next;
    number.is_fraction = true;
  }
}

// The part of a number below its scale: "three", "two hundred and five", "half a", figures.
std::optional<Number> below_thousand(const Pieces& pieces, std::size_t at, bool may_be_article) {
  if (const Tag* whole = pieces.tag(at, whole_half)) {
    return Number{.value = whole->value, .next = whole->next, .is_fraction = true};
  }
  if (const Tag* ahead = pieces.tag(at, ahead_half)) {
    if (auto rest = below_hundred(pieces, ahead->next)) {
      rest->value += ahead->value;
      rest->is_fraction = true;
      return rest;
    }
    if (ahead->value > 0 && ahead->value < 0.3 && (pieces.is(ahead->next, hundred) || pieces.is(ahead->next, scale))) {
      return Number{.value = 1 + ahead->value, .next = ahead->next, .is_fraction = true};
    }
    return std::nullopt;
  }
  std::optional<Number> number = below_hundred(pieces, at);
  if (!number) {
    if (const Tag* whole = pieces.tag(at, hundreds)) {
      number = Number{.value = whole->value, .next = whole->next, .has_scale = true};
    } else if (const Tag* bare = pieces.tag(at, hundred)) {
      number = Number{.value = 1, .next = at};
      (void)bare;
    } else if (const Tag* article = pieces.tag(at, a);
               article != nullptr && may_be_article &&
               (pieces.is(article->next, hundred) || pieces.is(article->next, scale) ||
                pieces.is(article->next, dozen))) {
      number = Number{.value = 1, .next = article->next};
    } else {
      return std::nullopt;
    }
  }
  bool has_hundred = number->has_scale;
  if (pieces.is_mark(number->next, '-') && pieces[number->next].is_glued && pieces.is(number->next + 1, hundred))
    ++number->next;
  if (const Tag* times = pieces.tag(number->next, hundred); times != nullptr && !has_hundred) {
    number->value *= 100;
    number->next = times->next;
    number->has_scale = has_hundred = true;
  }
  if (has_hundred) {
    std::size_t next = number->next;
    if (pieces.is(next, and_) && !pieces.is(next, plus_part)) ++next;
    if (pieces.is_mark(next, '-') && pieces[next].is_glued) ++next;
    if (const auto rest = below_hundred(pieces, next); rest && rest->value > 0) {
      number->value += rest->value;
      number->next = rest->next;
    }
  }
  return number;
}

}  // namespace

std::optional<Number> read_figures(const Pieces& pieces, std::size_t at) {
  if (!pieces.is_figures(at)) return std::nullopt;
  std::string plain(pieces[at].text);
  Number number{.next = at + 1, .in_figures = true};
  const auto follows = [&](char mark, std::size_t digits) {
    return pieces.is_mark(number.next, mark) && pieces[number.next].is_glued && pieces.is_figures(number.next + 1) &&
           pieces[number.next + 1].is_glued && (digits == 0 || pieces[number.next + 1].text.size() == digits);
  };
  const auto take = [&] {
    plain += pieces[number.next + 1].text;
    number.next += 2;
  };
  const auto length = [&](std::size_t i) { return pieces.is_figures(i) ? pieces[i].text.size() : 0; };
  // How many groups are joined by this mark from here on, and are they all of three (the Indian way: two, then three)?
  const auto groups = [&](char mark) {
    std::size_t count = 0;
    std::size_t i = number.next;
    bool is_grouping = true;
    while (pieces.is_mark(i, mark) && pieces[i].is_glued && pieces.is_figures(i + 1) && pieces[i + 1].is_glued) {
      const bool is_final =
          !(pieces.is_mark(i + 2, mark) && length(i + 3) > 0 && pieces[i + 2].is_glued && pieces[i + 3].is_glued);
      const std::size_t size = length(i + 1);
      if (size != 3 && (is_final || size != 2 || mark != ',')) is_grouping = false;
      ++count;
      i += 2;
    }
    return std::pair(count, is_grouping);
  };
  if (plain.size() <= 3) {
    const auto [commas, are_groups] = groups(',');
    const auto [dots, are_dot_groups] = groups('.');
    if (commas > 0 && are_groups && plain != "0") {
      for (std::size_t i = 0; i < commas; ++i) take();
    } else if (dots > 1 && are_dot_groups && plain != "0") {
      for (std::size_t i = 0; i < dots; ++i) take();
      if (follows(',', 0)) {
        plain += '.';
        take();
        number.is_decimal = true;
      }
      number.value = to_double(plain);
      return number;
    } else if (dots == 1 && are_dot_groups && pieces.is_mark(at + 3, ',') && pieces[at + 3].is_glued &&
               (length(at + 4) == 1 || length(at + 4) == 2) && pieces[at + 4].is_glued) {
      take();  // "1.111,11"
      plain += '.';
      take();
      number.is_decimal = true;
      number.value = to_double(plain);
      return number;
    } else {
      // "40 000": groups of three after a blank, when no group is anything else.
      std::size_t next = at + 1;
      std::string joined = plain;
      while (pieces.is_figures(next) && !pieces[next].is_glued && pieces[next].text.size() == 3 &&
             pieces[next].begin <= pieces[next - 1].end + 3) {
        joined += pieces[next].text;
        ++next;
      }
      if (next > at + 1 && !pieces.is_figures(next) && plain != "0") {
        plain = joined;
        number.next = next;
      }
    }
  }
  const auto [dots, unused] = groups('.');
  // "192.168.1.2" and "22,24,26": more than two parts are no decimals.
  const bool is_listed = at > 1 && pieces[at].is_glued && pieces.is_figures(at - 2) && pieces[at - 1].is_glued &&
                         (pieces[at - 1].is('.') || pieces[at - 1].is(','));
  if (is_listed) {
    number.value = to_double(plain);
    return number;
  }
  if (dots == 1) {
    plain += '.';
    take();
    number.is_decimal = true;
  } else if (dots == 0) {
    const auto [commas, unused_too] = groups(',');
    if (commas == 1 && !plain.contains('.') && length(number.next + 1) <= 2) {
      plain += '.';
      take();
      number.is_decimal = true;
    }
  }
  number.value = to_double(plain);
  return number;
}

std::optional<Number> read_count(const Pieces& pieces, std::size_t at) {
  if (const Tag* some = pieces.tag(at, few)) return Number{.value = some->value, .next = some->next};
  // ".08", when the point is not inside a number or at the end of a sentence.
  if (pieces.is_mark(at, '.') && pieces.is_figures(at + 1) && pieces[at + 1].is_glued &&
      !(at > 0 && pieces[at].is_glued && pieces[at - 1].kind != Piece::Kind::mark)) {
    return Number{.value = to_double("0." + std::string(pieces[at + 1].text)),
                  .next = at + 2,
                  .in_figures = true,
                  .is_decimal = true};
  }
  // "half a dozen".
  if (const Tag* half = pieces.tag(at, part);
      half != nullptr && pieces.is(half->next, a) && pieces.is(half->next + 1, dozen)) {
    return Number{.value = half->value * 12, .next = half->next + 2};
  }
  Number total{.next = at};
  double smallest = 1e18;
  bool has_any = false;
  std::size_t next = at;
  while (true) {
    std::optional<Number> part;
    // "12 thousand 5 hundred", "2 lakh 50 thousand": figures go on before a smaller scale.
    const auto goes_on = [&] {
      const Tag* after = pieces.is_figures(next) ? pieces.tag(next + 1, scale) : nullptr;
      return pieces.is_figures(next) && (pieces.is(next + 1, hundred) || (after != nullptr && after->value < smallest));
    };
    if (auto figures = has_any && !goes_on() ? std::nullopt : read_figures(pieces, next)) {
      part = figures;
      total.in_figures = true;
      if (const Tag* mark = pieces.tag(part->next, scale_mark);
          mark != nullptr &&
          (pieces[part->next].is_glued || mark->value >= 1e9 || pieces[part->next].text.size() > 1)) {
        const bool is_alone = !pieces[mark->next].is_glued || pieces[mark->next].kind == Piece::Kind::mark;
        if (is_alone) {
          part->value *= mark->value;
          part->next = mark->next;
          part->has_scale = true;
          return part;
        }
      }
      if (const Tag* times = pieces.tag(part->next, hundred)) {
        part->value *= 100;
        part->next = times->next;
        part->has_scale = true;
        std::size_t more = part->next;
        if (pieces.is(more, and_)) ++more;
        if (const auto rest = pieces.is_figures(more) ? read_figures(pieces, more) : below_hundred(pieces, more);
            rest && rest->value < 100 && !pieces.is(rest->next, hundred)) {
          part->value += rest->value;
          part->next = rest->next;
        }
      }
    } else if (const Tag* piece = pieces.tag(next, Word::part);
               piece != nullptr && !has_any && pieces.is(piece->next, scale)) {
      part = Number{.value = piece->value, .next = piece->next, .is_fraction = true};
    } else if (piece != nullptr && !has_any && pieces.is(piece->next, a) && pieces.is(piece->next + 1, scale)) {
      part = Number{.value = piece->value, .next = piece->next + 1, .is_fraction = true};
    } else {
      part = below_thousand(pieces, next, true);
      if (!part && pieces.is(next, scale) && !has_any) part = Number{.value = 1, .next = next};
    }
    if (!part) break;
    // Decimals in words: "five point two five".
    if (pieces.is(part->next, point) && !part->in_figures) {
      std::size_t decimals_at = part->next + 1;
      const std::string decimals = spoken_decimals(pieces, decimals_at);
      if (!decimals.empty()) {
        part->value = to_double(std::to_string(static_cast<long long>(part->value)) + "." + decimals);
        part->next = decimals_at;
        part->is_decimal = true;
      }
    }
    add_part(pieces, *part);
    if (const Tag* twelve = pieces.tag(part->next, dozen)) {
      part->value *= twelve->value;
      part->next = twelve->next;
      part->has_scale = true;
    }
    const Tag* times = pieces.tag(part->next, scale);
    if (times != nullptr && times->value < smallest) {
      smallest = times->value;
      total.value += part->value * times->value;
      total.next = times->next;
      total.has_scale = true;
      // "a hundred thousand trillion": a scale of a scale.
      while (const Tag* again = pieces.tag(total.next, scale)) {
        total.value *= again->value;
        total.next = again->next;
      }
      Number so_far = total;
      if (const Tag* more = pieces.tag(total.next, plus_part); more != nullptr && !pieces.is(more->next, scale)) {
        so_far.value += more->value * times->value;
        so_far.next = more->next;
        so_far.is_fraction = true;
        return so_far;
      }
      total.is_decimal = total.is_decimal || (part->is_decimal && std::fmod(total.value, 1) != 0);
      total.is_fraction = total.is_fraction || part->is_fraction;
      has_any = true;
      next = total.next;
      if (pieces.is(next, and_)) ++next;
      continue;
    }
    if (has_any && (part->value >= smallest)) break;
    total.value += part->value;
    total.next = part->next;
    total.has_scale = total.has_scale || part->has_scale;
    total.is_decimal = total.is_decimal || part->is_decimal;
    total.is_fraction = total.is_fraction || part->is_fraction;
    has_any = true;
    break;
  }
  if (!has_any) return std::nullopt;
  return total;
}

std::optional<Number> read_small(const Pieces& pieces, std::size_t at, int least, int most) {
  std::optional<Number> number;
  if (pieces.is_figures(at)) {
    if (pieces[at].text.size() > 2) return std::nullopt;
    number = Number{.value = to_double(pieces[at].text), .next = at + 1, .in_figures = true};
  } else {
    number = below_hundred(pieces, at);
  }
  if (!number || number->value < least || number->value > most) return std::nullopt;
  return number;
}

std::optional<Number> read_ordinal(const Pieces& pieces, std::size_t at) {
  if (pieces.is_figures(at)) {
    const Piece& ending = pieces[at + 1];
    if (!ending.is_glued || ending.kind != Piece::Kind::word || pieces[at].text.size() > 15) return std::nullopt;
    if (ending.text != "st" && ending.text != "nd" && ending.text != "rd" && ending.text != "th") return std::nullopt;
    if (pieces[at + 2].is_glued && pieces[at + 2].kind != Piece::Kind::mark) return std::nullopt;
    return Number{.value = to_double(pieces[at].text), .next = at + 2, .in_figures = true};
  }
  if (const Tag* whole = pieces.tag(at, ordinal)) return Number{.value = whole->value, .next = whole->next};
  // A count whose last word is an ordinal: the words before it, and it.
  double before = 0;
  std::size_t next = at;
  for (int words = 0; words < 6; ++words) {
    if (pieces.is_mark(next, '-') || (words > 0 && pieces.is(next, and_))) ++next;
    if (const Tag* last = pieces.tag(next, ordinal); last != nullptr && words > 0) {
      const bool is_scale = last->value >= 100;
      if (!is_scale && before > 0 && before < 100 && last->value >= 10) return std::nullopt;
      return Number{.value = is_scale ? before * last->value : before + last->value, .next = last->next};
    }
    if (const Tag* one = pieces.tag(next, small)) {
      before += one->value;
      next = one->next;
    } else if (const Tag* times = pieces.tag(next, hundred)) {
      before = before == 0 ? 100 : before * 100;
      next = times->next;
    } else if (const Tag* big = pieces.tag(next, scale)) {
      before = before == 0 ? big->value : before * big->value;
      next = big->next;
    } else if (words == 0 && pieces.is(next, a) && (pieces.is(next + 1, hundred) || pieces.is(next + 1, scale))) {
      before = 1;
      ++next;
      continue;
    } else {
      return std::nullopt;
    }
  }
  return std::nullopt;
}

std::optional<Number> read_year(const Pieces& pieces, std::size_t at) {
  const auto is_year = [](double value) { return value >= 1000 && value <= 2999 && std::fmod(value, 1) == 0; };
  if (pieces.is_figures(at)) {
    const double value = to_double(pieces[at].text);
    if (pieces[at].text.size() != 4 || value < 1500 || value > 2100) return std::nullopt;
    return Number{.value = value, .next = at + 1, .in_figures = true};
  }
  // "nineteen eighty-seven", "seventeen hundred thirty three", "twenty oh five".
  if (const Tag* century = pieces.tag(at, small); century != nullptr && century->value >= 15 && century->value <= 20) {
    std::size_t next = century->next;
    if (const Tag* hundreds_too = pieces.tag(next, hundred)) {
      next = hundreds_too->next;
      Number whole{.value = century->value * 100, .next = next};
      if (pieces.is(next, and_)) ++next;
      if (const auto rest = below_hundred(pieces, next)) {
        whole.value += rest->value;
        whole.next = rest->next;
      }
      return whole;
    }
    if ((pieces.is_word(next, "oh") || pieces.is_word(next, "o")) && pieces.is(next + 1, small)) {
      const Tag* unit = pieces.tag(next + 1, small);
      if (unit->value <= 9) return Number{.value = century->value * 100 + unit->value, .next = unit->next};
    }
    if (const auto rest = below_hundred(pieces, next); rest && rest->value >= 10) {
      return Number{.value = century->value * 100 + rest->value, .next = rest->next};
    }
  }
  if (pieces.is(at, small) || pieces.is(at, scale)) {
    const auto whole = read_count(pieces, at);
    if (whole && whole->has_scale && is_year(whole->value) && whole->value >= 1500) return whole;
  }
  return std::nullopt;
}

}  // namespace offhook::brain::extract
