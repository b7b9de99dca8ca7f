#include "knowledge/rerank.hpp"

#include <algorithm>

namespace offhook::knowledge {
namespace {

/// Farther apart, two words say nothing about each other.
constexpr std::uint32_t kFarApart = 6;
/// Between the heading and the body.
constexpr std::uint32_t kGap = 50;

}  // namespace

Reader::Reader(const Query& query, const Segment& segment) : query_(query), segment_(segment) {
  for (std::uint32_t i = 0; i < query.words.size(); ++i) {
    for (const auto& reading : query.words[i].readings) {
      const auto stem = segment.stems().find(reading.stem);
      if (stem) meanings_.push_back({.stem = *stem, .word = i, .weight = reading.weight});
    }
    const auto exact = segment.words().find(query.words[i].word);
    exact_.push_back(exact ? *exact + 1 : 0);
  }
}

void Reader::find_places(std::uint32_t chunk) {
  segment_.read_words(chunk, words_);
  places_.clear();
  for (std::size_t i = 0; i < words_.ids.size(); ++i) {
    if (words_.ids[i] == 0) continue;
    const std::uint32_t stem = segment_.stem_of_word(words_.ids[i] - 1);
    for (const auto& meaning : meanings_) {
      if (meaning.stem != stem) continue;
      const auto gap = i >= words_.headings ? kGap : 0U;
      places_.push_back({.position = static_cast<std::uint32_t>(i) + gap,
                         .word = meaning.word,
                         .weight = meaning.weight,
                         .is_exact = exact_[meaning.word] == words_.ids[i]});
      break;
    }
  }
}

Closeness Reader::read(std::uint32_t chunk, std::size_t window) {
  find_places(chunk);
  Closeness result;
  const std::size_t count = query_.words.size();
  std::vector<double> held(count), nearest(count), exact(count);
  for (std::size_t i = 0; i < places_.size(); ++i) {
    const Place& place = places_[i];
    held[place.word] = std::max(held[place.word], place.weight);
    if (place.is_exact) exact[place.word] = 1;
    // The word after it in the question, near it in the text; in the question's order it counts for more.
    if (place.word + 1 >= count) continue;
    for (std::size_t j = i; j-- > 0 && place.position - places_[j].position <= kFarApart;) {
      if (places_[j].word == place.word + 1)
        nearest[place.word] = std::max(nearest[place.word], 0.7 / (place.position - places_[j].position));
    }
    for (std::size_t j = i + 1; j < places_.size() && places_[j].position - place.position <= kFarApart; ++j) {
      if (places_[j].word == place.word + 1)
        nearest[place.word] = std::max(nearest[place.word], 1.0 / (places_[j].position - place.position));
    }
  }
  double all = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const double idf = query_.words[i].idf;
    all += held[i] * idf;
    result.exact += exact[i] * idf;
    if (i + 1 < count) result.pairs += nearest[i] * std::min(idf, query_.words[i + 1].idf);
  }
  if (query_.total_idf > 0) result.coverage = all / query_.total_idf;

  // The passage: a window that slides over the places.
  std::vector<int> inside(count);
  double sum = 0;
  std::size_t begin = 0;
  for (const Place& place : places_) {
    if (inside[place.word]++ == 0) sum += query_.words[place.word].idf;
    while (place.position - places_[begin].position >= window) {
      if (--inside[places_[begin].word] == 0) sum -= query_.words[places_[begin].word].idf;
      ++begin;
    }
    result.window = std::max(result.window, sum);
  }
  return result;
}

}  // namespace offhook::knowledge
