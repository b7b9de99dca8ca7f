#include "privacy/pattern_filter.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "json/json.hpp"

namespace offhook::privacy {
namespace {

/// "her social security number, I believe, is": so far before a number its name may stand.
constexpr std::size_t kContextBytes = 80;

bool is_word(unsigned char byte) {
  const unsigned char lower = byte | 0x20U;
  return (byte >= '0' && byte <= '9') || (lower >= 'a' && lower <= 'z') || byte == '_';
}
/// Not the first byte of a UTF-8 character: characters stay whole.
bool is_continuation(unsigned char byte) { return (byte & 0xC0U) == 0x80U; }
/// A number after "+" is a telephone's.
bool joins_left(unsigned char byte) { return is_word(byte) || byte == '+'; }

// NOLINTNEXTLINE(misc-no-recursion): as deep as JSON that was parsed, 32 levels
void hide_in_value(json::value& value, const std::vector<const HiddenPattern*>& patterns) {
  if (value.is_string()) {
    value = hide(to_std_string(value), patterns);
  } else if (value.is_number()) {
    if (hide(json::serialize(value), patterns) != json::serialize(value)) value = kHidden;
  } else if (value.is_array()) {
    for (auto& item : value.get_array()) hide_in_value(item, patterns);
  } else if (value.is_object()) {
    json::object hidden;
    for (auto& member : value.get_object()) {
      hide_in_value(member.value(), patterns);
      hidden[hide(member.key(), patterns)] = std::move(member.value());
    }
    value = std::move(hidden);
  }
}

}  // namespace

PatternFilter::PatternFilter(std::vector<const HiddenPattern*> patterns) : patterns_(std::move(patterns)) {
  for (const auto* hidden : patterns_) first_bytes_ |= hidden->pattern.first_bytes();
}

std::string PatternFilter::push(std::string_view text) {
  std::string out;
  for (const char c : text) {
    held_.push_back(c);
    const auto byte = static_cast<unsigned char>(c);
    if (candidates_.empty() && !first_bytes_.test(byte)) continue;
    read(byte, held_.size() - 1);
    resolve(false, out);
  }
  const std::size_t free = candidates_.empty() ? held_.size() : candidates_.front().begin;
  out.append(held_, 0, free);
  forget(free);
  return out;
}

std::string PatternFilter::finish() {
  std::string out;
  for (auto& candidate : candidates_) {
    if (candidate.progress.is_match) confirm(candidate, held_.size());
    candidate.progress = {};
  }
  resolve(true, out);
  out.append(held_);
  held_.clear();
  before_.clear();
  candidates_.clear();
  return out;
}

void PatternFilter::read(unsigned char byte, std::size_t at) {
  for (auto& candidate : candidates_) {
    const TextPattern& pattern = candidate.pattern->pattern;
    const bool may_end = !is_continuation(byte) && !(pattern.ends_at_word() && is_word(byte));
    if (candidate.progress.is_match && may_end) confirm(candidate, at);
    pattern.step(candidate.progress, byte);
  }
  if (is_continuation(byte)) return;
  const char last = at > 0 ? held_[at - 1] : before_.empty() ? ' ' : before_.back();
  const bool is_inside_word = joins_left(static_cast<unsigned char>(last));
  for (const auto* hidden : patterns_) {
    const TextPattern& pattern = hidden->pattern;
    if (!pattern.first_bytes().test(byte) || (pattern.begins_at_word() && is_inside_word)) continue;
    Candidate candidate{.pattern = hidden, .begin = at, .progress = pattern.begin()};
    pattern.step(candidate.progress, byte);
    candidates_.push_back(std::move(candidate));
  }
}

void PatternFilter::confirm(Candidate& candidate, std::size_t end) const {
  const auto match = std::string_view(held_).substr(candidate.begin, end - candidate.begin);
  if (candidate.pattern->is_valid != nullptr && !candidate.pattern->is_valid(match)) return;
  if (!candidate.pattern->context.empty()) {
    std::string near = before_ + held_.substr(0, candidate.begin);
    near = to_lower(near.substr(near.size() - std::min(near.size(), kContextBytes)));
    const bool is_named = std::ranges::any_of(candidate.pattern->context, [&](std::string_view word) {
      const auto at = near.find(word);
      return at != std::string::npos && (at == 0 || !is_word(static_cast<unsigned char>(near[at - 1])));
    });
    if (!is_named) return;
  }
  candidate.end = end;
}

/// Decides about the leftmost candidates, as long as nothing more can come of them.
void PatternFilter::resolve(bool is_end, std::string& out) {
  while (!candidates_.empty()) {
    const std::size_t begin = candidates_.front().begin;
    std::size_t end = 0;
    std::size_t count = 0;
    for (; count < candidates_.size() && candidates_[count].begin == begin; ++count) {
      const auto& candidate = candidates_[count];
      // Whether a match ends with a character, or a word, tells the byte behind it.
      const bool is_open = !candidate.progress.states.empty() || candidate.progress.is_match;
      if (is_open && !is_end) return;
      end = std::max(end, candidate.end);
    }
    if (end == 0) {
      candidates_.erase(candidates_.begin(), candidates_.begin() + static_cast<std::ptrdiff_t>(count));
      const std::size_t upto = candidates_.empty() ? held_.size() : candidates_.front().begin;
      out.append(held_, 0, upto);
      forget(upto);
      continue;
    }
    out.append(held_, 0, begin).append(kHidden);
    std::erase_if(candidates_, [end](const Candidate& candidate) { return candidate.begin < end; });
    forget(end);
  }
}

void PatternFilter::forget(std::size_t bytes) {
  before_.append(held_, 0, bytes);
  before_.erase(0, before_.size() - std::min(before_.size(), kContextBytes));
  held_.erase(0, bytes);
  for (auto& candidate : candidates_) {
    candidate.begin -= bytes;
    if (candidate.end > 0) candidate.end -= bytes;
  }
}

std::string hide(std::string_view text, const std::vector<const HiddenPattern*>& patterns) {
  PatternFilter filter(patterns);
  std::string out = filter.push(text);
  return out.append(filter.finish());
}

std::string hide_in_json(std::string_view text, const std::vector<const HiddenPattern*>& patterns) {
  std::string hidden = hide(text, patterns);
  if (hidden == text) return hidden;
  auto value = parse_json(text);
  if (!value) return hidden;
  hide_in_value(*value, patterns);
  return json::serialize(*value);
}

}  // namespace offhook::privacy
