#include "knowledge/segment.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "knowledge/spelling.hpp"

namespace offhook::knowledge {
namespace {

constexpr unsigned kHeadingWeight = 3;

void put_varint(std::vector<std::uint8_t>& bytes, std::uint32_t value) {
  while (value >= 0x80) {
    bytes.push_back(static_cast<std::uint8_t>(value | 0x80));
    value >>= 7;
  }
  bytes.push_back(static_cast<std::uint8_t>(value));
}

std::uint32_t get_varint(const std::uint8_t*& at) {
  std::uint32_t value = 0;
  int shift = 0;
  while ((*at & 0x80) != 0) {
    value |= static_cast<std::uint32_t>(*at++ & 0x7F) << shift;
    shift += 7;
  }
  return value | static_cast<std::uint32_t>(*at++) << shift;
}

}  // namespace

PostingList Segment::postings(std::uint32_t stem) const {
  const List& list = lists_[stem];
  return {.blocks = std::span(blocks_).subspan(list.first_block, list.blocks),
          .bytes = std::span(posting_bytes_).subspan(list.begin, list.bytes),
          .count = list.count};
}

void Segment::read_words(std::uint32_t chunk, Words& into) const {
  const std::uint8_t* at = word_bytes_.data() + word_begins_[chunk];
  into.headings = get_varint(at);
  const std::uint32_t count = get_varint(at);
  into.ids.resize(count);
  for (auto& id : into.ids) id = get_varint(at);
}

std::size_t Segment::memory_bytes() const {
  std::size_t bytes =
      words_.memory_bytes() + stems_.memory_bytes() + posting_bytes_.capacity() + word_bytes_.capacity();
  bytes += (stem_of_word_.capacity() + signatures_.capacity()) * sizeof(std::uint32_t);
  bytes += lists_.capacity() * sizeof(List) + blocks_.capacity() * sizeof(PostingBlock);
  bytes += places_.capacity() * (sizeof(ChunkPlace) + sizeof(std::uint64_t) + sizeof(std::uint16_t) + sizeof(Language));
  for (const auto& id : documents_) bytes += sizeof id + id.capacity();
  return bytes;
}

struct SegmentBuilder::State {
  /// The postings of one stem as they grow.
  struct Growing {
    std::vector<std::uint8_t> bytes;
    std::vector<PostingBlock> blocks;
    std::uint32_t last_chunk = 0;
    std::uint32_t count = 0;
  };
  std::shared_ptr<Segment> segment = std::make_shared<Segment>();
  std::vector<Growing> lists;
  std::vector<std::uint32_t> frequencies;  // of the chunk being added, by stem
  std::vector<std::uint32_t> touched;      // stems with a frequency
  std::vector<std::uint32_t> words;        // of the chunk being added
  std::size_t headings = 0;
  std::uint32_t length = 0;
  std::map<Language, std::unique_ptr<Analyser>> analysers;

  void add_posting(std::uint32_t stem, std::uint32_t chunk, std::uint8_t frequency, std::uint16_t chunk_length) {
    Growing& list = lists[stem];
    if (list.count % Segment::kBlockSize == 0) {
      list.blocks.push_back({.begin = static_cast<std::uint32_t>(list.bytes.size())});
    }
    PostingBlock& block = list.blocks.back();
    put_varint(list.bytes, chunk - list.last_chunk);
    list.bytes.push_back(frequency);
    list.last_chunk = chunk;
    ++list.count;
    block.last_chunk = chunk;
    block.shortest = std::min(block.shortest, chunk_length);
    block.most_frequent = std::max(block.most_frequent, frequency);
  }
};

SegmentBuilder::SegmentBuilder() : state_(std::make_unique<State>()) {}
SegmentBuilder::~SegmentBuilder() = default;

void SegmentBuilder::begin_document(std::string id) {
  auto& documents = state_->segment->documents_;
  if (documents.empty() || documents.back() != id) documents.push_back(std::move(id));
}

void SegmentBuilder::add_word(std::string_view word, std::string_view stem, bool is_heading) {
  State& s = *state_;
  Segment& segment = *s.segment;
  if (is_heading) ++s.headings;
  if (word.empty()) {
    s.words.push_back(0);
    return;
  }
  const std::uint32_t word_id = segment.words_.add(word);
  if (word_id == segment.stem_of_word_.size()) {
    segment.stem_of_word_.push_back(segment.stems_.add(stem));
    segment.signatures_.push_back(letter_signature(word));
    if (segment.stems_.size() > s.lists.size()) {
      s.lists.resize(segment.stems_.size());
      s.frequencies.resize(segment.stems_.size());
    }
  }
  s.words.push_back(word_id + 1);
  const std::uint32_t stem_id = segment.stem_of_word_[word_id];
  if (s.frequencies[stem_id] == 0) s.touched.push_back(stem_id);
  s.frequencies[stem_id] += is_heading ? kHeadingWeight : 1;
  ++s.length;
}

void SegmentBuilder::add(std::uint32_t number, std::string_view heading, std::string_view body, Language language) {
  auto& analyser = state_->analysers[language];
  if (!analyser) analyser = std::make_unique<Analyser>(language);
  bool is_heading = true;
  const auto take = [&](const Term& term) {
    if (term.is_stop) {
      add_word({}, {}, is_heading);
    } else {
      add_word(term.word, term.stem, is_heading);
    }
  };
  analyser->for_each(heading, take);
  is_heading = false;
  analyser->for_each(body, take);
  end_chunk(number, language);
}

void SegmentBuilder::add_from(const Segment& other, std::uint32_t chunk) {
  Segment::Words words;
  other.read_words(chunk, words);
  for (std::size_t i = 0; i < words.ids.size(); ++i) {
    const bool is_heading = i < words.headings;
    if (words.ids[i] == 0) {
      add_word({}, {}, is_heading);
      continue;
    }
    const std::uint32_t word = words.ids[i] - 1;
    add_word(other.words().text(word), other.stems().text(other.stem_of_word(word)), is_heading);
  }
  end_chunk(other.place(chunk).number, other.language(chunk));
}

void SegmentBuilder::end_chunk(std::uint32_t number, Language language) {
  State& s = *state_;
  Segment& segment = *s.segment;
  const auto chunk = static_cast<std::uint32_t>(segment.places_.size());
  const auto length = static_cast<std::uint16_t>(std::min<std::uint32_t>(s.length, 0xFFFF));
  for (const std::uint32_t stem : s.touched) {
    const auto frequency = static_cast<std::uint8_t>(std::min<std::uint32_t>(s.frequencies[stem], 255));
    s.add_posting(stem, chunk, frequency, length);
    s.frequencies[stem] = 0;
  }
  s.touched.clear();
  segment.word_begins_.push_back(segment.word_bytes_.size());
  put_varint(segment.word_bytes_, static_cast<std::uint32_t>(s.headings));
  put_varint(segment.word_bytes_, static_cast<std::uint32_t>(s.words.size()));
  for (const std::uint32_t word : s.words) put_varint(segment.word_bytes_, word);
  s.words.clear();
  s.headings = 0;
  s.length = 0;
  segment.places_.push_back({.document = static_cast<std::uint32_t>(segment.documents_.size() - 1), .number = number});
  segment.lengths_.push_back(length);
  segment.chunk_languages_.push_back(language);
  segment.languages_.add(language);
  segment.total_length_ += length;
}

std::shared_ptr<const Segment> SegmentBuilder::build() {
  State& s = *state_;
  Segment& segment = *s.segment;
  std::size_t bytes = 0, blocks = 0;
  for (const auto& list : s.lists) {
    bytes += list.bytes.size();
    blocks += list.blocks.size();
  }
  segment.posting_bytes_.reserve(bytes);
  segment.blocks_.reserve(blocks);
  segment.lists_.reserve(s.lists.size());
  for (auto& list : s.lists) {
    segment.lists_.push_back({.first_block = static_cast<std::uint32_t>(segment.blocks_.size()),
                              .blocks = static_cast<std::uint32_t>(list.blocks.size()),
                              .count = list.count,
                              .begin = segment.posting_bytes_.size(),
                              .bytes = list.bytes.size()});
    segment.posting_bytes_.insert(segment.posting_bytes_.end(), list.bytes.begin(), list.bytes.end());
    segment.blocks_.insert(segment.blocks_.end(), list.blocks.begin(), list.blocks.end());
    list = {};
  }
  segment.words_.shrink();
  segment.stems_.shrink();
  segment.word_bytes_.shrink_to_fit();
  auto built = std::move(s.segment);
  *state_ = {};
  return built;
}

}  // namespace offhook::knowledge
