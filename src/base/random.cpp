#include "base/random.hpp"

#include <algorithm>

#include <sys/random.h>

#include <bit>
#include <stdexcept>
#include <string_view>

namespace offhook {

Random::Random(std::uint64_t seed) {
  for (auto& word : state_) {
    seed += 0x9e3779b97f4a7c15;
    std::uint64_t z = seed;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    word = z ^ (z >> 31);
  }
}

std::uint64_t Random::next() {
  const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const std::uint64_t t = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= t;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

std::uint64_t Random::below(std::uint64_t bound) { return next() % bound; }

double Random::unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

std::uint64_t entropy_seed() {
  std::uint64_t seed = 0;
  if (getrandom(&seed, sizeof seed, 0) != static_cast<ssize_t>(sizeof seed)) {
    throw std::runtime_error("the operating system gave no entropy");
  }
  return seed;
}

namespace {

constexpr char kDigits[] = "0123456789abcdefghjkmnpqrstvwxyz";

}  // namespace

std::string make_id(Random& random, std::string_view prefix) {
  std::string id;
  id.reserve(prefix.size() + 21);
  id.append(prefix).push_back('_');
  for (int half = 0; half < 2; ++half) {
    std::uint64_t bits = random.next();
    for (int i = 0; i < 10; ++i, bits >>= 5) id.push_back(kDigits[bits & 31]);
  }
  return id;
}

std::string ordered_id_prefix(std::string_view prefix, UtcTime at) {
  std::string id;
  id.reserve(prefix.size() + 23);
  id.append(prefix).push_back('_');
  const auto micros = static_cast<std::uint64_t>(std::max<std::int64_t>(0, at.time_since_epoch().count()));
  for (int shift = 55; shift >= 0; shift -= 5) id.push_back(kDigits[(micros >> shift) & 31]);
  return id;
}

std::string make_ordered_id(Random& random, std::string_view prefix, UtcTime now) {
  std::string id = ordered_id_prefix(prefix, now);
  std::uint64_t bits = random.next();
  for (int i = 0; i < 10; ++i, bits >>= 5) id.push_back(kDigits[bits & 31]);
  return id;
}

std::string make_uuid(Random& random) {
  static constexpr char kHex[] = "0123456789abcdef";
  const std::uint64_t high = (random.next() & ~0xf000ULL) | 0x4000ULL;
  const std::uint64_t low = (random.next() & ~(3ULL << 62)) | (2ULL << 62);
  std::string id;
  id.reserve(36);
  for (int i = 0; i < 32; ++i) {
    if (i == 8 || i == 12 || i == 16 || i == 20) id.push_back('-');
    const std::uint64_t word = i < 16 ? high : low;
    id.push_back(kHex[(word >> (60 - 4 * (i % 16))) & 15]);
  }
  return id;
}

}  // namespace offhook
