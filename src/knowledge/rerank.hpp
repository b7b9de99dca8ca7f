#pragma once

#include <vector>

#include "knowledge/query.hpp"
#include "knowledge/segment.hpp"

namespace offhook::knowledge {

struct Scoring;

/// What the words of one chunk, read in order, say about a question.
struct Closeness {
  double pairs = 0;     ///< neighbours in the question that are near in the text, by their rarity
  double window = 0;    ///< the rarity of the question's words in the best passage
  double exact = 0;     ///< words as the question writes them
  double coverage = 0;  ///< 0 to 1: what the chunk has of all that is asked for
};

/// Reads chunks of one segment for one question. One thread; `query` and `segment` outlive it.
class Reader {
 public:
  Reader(const Query& query, const Segment& segment);
  [[nodiscard]] Closeness read(std::uint32_t chunk, std::size_t window);

 private:
  struct Place {
    std::uint32_t position = 0;
    std::uint32_t word = 0;  // of the query
    double weight = 0;
    bool is_exact = false;
  };
  struct Meaning {
    std::uint32_t stem = 0;
    std::uint32_t word = 0;
    double weight = 0;
  };
  void find_places(std::uint32_t chunk);

  const Query& query_;
  const Segment& segment_;
  std::vector<Meaning> meanings_;
  std::vector<std::uint32_t> exact_;  // the segment's number of each query word as it is written, + 1
  Segment::Words words_;
  std::vector<Place> places_;
};

}  // namespace offhook::knowledge
