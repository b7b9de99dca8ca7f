#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace offhook::knowledge {

class Segment;

/// A bit for each letter in the word. Each insertion, deletion or change turns at most two bits over.
[[nodiscard]] std::uint32_t letter_signature(std::string_view word);

/// How many letters have to be put in, taken out, changed or swapped with their neighbour to make one of the other;
/// `most` + 1 when it is more than `most`. Letters are bytes here: other scripts count each letter twice.
[[nodiscard]] int edit_distance(std::string_view a, std::string_view b, int most);

struct NearWord {
  std::uint32_t word = 0;  ///< the segment's number
  int distance = 0;
};

/// Words of the segment that may be meant by one it does not know: a letter off from four letters on, two from eight.
/// The nearest first; at most `limit`.
[[nodiscard]] std::vector<NearWord> near_words(const Segment& segment, std::string_view word, std::size_t limit);

}  // namespace offhook::knowledge
