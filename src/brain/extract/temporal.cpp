#include "brain/extract/temporal.hpp"

#include <algorithm>
#include <array>

#include "brain/extract/temporal_reader.hpp"

namespace offhook::brain::extract {

using enum Word;

// What has no bounds said: the longest of all kinds.
std::optional<TemporalReader::Found> TemporalReader::plain(std::size_t at) const {
  std::optional<Found> best;
  const auto take = [&](std::optional<Found> other_found) {
    if (other_found && (!best || other_found->next > best->next)) best = std::move(other_found);
  };
  take(repeated(at));
  take(moment_range(at));
  take(moment(at));
  take(moved_moment(at));
  take(end_of_day(at));
  take(date_range(at));
  take(started_range(at));
  if (const auto span = time_span(at)) {
    // Two bare numbers are hours only between "from" and "to", "between" and "and".
    const bool is_led = (p_.is(at, from) || p_.is(at, between)) && p_[span->next].kind == Piece::Kind::mark &&
                        (at == 0 || !p_.is_mark(at - 1, ','));
    if (!span->is_bare || is_led) take(found(TemporalKind::time_range, at, span->next, values_of(*span)));
  }
  if (const auto day = date(at); day && !day->is_weak) take(found(TemporalKind::date, at, day->next, values_of(*day)));
  if (const auto whole = period(at); whole && !whole->is_weak)
    take(found(TemporalKind::date_range, at, whole->next, values_of(*whole), whole->mod));
  if (const auto clock = time(at, false)) {
    take(found(TemporalKind::time, at, clock->next, values_of(*clock), clock->is_approx ? "approx" : ""));
  }
  if (const auto part = day_part(at); part && !part->has_day && !part->is_meal)
    take(found(TemporalKind::time_range, at, part->next, values_of(*part), part->mod));
  if (const auto length = duration(at)) {
    take(found(TemporalKind::duration, at, length->next, {{.timex = length->timex, .seconds = length->seconds}}));
  }
  return best;
}

// "before Monday", "since 2014", "until 5pm", "2012 or later", "more than four days".
std::optional<TemporalReader::Found> TemporalReader::bounded(std::size_t at) const {
  std::string mod;
  std::size_t here = at;
  bool is_open = false;
  const auto lead = [&](Word word, const char* name) {
    const Tag* tag = p_.tag(at, word);
    if (tag == nullptr || !mod.empty()) return;
    mod = name;
    here = tag->next;
  };
  if (p_.is_mark(at, '>') || p_.is_mark(at, '<')) {
    const bool has_equals = p_.is_mark(at + 1, '=');
    mod = p_.is_mark(at, '>') ? (has_equals ? "since" : "after") : (has_equals ? "until" : "before");
    here = at + (has_equals ? 2 : 1);
  }
  lead(before, "before");
  if (!p_.is(at, past) || !p_.is_word(at, "past")) lead(Word::after, "after");
  lead(since, "since");
  if (const Tag* tag = p_.tag(at, until); tag != nullptr && mod.empty()) {
    mod = tag->value == 1 ? "until" : "before";
    here = tag->next;
  }
  if (const Tag* tag = p_.tag(at, by); tag != nullptr && mod.empty()) {
    // "by Friday" ends then; "sales by year" does not.
    if (p_.is(tag->next, end_of) || date(tag->next) || (time(tag->next, false))) {
      mod = "before";
      here = tag->next;
    }
  }
  if (p_.is(at, around) && mod.empty()) {
    const Tag* tag = p_.tag(at, around);
    if (auto inner = plain(tag->next);
        inner && (inner->temporal.kind == TemporalKind::date || inner->temporal.kind == TemporalKind::date_time)) {
      if (p_.is(tag->next, the) && inner->temporal.values.size() > 1) return std::nullopt;
      inner->temporal.mod = "approx";
      inner->temporal.begin = p_[at].begin;
      return inner;
    }
  }
  if (mod.empty()) {
    if (const Tag* more = p_.tag(at, more_than)) {
      mod = "more";
      here = more->next;
    } else if (const Tag* less = p_.tag(at, less_than)) {
      mod = "less";
      here = less->next;
    } else {
      // "2012 or later", "1/1/2016 and after".
      auto inner = plain(at);
      const bool is_day =
          inner && (inner->temporal.kind == TemporalKind::date || inner->temporal.kind == TemporalKind::date_range);
      if (!is_day) {
        // "year 2012" begins earlier than its figures.
        return std::nullopt;
      }
      const Tag* open = p_.tag(inner->next, equals_or);
      if (open == nullptr || p_.is_word(open->next, "than")) return std::nullopt;
      if (p_[inner->next].text == "and" &&
          (time(open->next, true) || date(open->next) || p_[open->next].kind == Piece::Kind::word))
        return std::nullopt;
      mod = open->value > 0 ? "since" : "until";
      is_open = true;
      here = at;
    }
    if (!is_open) {
      const auto length = duration(here);
      if (!length) return std::nullopt;
      return found(TemporalKind::duration, at, length->next, {{.timex = length->timex, .seconds = length->seconds}},
                   mod);
    }
  }
  here = skip(here, around);
  here = skip(here, on);
  if (p_.is_word(here, "to") && mod == "before") ++here;
  if (mod == "before" && p_.is_word(here, "date")) {
    return found(TemporalKind::date_range, at, here + 1, {{.timex = "PRESENT_REF", .until = Civil(ref_.today)}}, mod);
  }
  const bool is_after = mod == "after" || mod == "since";
  std::optional<Found> inner;
  if (const auto part = day_part(here); part && part->is_meal && !part->has_day) {
    inner = found(TemporalKind::time_range, here, part->next, values_of(*part));
  }
  if (auto other_found = plain(here); other_found && (!inner || other_found->next > inner->next))
    inner = std::move(other_found);
  if (auto clock = time(here, true);
      clock && (!inner || clock->next > inner->next ||
                (clock->next == inner->next && inner->temporal.kind == TemporalKind::duration))) {
    const Piece& after_piece = p_[clock->next];
    const bool is_counted = clock->is_bare && (p_.is(clock->next, unit) || p_.is_figures(clock->next) ||
                                               after_piece.kind == Piece::Kind::word);
    if (!is_counted && !(clock->is_bare && p_.is_figures(here) && p_[here].text.size() > 2))
      inner = found(TemporalKind::time, here, clock->next, values_of(*clock));
  }
  if (!inner) {
    const auto weak_period = period(here);
    if (weak_period && weak_period->is_placed && weak_period->unit == kYear && p_.is_figures(here))
      inner = found(TemporalKind::date_range, here, weak_period->next, values_of(*weak_period));
    const auto weak_day = date(here);
    if (!inner && weak_day && weak_day->is_possible)
      inner = found(TemporalKind::date, here, weak_day->next, values_of(*weak_day));
  }
  if (!inner) return std::nullopt;
  if (is_open) inner->next = p_.tag(inner->next, equals_or)->next;
  Temporal& temporal = inner->temporal;
  if (temporal.kind == TemporalKind::duration || temporal.kind == TemporalKind::set) return std::nullopt;
  if (temporal.kind == TemporalKind::date_time && temporal.values.front().timex == "PRESENT_REF") return std::nullopt;
  if (temporal.values.size() > 4) return std::nullopt;
  for (auto& value : temporal.values) {
    std::optional<Civil> from_time = value.at ? value.at : value.from;
    std::optional<Civil> until_time = value.at ? value.at : value.until;
    if (!from_time && !until_time) return std::nullopt;
    if (value.from && !value.until) return std::nullopt;
    if (value.until && !value.from && !value.at) return std::nullopt;
    std::optional<Civil> edge;
    const bool is_end = temporal.mod == "end";
    if (mod == "after") edge = is_end || temporal.mod.empty() ? until_time : from_time;
    if (mod == "since") edge = from_time;
    if (mod == "before") edge = is_end ? until_time : from_time;
    if (mod == "until") edge = until_time;
    value.at.reset();
    value.from.reset();
    value.until.reset();
    (is_after ? value.from : value.until) = edge;
  }
  if (!temporal.mod.empty()) mod += "-" + temporal.mod;
  switch (temporal.kind) {
    case TemporalKind::date: temporal.kind = TemporalKind::date_range; break;
    case TemporalKind::time: temporal.kind = TemporalKind::time_range; break;
    case TemporalKind::date_time: temporal.kind = TemporalKind::date_time_range; break;
    default: break;
  }
  temporal.mod = mod;
  temporal.begin = p_[at].begin;
  temporal.end = p_[inner->next - 1].end;
  return inner;
}

std::optional<TemporalReader::Found> TemporalReader::read(std::size_t at) const {
  auto inner = plain(at);
  auto outer = bounded(at);
  if (outer && (!inner || outer->next >= inner->next)) return outer;
  return inner;
}

namespace {

// Can a phrase about time begin here? Most words cannot, and are passed over at once.
bool can_begin(const Pieces& pieces, std::size_t at) {
  if (pieces.is_figures(at)) return true;
  constexpr std::array kBeginnings{
      small,     hundred,    ordinal, part,      few,    a,         ahead_half, whole_half, month,     weekday,
      weekdays,  day_offset, unit,    holiday,   season, decade,    now,        day_part,   noon,      tonight,
      this_,     next,       last,    prior,     coming, following, each,       ago,        in,        within,
      before,    after,      since,   until,     by,     around,    from,       between,    more_than, less_than,
      start_of,  mid_of,     end_of,  early,     late,   the,       Word::at,   for_,       starting,  all,
      year_word, week_of,    once_a,  frequency, scale};
  return std::ranges::any_of(kBeginnings, [&](Word word) { return pieces.is(at, word); }) || pieces[at].is('>') ||
         pieces[at].is('<') || pieces.is_word(at, "eod") || pieces.is_word(at, "q") || pieces.is_word(at, "h") ||
         pieces.is_word(at, "rest") || pieces.is_word(at, "fiscal") || pieces.is_word(at, "school") ||
         pieces.is_word(at, "sy") || pieces.is_word(at, "fy") || pieces.is_word(at, "same") ||
         pieces.is_word(at, "that") || pieces.is_word(at, "t");
}

}  // namespace

std::vector<Temporal> find_temporals(const Pieces& pieces, const TimeReference& reference) {
  const TemporalReader reader(pieces, reference);
  std::vector<Temporal> all_found;
  for (std::size_t at = 0; at < pieces.size();) {
    std::optional<TemporalReader::Found> found;
    if (can_begin(pieces, at)) found = reader.read(at);
    if (!found || found->next <= at) {
      ++at;
      continue;
    }
    all_found.push_back(std::move(found->temporal));
    at = found->next;
  }
  return all_found;
}

}  // namespace offhook::brain::extract
