#pragma once

#include <cstdint>
#include <vector>

#include "knowledge/query.hpp"
#include "knowledge/segment.hpp"

namespace offhook::knowledge {

/// A chunk of one of several segments, with its score.
struct Candidate {
  std::uint32_t segment = 0;
  std::uint32_t chunk = 0;
  double score = 0;
};

/// Is `a` before `b` in an answer? Of equals, the one that came first.
[[nodiscard]] inline bool is_better(const Candidate& a, const Candidate& b) {
  if (a.score != b.score) return a.score > b.score;
  return a.segment != b.segment ? a.segment < b.segment : a.chunk < b.chunk;
}

/// The best of all that was offered, `capacity` at most.
class BestChunks {
 public:
  explicit BestChunks(std::size_t capacity) : capacity_(capacity) {}
  void offer(Candidate candidate);
  /// What a chunk has to be worth to get in.
  [[nodiscard]] double threshold() const { return heap_.size() < capacity_ ? -1 : heap_.front().score; }
  /// The best first.
  [[nodiscard]] std::vector<Candidate> take();

 private:
  std::size_t capacity_;
  std::vector<Candidate> heap_;  // the worst in front
};

/// A stem of the question in one segment.
struct WeightedStem {
  std::uint32_t stem = 0;
  double weight = 0;  ///< its inverse frequency times how sure it is
};

/// BM25's numbers.
struct Bm25 {
  double k1 = 1.2;
  double b = 0.75;
  double average_length = 1;
  [[nodiscard]] double score(double weight, unsigned frequency, unsigned length) const {
    const double norm = k1 * (1 - b + b * length / average_length);
    return weight * (k1 + 1) * frequency / (frequency + norm);
  }
};

/// Offers the segment's chunks to `best`, in order, those left out that cannot get in. `allowed`: by document; empty:
/// all.
void collect_top_chunks(const Segment& segment, std::uint32_t segment_number, const std::vector<WeightedStem>& stems,
                        const Bm25& bm25, const std::vector<bool>& allowed, BestChunks& best);

}  // namespace offhook::knowledge
