#include "brain/corrections.hpp"

#include <algorithm>
#include <array>

namespace offhook::brain {
namespace {

// Words between a correction and the value it puts forward: "no, sorry, I mean Sunday".
constexpr std::size_t kNear = 5;

}  // namespace

bool is_denied(const Mention& mention, const Tokens& tokens, const std::vector<Mention>& mentions) {
  const auto before = [&](std::size_t back) {
    return mention.first >= back ? std::string_view(tokens[mention.first - back].text) : std::string_view();
  };
  if (before(1) == "not" || (before(2) == "not" && before(1) != ",") || (before(2) == "instead" && before(1) == "of") ||
      (before(2) == "rather" && before(1) == "than")) {
    return true;
  }
  if (before(1) != "from") return false;
  return std::ranges::any_of(mentions, [&](const Mention& later) {
    return later.kind == mention.kind && later.first >= mention.last && later.first <= mention.last + 3 &&
           tokens[later.first - 1].text == "to";
  });
}

bool corrects(const Mention& later, const Mention& earlier, const Tokens& tokens) {
  constexpr auto kWords =
      std::to_array<std::string_view>({"no", "wait", "actually", "sorry", "i mean", "i meant", "rather", "make it"});
  const bool is_figures =
      later.kind == MentionKind::card_digits || later.kind == MentionKind::code || later.kind == MentionKind::phone;
  if (later.kind != earlier.kind || (later.is_weak && !is_figures) || later.first <= earlier.last) return false;
  const std::size_t near = later.first > kNear ? later.first - kNear : 0;
  for (std::size_t at = std::max(earlier.last, near); at < later.first; ++at) {
    const auto rest = std::span(tokens).subspan(0, later.first);
    if (std::ranges::any_of(kWords, [&](std::string_view words) { return starts_at(rest, at, words); })) return true;
  }
  const auto word = [&tokens](std::size_t at) {
    return at < tokens.size() ? std::string_view(tokens[at].text) : std::string_view();
  };
  return word(later.last) == "instead" && word(later.last + 1) != "of";
}

}  // namespace offhook::brain
