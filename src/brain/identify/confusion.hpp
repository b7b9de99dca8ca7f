#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace offhook::brain::identify {

/// How unlikely it is, as a negative natural logarithm, to hear one character when another was meant.
enum class Alphabet {
  spelled,  ///< letters and figures said one by one: B, D, E, P, T and V sound alike, and so do 5 and V, M and N
  sounds,   ///< of names: vowels are changed easily, P for B, S for F
  figures,
};

[[nodiscard]] double substitution_cost(Alphabet alphabet, char meant, char heard);

/// cost[i]: of hearing the first i characters of `heard` when `meant` was said. `cost` has heard.size() + 1 elements.
void prefix_costs(Alphabet alphabet, std::string_view meant, std::string_view heard, std::span<float> cost);

/// cost[i]: of hearing all but the first i characters of `heard` when `meant` was said.
void suffix_costs(Alphabet alphabet, std::string_view meant, std::string_view heard, std::span<float> cost);

/// Of hearing all of `heard` when `meant` was said.
[[nodiscard]] double hearing_cost(Alphabet alphabet, std::string_view meant, std::string_view heard);

}  // namespace offhook::brain::identify
