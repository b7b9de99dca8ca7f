#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "brain/identify/directory.hpp"

namespace offhook::brain::identify {

/// Who is calling, from what was heard of a postcode, a name and a date of birth.
///
/// A caller is somebody of the directory, all alike likely, or a stranger. What was heard is worth, for each person,
/// the logarithm of how likely it is from that person against from a stranger; what an item says is bounded, so that
/// noise in one item is outweighed by the two others. Nothing here holds or tells what is on record: it answers which
/// person, or what to ask for again.
class Identification {
 public:
  /// `directory` must outlive it.
  explicit Identification(const Directory& directory);

  /// What a recogniser made of an answer, the best hypothesis first; empty when nothing was heard. An item may be
  /// answered at most kMostAttempts times; what comes after is not counted.
  void hear(Item item, std::span<const std::string> hypotheses);

  enum class Outcome { identified, ask, unknown };
  struct Decision {
    Outcome outcome = Outcome::ask;
    std::size_t person = 0;      ///< identified: the place in the directory
    Item item = Item::postcode;  ///< ask: what to ask for (again)
    double probability = 0;      ///< of the likeliest person
  };
  [[nodiscard]] Decision decide() const;

  static constexpr int kMostAttempts = 3;

 private:
  const Directory& directory_;
  std::array<std::vector<float>, kItems> costs_;  // of each person, over the attempts
  std::array<int, kItems> attempts_{};
  std::array<int, kItems> heard_{};  // attempts in which something was heard
};

}  // namespace offhook::brain::identify
