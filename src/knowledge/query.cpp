#include "knowledge/query.hpp"

#include <algorithm>
#include <cmath>

#include "knowledge/spelling.hpp"
#include "knowledge/terms.hpp"

namespace offhook::knowledge {
namespace {

constexpr std::size_t kMaxWords = 32;
constexpr std::size_t kMaxReadings = 6;
constexpr double kOneOff = 0.7;
constexpr double kTwoOff = 0.5;
constexpr double kPart = 0.7;
constexpr std::size_t kShortestPart = 3;

std::uint64_t chunks_with(const std::vector<const Segment*>& segments, std::string_view stem) {
  std::uint64_t count = 0;
  for (const auto* segment : segments) {
    if (const auto id = segment->stems().find(stem)) count += segment->postings(*id).count;
  }
  return count;
}

bool is_word(const std::vector<const Segment*>& segments, std::string_view word) {
  return std::ranges::any_of(segments, [&](const auto* segment) { return segment->words().find(word).has_value(); });
}

void add_reading(QueryWord& word, std::string stem, double weight) {
  if (word.readings.size() >= kMaxReadings) return;
  const auto known = std::ranges::find(word.readings, stem, &Reading::stem);
  if (known == word.readings.end()) word.readings.push_back({.stem = std::move(stem), .weight = weight});
}

/// The stem under which the segments keep a word as it is written.
void add_written(const std::vector<const Segment*>& segments, QueryWord& into, std::string_view written,
                 double weight) {
  for (const auto* segment : segments) {
    const auto id = segment->words().find(written);
    if (id) add_reading(into, std::string(segment->stems().text(segment->stem_of_word(*id))), weight);
  }
}

void guess(const std::vector<const Segment*>& segments, QueryWord& word) {
  for (const auto* segment : segments) {
    for (const auto& near : near_words(*segment, word.word, 3)) {
      add_reading(word, std::string(segment->stems().text(segment->stem_of_word(near.word))),
                  near.distance <= 1 ? kOneOff : kTwoOff);
    }
  }
  // "checkout" where the documents write "check out".
  for (std::size_t cut = kShortestPart; cut + kShortestPart <= word.word.size(); ++cut) {
    const std::string_view whole = word.word;
    if (!is_word(segments, whole.substr(0, cut)) || !is_word(segments, whole.substr(cut))) continue;
    add_written(segments, word, whole.substr(0, cut), kPart);
    add_written(segments, word, whole.substr(cut), kPart);
    break;
  }
}

/// "check out" where the documents write "checkout": each word with its neighbours, stop words too.
void try_neighbours(const std::vector<const Segment*>& segments, const std::vector<std::string>& said,
                    std::vector<QueryWord>& words) {
  for (auto& word : words) {
    const std::size_t at = word.position;
    if (at + 1 < said.size()) add_written(segments, word, said[at] + said[at + 1], kPart);
    if (at > 0) add_written(segments, word, said[at - 1] + said[at], kPart);
  }
}

std::vector<Language> listed(Languages languages) {
  std::vector<Language> all;
  for (int i = 0; i < kLanguageCount; ++i) {
    if (languages.has(static_cast<Language>(i))) all.push_back(static_cast<Language>(i));
  }
  return all;
}

/// The words of the question with their stems in each language; stop words as well when `keeps_stops`. All that is said
/// goes into `said`, by position.
std::vector<QueryWord> words_of(std::string_view text, Language own, const std::vector<Language>& languages,
                                bool keeps_stops, std::vector<std::string>& said) {
  std::vector<QueryWord> words;
  Analyser analyser(own);
  said.clear();
  analyser.for_each(text, [&](const Term& term) {
    const auto here = static_cast<std::uint32_t>(said.size());
    said.push_back(term.word);
    if (term.word.empty() || (term.is_stop && !keeps_stops) || words.size() >= kMaxWords) return;
    if (std::ranges::find(words, term.word, &QueryWord::word) != words.end()) return;
    QueryWord word{.word = term.word, .readings = {{.stem = term.stem}}, .position = here};
    words.push_back(std::move(word));
  });
  for (const Language other : languages) {
    if (other == own) continue;
    Analyser second(other);
    std::size_t at = 0;
    second.for_each(text, [&](const Term& term) {
      while (at < words.size() && words[at].word != term.word) ++at;
      if (at < words.size()) add_reading(words[at], term.stem, 1);
      at = 0;
    });
  }
  return words;
}

}  // namespace

double inverse_frequency(std::uint64_t chunks, std::uint64_t with_it) {
  const auto all = static_cast<double>(chunks);
  const auto some = static_cast<double>(std::min(with_it, chunks));
  return std::log(1 + (all - some + 0.5) / (some + 0.5));
}

Query read_query(std::string_view text, const std::vector<const Segment*>& segments, const Statistics& statistics) {
  const Language own = detect_language(text, statistics.languages);
  const std::vector<Language> languages = listed(statistics.languages);
  std::vector<std::string> said;
  Query query{.words = words_of(text, own, languages, false, said)};
  if (query.words.empty()) query.words = words_of(text, own, languages, true, said);
  for (auto& word : query.words) {
    word.is_known = std::ranges::any_of(
        word.readings, [&](const Reading& reading) { return chunks_with(segments, reading.stem) > 0; });
  }
  for (auto& word : query.words) {
    if (!word.is_known) guess(segments, word);
  }
  try_neighbours(segments, said, query.words);
  for (auto& word : query.words) {
    std::uint64_t with_it = 0;
    for (const auto& reading : word.readings) with_it = std::max(with_it, chunks_with(segments, reading.stem));
    word.is_known = with_it > 0;
    word.idf = inverse_frequency(statistics.chunks, with_it);
    query.total_idf += word.idf;
  }
  return query;
}

}  // namespace offhook::knowledge
