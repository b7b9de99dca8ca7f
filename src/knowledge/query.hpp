#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "knowledge/segment.hpp"

namespace offhook::knowledge {

/// One way to read a word of a question.
struct Reading {
  std::string stem;
  double weight = 1;  ///< below 1 for guesses: another spelling, a part of a compound
};

/// A word of a question that is no stop word, with all its readings.
struct QueryWord {
  std::string word;  ///< folded
  std::vector<Reading> readings;
  std::uint32_t position = 0;  ///< among all words of the question
  double idf = 0;              ///< how much it tells, by its best reading; the most there is for a word nobody knows
  bool is_known = false;       ///< some chunk holds one of its readings
};

struct Query {
  std::vector<QueryWord> words;
  double total_idf = 0;
};

/// What the index knows of all its segments together.
struct Statistics {
  std::uint64_t chunks = 0;
  double average_length = 1;
  Languages languages;
};

/// Inverse document frequency as BM25 has it, never negative. Source: Robertson and Zaragoza, "The Probabilistic
/// Relevance Framework: BM25 and Beyond", 2009, with Lucene's + 1.
[[nodiscard]] double inverse_frequency(std::uint64_t chunks, std::uint64_t with_it);

/// Cuts a question into words and finds what the segments may hold for each: its stems in the languages that are there,
/// and, for a word nobody knows, near spellings, the two words it may be made of, or the one it makes with its
/// neighbour. At most 32 words count. A question of stop words only keeps them.
[[nodiscard]] Query read_query(std::string_view text, const std::vector<const Segment*>& segments,
                               const Statistics& statistics);

}  // namespace offhook::knowledge
