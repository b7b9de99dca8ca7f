#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "knowledge/language.hpp"
#include "knowledge/term_table.hpp"
#include "knowledge/terms.hpp"

namespace offhook::knowledge {

/// Which chunk of which document: the segment's number of the document, and the chunk's place in it.
struct ChunkPlace {
  std::uint32_t document = 0;
  std::uint32_t number = 0;
};

/// A stem in one chunk. `frequency` counts the body once and headings three times, 255 at most.
struct Posting {
  std::uint32_t chunk = 0;
  std::uint8_t frequency = 0;
};

/// 128 postings and the most that any of them can be worth.
struct PostingBlock {
  std::uint32_t last_chunk = 0;
  std::uint32_t begin = 0;          ///< offset in the bytes of the list
  std::uint16_t shortest = 0xFFFF;  ///< length of the shortest chunk
  std::uint8_t most_frequent = 0;
};

/// The chunks that hold a stem, in order. Views into the segment.
struct PostingList {
  std::span<const PostingBlock> blocks;
  std::span<const std::uint8_t> bytes;
  std::uint32_t count = 0;
};

/// An inverted index of some chunks, and their words in order. Immutable once built; any thread. Everything in it is
/// numbered within it: what is true over several segments (how rare a stem is) is reckoned by whoever asks them.
///
///     words ─► stems ─► blocks of 128 postings (chunk deltas and frequencies, 2 to 3 bytes each)
///     chunk ─► its words in order (0 for a stop word), for phrases, passages and for merging
class Segment {
 public:
  static constexpr std::size_t kBlockSize = 128;

  [[nodiscard]] std::size_t chunks() const { return places_.size(); }
  [[nodiscard]] ChunkPlace place(std::uint32_t chunk) const { return places_[chunk]; }
  [[nodiscard]] const std::vector<std::string>& documents() const { return documents_; }
  [[nodiscard]] std::uint16_t length(std::uint32_t chunk) const { return lengths_[chunk]; }
  /// Of all chunks, for the average.
  [[nodiscard]] std::uint64_t total_length() const { return total_length_; }
  [[nodiscard]] Languages languages() const { return languages_; }
  [[nodiscard]] Language language(std::uint32_t chunk) const { return chunk_languages_[chunk]; }

  [[nodiscard]] const TermTable& words() const { return words_; }
  [[nodiscard]] const TermTable& stems() const { return stems_; }
  [[nodiscard]] std::uint32_t stem_of_word(std::uint32_t word) const { return stem_of_word_[word]; }
  [[nodiscard]] PostingList postings(std::uint32_t stem) const;
  /// Bit per letter of each word, for a quick look at what may be near another (see spelling.hpp).
  [[nodiscard]] std::span<const std::uint32_t> signatures() const { return signatures_; }

  /// The chunk's words: numbers + 1, 0 for a stop word. Headings come first.
  struct Words {
    std::vector<std::uint32_t> ids;
    std::size_t headings = 0;  ///< so many of them
  };
  void read_words(std::uint32_t chunk, Words& into) const;

  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  friend class SegmentBuilder;
  struct List {
    std::uint32_t first_block = 0, blocks = 0, count = 0;
    std::uint64_t begin = 0, bytes = 0;
  };
  TermTable words_, stems_;
  std::vector<std::uint32_t> stem_of_word_, signatures_;
  std::vector<List> lists_;
  std::vector<PostingBlock> blocks_;
  std::vector<std::uint8_t> posting_bytes_;
  std::vector<std::uint8_t> word_bytes_;
  std::vector<std::uint64_t> word_begins_;
  std::vector<ChunkPlace> places_;
  std::vector<std::uint16_t> lengths_;
  std::vector<Language> chunk_languages_;
  std::vector<std::string> documents_;
  std::uint64_t total_length_ = 0;
  Languages languages_;
};

/// Builds a segment, chunk by chunk. One thread.
class SegmentBuilder {
 public:
  SegmentBuilder();
  ~SegmentBuilder();
  SegmentBuilder(const SegmentBuilder&) = delete;
  SegmentBuilder& operator=(const SegmentBuilder&) = delete;

  /// The chunks added from now on belong to this document.
  void begin_document(std::string id);
  /// `heading`: what stands above it and names it; `body`: its text. Chunks of a document come in their order.
  void add(std::uint32_t number, std::string_view heading, std::string_view body, Language language);
  /// A chunk of another segment, as it stands there.
  void add_from(const Segment& other, std::uint32_t chunk);
  [[nodiscard]] std::shared_ptr<const Segment> build();

 private:
  struct State;
  void add_word(std::string_view word, std::string_view stem, bool is_heading);
  void end_chunk(std::uint32_t number, Language language);
  std::unique_ptr<State> state_;
};

}  // namespace offhook::knowledge
