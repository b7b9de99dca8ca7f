#include "knowledge/index.hpp"

#include <algorithm>
#include <unordered_set>

#include "knowledge/rerank.hpp"
#include "knowledge/top_chunks.hpp"

namespace offhook::knowledge {
namespace {

/// More segments than that become one: each costs every search a little.
constexpr std::size_t kMostSegments = 8;

}  // namespace

Statistics Index::statistics() const {
  Statistics all;
  std::uint64_t length = 0;
  std::uint64_t chunks = 0;  // with deleted ones, as the postings are
  for (const auto& part : parts_) {
    chunks += part.segment->chunks();
    length += part.segment->total_length();
    all.languages.add(part.segment->languages());
  }
  all.chunks = chunks;
  if (chunks > 0 && length > 0) all.average_length = static_cast<double>(length) / static_cast<double>(chunks);
  return all;
}

std::vector<const Segment*> Index::segment_list() const {
  std::vector<const Segment*> list;
  list.reserve(parts_.size());
  for (const auto& part : parts_) list.push_back(part.segment.get());
  return list;
}

std::size_t Index::memory_bytes() const {
  std::size_t bytes = 0;
  for (const auto& part : parts_) bytes += part.segment->memory_bytes() + part.is_gone.size() / 8;
  return bytes;
}

void Index::remove(std::string_view document_id) {
  for (auto& part : parts_) {
    const auto& documents = part.segment->documents();
    const auto found = std::ranges::find(documents, document_id);
    if (found == documents.end()) continue;
    const auto number = static_cast<std::size_t>(found - documents.begin());
    if (part.is_gone[number]) continue;
    part.is_gone[number] = true;
    std::uint64_t gone = 0;
    for (std::uint32_t chunk = 0; chunk < part.segment->chunks(); ++chunk) {
      gone += part.segment->place(chunk).document == number ? 1 : 0;
    }
    part.live_chunks -= gone;
    live_chunks_ -= gone;
  }
  std::erase_if(parts_, [](const Part& part) { return part.live_chunks == 0; });
}

/// Makes one segment of all when there are many, or when half of what there is is gone.
void Index::tidy() {
  std::uint64_t chunks = 0;
  for (const auto& part : parts_) chunks += part.segment->chunks();
  // The small ones first: a large one is written anew only when the rest has become as large.
  const bool is_wasteful = chunks > 2 * live_chunks_;
  if (parts_.size() <= kMostSegments && !is_wasteful) return;
  std::ranges::sort(parts_, std::greater<>(), &Part::live_chunks);
  std::size_t first = is_wasteful ? 0 : parts_.size() - 1;
  std::uint64_t sum = is_wasteful ? 0 : parts_.back().live_chunks;
  while (first > 0 && (parts_[first - 1].live_chunks <= 2 * sum || first >= kMostSegments))
    sum += parts_[--first].live_chunks;
  SegmentBuilder builder;
  for (std::size_t i = first; i < parts_.size(); ++i) {
    const Segment& segment = *parts_[i].segment;
    for (std::uint32_t chunk = 0; chunk < segment.chunks(); ++chunk) {
      const std::uint32_t document = segment.place(chunk).document;
      if (parts_[i].is_gone[document]) continue;
      builder.begin_document(segment.documents()[document]);
      builder.add_from(segment, chunk);
    }
  }
  parts_.resize(first);
  auto merged = builder.build();
  Part part{
      .segment = merged, .is_gone = std::vector<bool>(merged->documents().size()), .live_chunks = merged->chunks()};
  if (part.live_chunks > 0) parts_.push_back(std::move(part));
}

Index Index::with(std::shared_ptr<const Segment> segment) const {
  Index next = *this;
  for (const auto& id : segment->documents()) next.remove(id);
  if (segment->chunks() == 0) return next;
  Part part{
      .segment = segment, .is_gone = std::vector<bool>(segment->documents().size()), .live_chunks = segment->chunks()};
  next.live_chunks_ += part.live_chunks;
  next.parts_.push_back(std::move(part));
  next.tidy();
  return next;
}

Index Index::without(std::string_view document_id) const {
  Index next = *this;
  next.remove(document_id);
  next.tidy();
  return next;
}

Query Index::read(std::string_view question) const { return read_query(question, segment_list(), statistics()); }

std::vector<Hit> Index::search(std::string_view question, const SearchOptions& options, const Scoring& scoring) const {
  const Statistics all = statistics();
  const Query query = read_query(question, segment_list(), all);
  const Bm25 bm25{.k1 = scoring.k1, .b = scoring.b, .average_length = all.average_length};
  BestChunks best(std::max(scoring.candidates, options.limit));
  const std::unordered_set<std::string_view> wanted(options.documents.begin(), options.documents.end());
  for (std::uint32_t number = 0; number < parts_.size(); ++number) {
    const Part& part = parts_[number];
    const Segment& segment = *part.segment;
    std::vector<WeightedStem> stems;
    for (const auto& word : query.words) {
      for (const auto& reading : word.readings) {
        const auto id = segment.stems().find(reading.stem);
        if (id) stems.push_back({.stem = *id, .weight = word.idf * reading.weight});
      }
    }
    std::vector<bool> allowed;
    if (!wanted.empty() || std::ranges::find(part.is_gone, true) != part.is_gone.end()) {
      allowed.resize(part.is_gone.size());
      for (std::size_t i = 0; i < allowed.size(); ++i) {
        allowed[i] = !part.is_gone[i] && (wanted.empty() || wanted.contains(segment.documents()[i]));
      }
    }
    collect_top_chunks(segment, number, stems, bm25, allowed, best);
  }

  std::vector<Candidate> candidates = best.take();
  std::vector<double> coverages(candidates.size());
  std::vector<std::unique_ptr<Reader>> readers(parts_.size());
  struct Ranked {
    Candidate candidate;
    double coverage = 0;
  };
  std::vector<Ranked> ranked;
  for (Candidate candidate : candidates) {
    auto& reader = readers[candidate.segment];
    if (!reader) reader = std::make_unique<Reader>(query, *parts_[candidate.segment].segment);
    const Closeness near = reader->read(candidate.chunk, scoring.window);
    candidate.score +=
        scoring.pair_weight * near.pairs + scoring.window_weight * near.window + scoring.exact_weight * near.exact;
    ranked.push_back({.candidate = candidate, .coverage = near.coverage});
  }
  std::ranges::sort(ranked, is_better, &Ranked::candidate);
  if (ranked.size() > options.limit) ranked.resize(options.limit);
  std::vector<Hit> hits;
  for (const auto& [candidate, coverage] : ranked) {
    const Segment& segment = *parts_[candidate.segment].segment;
    const ChunkPlace place = segment.place(candidate.chunk);
    hits.push_back({.document_id = segment.documents()[place.document],
                    .number = place.number,
                    .score = candidate.score,
                    .coverage = coverage});
  }
  return hits;
}

}  // namespace offhook::knowledge
