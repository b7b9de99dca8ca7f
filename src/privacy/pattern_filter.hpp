#pragma once

#include <bitset>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "privacy/text_pattern.hpp"

namespace offhook::privacy {

/// Something that must not be said.
struct HiddenPattern {
  std::string name;  ///< for people, e.g. "Spain, DNI"
  TextPattern pattern;
  /// Is a text that matches really one? Null: always. The text as it stood, with its blanks and dashes.
  bool (*is_valid)(std::string_view match) = nullptr;
  /// Lower-case words one of which must stand shortly before it; none: it counts wherever it stands.
  std::span<const std::string_view> context = {};
};

/// What stands in for what was hidden.
inline constexpr std::string_view kHidden = "[hidden]";

/// Takes matches out of a text that comes in pieces, holding back only what may still become one: from the first byte
/// of a possible match until no pattern can go on, at most TextPattern::kLongestMatch bytes and one. The leftmost match
/// counts, of those the longest. How the text is cut into pieces does not change what comes out. One text a filter.
class PatternFilter {
 public:
  /// The patterns must outlive it.
  explicit PatternFilter(std::vector<const HiddenPattern*> patterns);

  /// What may be said now.
  [[nodiscard]] std::string push(std::string_view text);
  /// The rest, when the text is over. The filter is then as new.
  [[nodiscard]] std::string finish();
  [[nodiscard]] bool is_holding() const { return !held_.empty(); }

 private:
  /// A match that may be.
  struct Candidate {
    const HiddenPattern* pattern = nullptr;
    std::size_t begin = 0;  ///< in held_
    std::size_t end = 0;    ///< of the longest match so far; 0: none
    TextPattern::Progress progress;
  };

  void read(unsigned char byte, std::size_t at);
  void confirm(Candidate& candidate, std::size_t end) const;
  void resolve(bool is_end, std::string& out);
  void forget(std::size_t bytes);

  std::vector<const HiddenPattern*> patterns_;
  std::bitset<256> first_bytes_;
  std::string before_;  // the last bytes of the text before held_, for the context
  std::string held_;
  std::vector<Candidate> candidates_;  // in the order of their beginnings
};

/// The whole text at once.
[[nodiscard]] std::string hide(std::string_view text, const std::vector<const HiddenPattern*>& patterns);
/// The same in every text and number of a JSON document, which stays one.
[[nodiscard]] std::string hide_in_json(std::string_view text, const std::vector<const HiddenPattern*>& patterns);

}  // namespace offhook::privacy
