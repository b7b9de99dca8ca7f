#pragma once

#include <cstdint>
#include <string>

#include "base/clock.hpp"

namespace offhook {

/// xoshiro256** seeded by splitmix64 (Blackman and Vigna, "Scrambled linear pseudorandom number
/// generators", 2018): small, fast, and the same numbers on every machine for the same seed. Not for
/// secrets: those come from crypto/. One thread at a time; copying it copies the sequence that follows.
class Random {
 public:
  explicit Random(std::uint64_t seed);

  [[nodiscard]] std::uint64_t next();
  /// Uniform in [0, bound); bound > 0.
  [[nodiscard]] std::uint64_t below(std::uint64_t bound);
  /// Uniform in [0, 1).
  [[nodiscard]] double unit();

 private:
  std::uint64_t state_[4];
};

/// A seed from the operating system's entropy.
[[nodiscard]] std::uint64_t entropy_seed();

/// An opaque id such as "lead_5k2m9c0x7q4tz1vh": the prefix and 100 random bits in lower-case base 32.
[[nodiscard]] std::string make_id(Random& random, std::string_view prefix);

/// The same with the time in front (microseconds since 1970, 12 digits), so that ids sort as they were made: rows that
/// come together then lie together in an index, and a write touches fewer of its pages.
[[nodiscard]] std::string make_ordered_id(Random& random, std::string_view prefix, UtcTime now);

/// What all of them begin with that are made at `at`; those made earlier are less.
[[nodiscard]] std::string ordered_id_prefix(std::string_view prefix, UtcTime at);

/// A version 4 UUID (RFC 9562), as platforms that we stand in for use them.
[[nodiscard]] std::string make_uuid(Random& random);

}  // namespace offhook
