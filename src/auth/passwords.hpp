#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "async/task.hpp"
#include "async/workers.hpp"
#include "base/clock.hpp"
#include "base/secret.hpp"

namespace offhook::auth {

/// What one argon2id hash costs. The default is the second recommended option of RFC 9106 section 4 (t = 3,
/// m = 64 MiB, 128-bit salt, 256-bit tag) scaled to one lane in place of four: a lane is a thread, and here
/// one hash has one worker thread. Memory and passes, which an attacker pays too, are as recommended.
struct PasswordCost {
  std::uint32_t passes = 3;
  std::uint32_t memory_kib = 64 * 1024;
  std::uint32_t lanes = 1;
};

/// What became of a comparison.
struct PasswordVerdict {
  bool matches = false;
  bool is_outdated = false;  ///< it matches, and was hashed at another cost than today's
};

/// Hashes and compares passwords with argon2id, never on a loop. As many at once as `workers` has threads,
/// and its queue is the bound on those that wait: more are ErrorKind::unavailable. Thread-safe.
class Passwords {
 public:
  /// `workers` must outlive it.
  Passwords(Workers& workers, PasswordCost cost) : workers_(workers), cost_(cost) {}

  /// The hash in argon2's own encoding, with a salt from the system: "$argon2id$v=19$m=65536,t=3,p=1$…".
  Task<std::string> hash(Secret password, Deadline deadline);
  /// Compares with an encoded hash. An empty one matches nothing and costs the same: for users that do not
  /// exist.
  Task<PasswordVerdict> verify(Secret password, std::string encoded, Deadline deadline);

 private:
  Workers& workers_;
  const PasswordCost cost_;
};

/// The same at once, on the caller's thread: for commands. Errors: internal (no memory).
[[nodiscard]] Result<std::string> hash_password(const Secret& password, const PasswordCost& cost);
[[nodiscard]] Result<PasswordVerdict> verify_password(const Secret& password, const std::string& encoded,
                                                      const PasswordCost& cost);

}  // namespace offhook::auth
