#include "knowledge/top_chunks.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace offhook::knowledge {
namespace {

constexpr std::uint32_t kEnd = std::numeric_limits<std::uint32_t>::max();

/// Reads one posting list from the front, a block at a time, and leaps over blocks.
class Cursor {
 public:
  Cursor(const Segment& segment, const WeightedStem& stem, const Bm25& bm25)
      : list_(segment.postings(stem.stem)), weight_(stem.weight), bm25_(&bm25) {
    for (const auto& block : list_.blocks) most_ = std::max(most_, bound(block));
    open(0);
  }

  [[nodiscard]] std::uint32_t chunk() const { return chunk_; }
  [[nodiscard]] unsigned frequency() const { return frequencies_[at_]; }
  [[nodiscard]] double weight() const { return weight_; }
  /// The most that any chunk can get from this list.
  [[nodiscard]] double most() const { return most_; }

  void next() {
    if (++at_ < size_) {
      chunk_ = chunks_[at_];
    } else {
      open(block_ + 1);
    }
  }

  /// To the first chunk that is `target` or later.
  void seek(std::uint32_t target) {
    if (chunk_ >= target) return;
    if (list_.blocks[block_].last_chunk < target) open(block_with(target));
    while (chunk_ < target) next();
  }

  /// The most that `target` can get, by its block alone, which need not be read for that. `target` does not go back.
  [[nodiscard]] double most_at(std::uint32_t target) {
    if (chunk_ == kEnd) return 0;
    shallow_ = std::max(shallow_, block_);
    while (shallow_ < list_.blocks.size() && list_.blocks[shallow_].last_chunk < target) ++shallow_;
    return shallow_ < list_.blocks.size() ? bound(list_.blocks[shallow_]) : 0;
  }

 private:
  [[nodiscard]] double bound(const PostingBlock& block) const {
    return bm25_->score(weight_, block.most_frequent, block.shortest);
  }
  [[nodiscard]] std::size_t block_with(std::uint32_t target) const {
    const auto from = list_.blocks.begin() + static_cast<std::ptrdiff_t>(block_);
    const auto found = std::ranges::lower_bound(from, list_.blocks.end(), target, {}, &PostingBlock::last_chunk);
    return static_cast<std::size_t>(found - list_.blocks.begin());
  }
  void open(std::size_t block) {
    block_ = block;
    at_ = 0;
    if (block >= list_.blocks.size()) {
      chunk_ = kEnd;
      size_ = 0;
      return;
    }
    const std::uint8_t* at = list_.bytes.data() + list_.blocks[block].begin;
    std::uint32_t chunk = block == 0 ? 0 : list_.blocks[block - 1].last_chunk;
    size_ = std::min(Segment::kBlockSize, list_.count - block * Segment::kBlockSize);
    for (std::size_t i = 0; i < size_; ++i) {
      std::uint32_t delta = *at++;
      if ((delta & 0x80) != 0) {
        delta &= 0x7F;
        for (int shift = 7;; shift += 7) {
          const std::uint32_t byte = *at++;
          delta |= (byte & 0x7F) << shift;
          if ((byte & 0x80) == 0) break;
        }
      }
      chunk += delta;
      chunks_[i] = chunk;
      frequencies_[i] = *at++;
    }
    chunk_ = chunks_[0];
  }

  PostingList list_;
  double weight_;
  const Bm25* bm25_;
  double most_ = 0;
  std::size_t block_ = 0, shallow_ = 0, at_ = 0, size_ = 0;
  std::uint32_t chunk_ = 0;
  std::array<std::uint32_t, Segment::kBlockSize> chunks_{};
  std::array<std::uint8_t, Segment::kBlockSize> frequencies_{};
};

}  // namespace

void BestChunks::offer(Candidate candidate) {
  if (heap_.size() >= capacity_) {
    if (!is_better(candidate, heap_.front())) return;
    std::ranges::pop_heap(heap_, is_better);
    heap_.pop_back();
  }
  heap_.push_back(candidate);
  std::ranges::push_heap(heap_, is_better);
}

std::vector<Candidate> BestChunks::take() {
  std::ranges::sort(heap_, is_better);
  return std::move(heap_);
}

void collect_top_chunks(const Segment& segment, std::uint32_t segment_number, const std::vector<WeightedStem>& stems,
                        const Bm25& bm25, const std::vector<bool>& allowed, BestChunks& best) {
  std::vector<Cursor> cursors;
  cursors.reserve(stems.size());
  for (const auto& stem : stems) cursors.emplace_back(segment, stem, bm25);
  std::ranges::sort(cursors, {}, &Cursor::most);
  // sums[i]: the most that the lists up to and with i can give together.
  std::vector<double> sums(cursors.size());
  for (std::size_t i = 0; i < cursors.size(); ++i) sums[i] = cursors[i].most() + (i > 0 ? sums[i - 1] : 0);

  // The lists before `essential` cannot lift a chunk over the threshold by themselves: only chunks of the others count.
  std::size_t essential = 0;
  while (true) {
    const double threshold = best.threshold();
    while (essential < cursors.size() && sums[essential] <= threshold) ++essential;
    if (essential == cursors.size()) return;
    std::uint32_t chunk = kEnd;
    for (std::size_t i = essential; i < cursors.size(); ++i) chunk = std::min(chunk, cursors[i].chunk());
    if (chunk == kEnd) return;

    const unsigned length = segment.length(chunk);
    double score = 0;
    for (std::size_t i = essential; i < cursors.size(); ++i) {
      if (cursors[i].chunk() != chunk) continue;
      score += bm25.score(cursors[i].weight(), cursors[i].frequency(), length);
      cursors[i].next();
    }
    if (!allowed.empty() && !allowed[segment.place(chunk).document]) continue;
    bool is_out = false;
    for (std::size_t i = essential; i-- > 0;) {
      if (score + sums[i] <= threshold) {
        is_out = true;
        break;
      }
      const double rest = i > 0 ? sums[i - 1] : 0;
      if (score + rest + cursors[i].most_at(chunk) <= threshold) {
        is_out = true;
        break;
      }
      cursors[i].seek(chunk);
      if (cursors[i].chunk() == chunk) score += bm25.score(cursors[i].weight(), cursors[i].frequency(), length);
    }
    if (!is_out && score > threshold) best.offer({.segment = segment_number, .chunk = chunk, .score = score});
  }
}

}  // namespace offhook::knowledge
