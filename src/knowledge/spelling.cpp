#include "knowledge/spelling.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "knowledge/segment.hpp"

namespace offhook::knowledge {
namespace {

constexpr std::size_t kMaxLetters = 40;
constexpr std::size_t kOneOffFrom = 4;
constexpr std::size_t kTwoOffFrom = 8;

}  // namespace

std::uint32_t letter_signature(std::string_view word) {
  std::uint32_t bits = 0;
  for (const char c : word) bits |= 1U << (static_cast<unsigned char>(c) & 31U);
  return bits;
}

int edit_distance(std::string_view a, std::string_view b, int most) {
  if (a.size() > kMaxLetters || b.size() > kMaxLetters) return most + 1;
  if (a.size() > b.size()) std::swap(a, b);
  if (b.size() - a.size() > static_cast<std::size_t>(most)) return most + 1;
  // Rows of the matrix: two ago (for swaps), the last, this one.
  std::array<std::array<int, kMaxLetters + 1>, 3> rows{};
  for (std::size_t j = 0; j <= a.size(); ++j) rows[0][j] = static_cast<int>(j);
  for (std::size_t i = 1; i <= b.size(); ++i) {
    auto& now = rows[i % 3];
    const auto& last = rows[(i + 2) % 3];
    const auto& before = rows[(i + 1) % 3];
    now[0] = static_cast<int>(i);
    int least = now[0];
    for (std::size_t j = 1; j <= a.size(); ++j) {
      const int change = last[j - 1] + (a[j - 1] == b[i - 1] ? 0 : 1);
      now[j] = std::min({last[j] + 1, now[j - 1] + 1, change});
      if (i > 1 && j > 1 && a[j - 1] == b[i - 2] && a[j - 2] == b[i - 1]) now[j] = std::min(now[j], before[j - 2] + 1);
      least = std::min(least, now[j]);
    }
    if (least > most) return most + 1;
  }
  return rows[b.size() % 3][a.size()];
}

std::vector<NearWord> near_words(const Segment& segment, std::string_view word, std::size_t limit) {
  std::vector<NearWord> found;
  if (word.size() < kOneOffFrom) return found;
  // A number that is a digit off is another number.
  if (std::ranges::any_of(word, [](char c) { return c >= '0' && c <= '9'; })) return found;
  const int most = word.size() >= kTwoOffFrom ? 2 : 1;
  const std::uint32_t signature = letter_signature(word);
  const auto signatures = segment.signatures();
  for (std::uint32_t id = 0; id < signatures.size(); ++id) {
    if (std::popcount(signature ^ signatures[id]) > 2 * most) continue;
    const std::string_view other = segment.words().text(id);
    const std::size_t shorter = std::min(other.size(), word.size());
    if (shorter < kOneOffFrom || std::max(other.size(), word.size()) - shorter > static_cast<std::size_t>(most))
      continue;
    const int distance = edit_distance(word, other, most);
    if (distance <= most) found.push_back({.word = id, .distance = distance});
  }
  std::ranges::sort(found, {}, [&](const NearWord& near) {
    // Of two that are as near, the one that begins alike.
    const int rank = near.distance * 2 + (segment.words().text(near.word).front() == word.front() ? 0 : 1);
    return std::pair(rank, near.word);
  });
  if (found.size() > limit) found.resize(limit);
  return found;
}

}  // namespace offhook::knowledge
