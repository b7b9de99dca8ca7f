#include "brain/identify/confusion.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "brain/identify/spoken_letters.hpp"

namespace offhook::brain::identify {
namespace {

// Costs are rounded logarithms: e^-3.5 is one in thirty.
constexpr float kOther = 3.5F;
constexpr float kAlike = 1.4F;
constexpr float kMissed = 2.6F;    // said and not heard
constexpr float kInvented = 2.4F;  // heard and not said
constexpr float kSomeWordFor = 2.2F;
constexpr float kSomeWordMore = 1.2F;
constexpr float kVowel = 1.0F;
constexpr std::size_t kLongest = 96;

// Characters whose names sound alike; each string is a group.
constexpr auto kSpelledAlike =
    std::to_array<std::string_view>({"BCDEGPTVZ3", "AHJK8", "FSX", "MN", "IY59", "QUW2", "LM", "5V", "RA", "NA1", "OL4",
                                     "0O", "G J", "IA", "9N", "7S", "6X", "TE8", "CS"});
constexpr auto kSoundsAlike =
    std::to_array<std::string_view>({"BPV", "DT", "GKC", "FVS", "SCJ", "MN", "LRW", "GJ", "KT", "HF"});

using Table = std::array<std::array<float, 43>, 43>;  // '0' to 'Z'

std::size_t index_of(char c) { return c >= '0' && c <= 'Z' ? std::size_t(c - '0') : std::size_t('?' - '0'); }

Table make_table(Alphabet alphabet) {
  Table table;
  for (auto& row : table) row.fill(kOther);
  const auto join = [&](std::string_view group, float cost) {
    for (const char a : group) {
      for (const char b : group) table[index_of(a)][index_of(b)] = std::min(table[index_of(a)][index_of(b)], cost);
    }
  };
  if (alphabet == Alphabet::spelled) {
    for (const auto group : kSpelledAlike) join(group, kAlike);
    join("0O", 0.1F);
    join("5V", 0.9F);
    for (std::size_t i = 0; i < table.size(); ++i) table[i][index_of(kSomeWord)] = kSomeWordFor;
  } else if (alphabet == Alphabet::sounds) {
    for (const auto group : kSoundsAlike) join(group, kAlike);
    join("AEIOU", kVowel);
  } else {
    join("0123456789", 3.0F);
    join("59", 2.2F);
  }
  for (std::size_t i = 0; i < table.size(); ++i) table[i][i] = 0;
  return table;
}

const Table& table_of(Alphabet alphabet) {
  static const std::array<Table, 3> kTables{make_table(Alphabet::spelled), make_table(Alphabet::sounds),
                                            make_table(Alphabet::figures)};
  return kTables[static_cast<std::size_t>(alphabet)];
}

bool is_vowel(char c) { return std::string_view("AEIOU").contains(c); }

float missed(Alphabet alphabet, char meant) {
  return alphabet == Alphabet::sounds && (is_vowel(meant) || meant == 'H') ? 1.2F : kMissed;
}
float invented(Alphabet alphabet, char heard) {
  if (heard == kSomeWord) return kSomeWordMore;
  return alphabet == Alphabet::sounds && (is_vowel(heard) || heard == 'H') ? 1.2F : kInvented;
}

}  // namespace

double substitution_cost(Alphabet alphabet, char meant, char heard) {
  return table_of(alphabet)[index_of(meant)][index_of(heard)];
}

void prefix_costs(Alphabet alphabet, std::string_view meant, std::string_view heard, std::span<float> cost) {
  const Table& table = table_of(alphabet);
  cost[0] = 0;
  for (std::size_t i = 0; i < heard.size(); ++i) cost[i + 1] = cost[i] + invented(alphabet, heard[i]);
  for (const char said : meant) {
    const auto& row = table[index_of(said)];
    float diagonal = cost[0];
    const float skip = missed(alphabet, said);
    cost[0] += skip;
    for (std::size_t i = 0; i < heard.size(); ++i) {
      const float both = diagonal + row[index_of(heard[i])];
      diagonal = cost[i + 1];
      cost[i + 1] = std::min({both, cost[i + 1] + skip, cost[i] + invented(alphabet, heard[i])});
    }
  }
}

void suffix_costs(Alphabet alphabet, std::string_view meant, std::string_view heard, std::span<float> cost) {
  const std::string meant_back(meant.rbegin(), meant.rend());
  const std::string heard_back(heard.rbegin(), heard.rend());
  prefix_costs(alphabet, meant_back, heard_back, cost);
  std::ranges::reverse(cost);
}

double hearing_cost(Alphabet alphabet, std::string_view meant, std::string_view heard) {
  std::array<float, kLongest + 1> cost;
  heard = heard.substr(0, kLongest);
  prefix_costs(alphabet, meant, heard, std::span(cost).first(heard.size() + 1));
  return cost[heard.size()];
}

}  // namespace offhook::brain::identify
