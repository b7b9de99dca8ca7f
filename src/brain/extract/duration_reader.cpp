#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "brain/extract/temporal_reader.hpp"

namespace offhook::brain::extract {
namespace {

using enum Word;

struct Scale {
  const char* letter;
  double seconds;
  bool is_clock;
};
Scale scale_of(Unit unit) {
  switch (unit) {
    case kSecond: return {"S", 1, true};
    case kMinute: return {"M", 60, true};
    case kHour: return {"H", 3600, true};
    case kWeek:
    case kFortnight:
    case kWorkweek: return {"W", 604800, false};
    case kWeekend: return {"WE", 172800, false};
    case kMonth:
    case kQuarter: return {"M", 2592000, false};
    case kYear:
    case kDecade:
    case kCentury:
    case kHalfYear: return {"Y", 31536000, false};
    case kWorkday: return {"WD", 86400, false};
    case kDay:
    case kNight: break;
  }
  return {"D", 86400, false};
}
double times(Unit unit) {
  switch (unit) {
    case kFortnight: return 2;
    case kQuarter: return 3;
    case kDecade: return 10;
    case kCentury: return 100;
    case kHalfYear: return 0.5;
    default: return 1;
  }
}

void finish(DurationNode& node) {
  std::string days;
  std::string clock;
  node.seconds = 0;
  for (const auto& [count, unit] : node.parts) {
    const Scale scale = scale_of(unit);
    (scale.is_clock ? clock : days) += plain_number(count * times(unit)) + scale.letter;
    node.seconds += count * times(unit) * scale.seconds;
  }
  node.timex = "P" + days + (clock.empty() ? "" : "T" + clock);
}

constexpr double kMostCounted = 1e6;  // keeps sums of seconds and days inside their types

}  // namespace

bool DurationNode::has_clock() const {
  return std::ranges::any_of(parts, [](const auto& part) { return part.second <= kHour; });
}

std::optional<DurationNode> TemporalReader::duration(std::size_t at) const {
  DurationNode node;
  std::size_t here = at;
  const auto unit_at = [&](std::size_t i, bool after_figures) -> const Tag* {
    if (const Tag* found = p_.tag(i, unit)) return found;
    if (!after_figures || !p_[i].is_glued) return nullptr;
    const Tag* found = p_.tag(i, units_only);
    if (found == nullptr || (p_[found->next].is_glued && p_[found->next].kind != Piece::Kind::mark)) return nullptr;
    return found;
  };
  const auto take = [&](double count, const Tag* found) {
    node.parts.emplace_back(count, found->unit());
    node.next = found->next;
  };
  // "all day", "the whole week", "the hour".
  if (const std::size_t whole = skip(skip(at, the), all); whole > skip(at, the)) {
    if (const Tag* found = p_.tag(whole, unit);
        found != nullptr && found->unit() >= kHour && found->unit() != kWeekend && p_[whole].text.back() != 's') {
      take(1, found);
      finish(node);
      return node;
    }
  }
  if (p_.is(at, the)) {
    const Tag* found = p_.tag(at + 1, unit);
    if (found != nullptr && found->unit() <= kHour && found->unit() >= kMinute && p_[at + 1].text.back() != 's') {
      take(1, found);
      node.is_indefinite = true;
      finish(node);
      return node;
    }
    return std::nullopt;
  }
  while (node.parts.size() < 5) {
    const std::size_t part_at = here;
    if (!node.parts.empty()) {
      if (p_.is_mark(here, ',')) ++here;
      here = skip(here, and_);
    }
    double count = 0;
    std::size_t after = here;
    bool in_figures = false;
    if (const Tag* half = p_.tag(here, part)) {  // "half an hour", "quarter hour"
      count = half->value;
      after = skip(half->next, of);
      after = skip(after, a);
      after = skip(after, the);
      if (!p_.is(after, unit) ||
          (p_.is(here, unit) && after == half->next && node.parts.empty() && !p_.is(after, unit))) {
        if (!p_.is(after, unit)) break;
      }
    } else if (const Tag* article = p_.tag(here, a); article != nullptr && !p_.is(here, few)) {
      count = 1;
      after = article->next;
      if (const Tag* half_too = p_.tag(after, part); half_too != nullptr && p_.is(half_too->next, unit)) {
        count = half_too->value;
        after = half_too->next;
      }
      if (const Tag* found = p_.tag(after, unit); found != nullptr && found->unit() == kSecond) break;
      if (!p_.is(after, unit)) break;
    } else if (const auto number = read_count(p_, here)) {
      count = number->value;
      after = number->next;
      in_figures = number->in_figures;
      if (number->in_figures && here > 0 && p_[here].is_glued &&
          (p_[here - 1].is('.') || p_[here - 1].is(':') || p_[here - 1].is('/') ||
           (p_[here - 1].is('-') && p_[here - 1].is_glued && here > 1 && p_[here - 2].text.size() > 2)))
        break;
      // "1 and 1/2 hours", "2 1/2 hours".
      if (const std::size_t above = skip(after, and_); in_figures && p_.is_figures(above) &&
                                                       p_.is_mark(above + 1, '/') && p_.is_figures(above + 2) &&
                                                       p_.is(above + 3, unit)) {
        const int below = figures_value(p_[above + 2].text);
        if (below > 0) {
          count += static_cast<double>(figures_value(p_[above].text)) / below;
          after = above + 3;
        }
      }
      // "twenty and four hours": said as two numbers.
      if (p_.is(after, and_) && std::fmod(count, 10) == 0 && count >= 20 && count < 100) {
        if (const auto more = read_small(p_, after + 1, 1, 9); more && p_.is(more->next, unit)) {
          count += more->value;
          after = more->next;
        }
      }
      if (p_.is_mark(after, '-') && p_.is(after + 1, unit)) ++after;
      if (p_.is(after, other) || p_.is_word(after, "more") || p_.is_word(after, "full") || p_.is_word(after, "whole"))
        ++after;
    } else {
      break;
    }
    if (count > kMostCounted) break;
    const Tag* found = unit_at(after, in_figures);
    if (found == nullptr) {
      here = part_at;
      break;
    }
    if (!node.parts.empty() && found->unit() >= node.parts.back().second) break;
    take(count, found);
    here = node.next;
    // "an hour and a half", "one year and a quarter".
    if (const Tag* more = p_.tag(here, plus_part); more != nullptr && !p_.is(more->next, unit)) {
      node.parts.back().first += more->value;
      node.next = here = more->next;
      break;
    }
  }
  if (node.parts.empty()) return std::nullopt;
  finish(node);
  return node;
}

}  // namespace offhook::brain::extract
