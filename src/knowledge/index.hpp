#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "knowledge/query.hpp"
#include "knowledge/segment.hpp"

namespace offhook::knowledge {

/// A chunk that was found.
struct Hit {
  std::string document_id;
  std::uint32_t number = 0;  ///< the chunk's place in its document
  double score = 0;          ///< comparable within one answer only
  double coverage = 0;       ///< 0 to 1: how much of what the question asks for (by rarity) the chunk holds
};

struct SearchOptions {
  std::size_t limit = 5;
  /// Only these documents; empty: all.
  std::vector<std::string> documents;
};

/// How scores are made. The defaults are measured (docs/decisions); others are for measuring.
struct Scoring {
  double k1 = 1.2;
  double b = 0.4;
  std::size_t candidates = 64;  ///< so many of the first stage are looked at again
  double pair_weight = 0.25;
  double window_weight = 0.5;
  std::size_t window = 12;  ///< words
  double exact_weight = 0.1;
};

/// Chunks in segments, some of them deleted: a snapshot that never changes. What changes makes a new one, which shares
/// the segments. Any thread.
///
/// A search has two stages: BM25 over the stems, by block-max MaxScore, gives `candidates`; these are read again, word
/// by word, for pairs of the question's words that stand near each other, for passages that hold many of them, and for
/// words as they are written. Deterministic: equal scores go by document and place.
/// Source: Ding and Suel, "Faster Top-k Document Retrieval Using Block-Max Indexes", SIGIR 2011.
class Index {
 public:
  Index() = default;

  /// With the segment's documents put in; documents of the same id are gone from the older segments.
  [[nodiscard]] Index with(std::shared_ptr<const Segment> segment) const;
  [[nodiscard]] Index without(std::string_view document_id) const;

  [[nodiscard]] std::vector<Hit> search(std::string_view question, const SearchOptions& options,
                                        const Scoring& scoring = {}) const;
  /// The question as search() reads it.
  [[nodiscard]] Query read(std::string_view question) const;

  [[nodiscard]] std::uint64_t chunks() const { return live_chunks_; }
  [[nodiscard]] std::size_t segments() const { return parts_.size(); }
  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  struct Part {
    std::shared_ptr<const Segment> segment;
    std::vector<bool> is_gone;  // by the segment's number of the document
    std::uint64_t live_chunks = 0;
  };
  [[nodiscard]] Statistics statistics() const;
  [[nodiscard]] std::vector<const Segment*> segment_list() const;
  void remove(std::string_view document_id);
  void tidy();

  std::vector<Part> parts_;
  std::uint64_t live_chunks_ = 0;
};

}  // namespace offhook::knowledge
