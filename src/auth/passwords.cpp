#include "auth/passwords.hpp"

#include <argon2.h>

#include <array>

#include <fmt/format.h>

#include "async/cancel.hpp"
#include "crypto/secrets.hpp"

namespace offhook::auth {
namespace {

constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kTagBytes = 32;
constexpr std::size_t kMostEncodedBytes = 256;

std::unexpected<Error> broken(int code) {
  return fail(ErrorKind::internal, {}, fmt::format("argon2: {}", argon2_error_message(code)));
}

/// How a hash of that cost begins.
std::string prefix_of(const PasswordCost& cost) {
  return fmt::format("$argon2id$v=19$m={},t={},p={}$", cost.memory_kib, cost.passes, cost.lanes);
}

}  // namespace

Result<std::string> hash_password(const Secret& password, const PasswordCost& cost) {
  const std::string salt = crypto::random_bytes(kSaltBytes);
  std::array<char, kMostEncodedBytes> encoded{};
  const int code = argon2id_hash_encoded(cost.passes, cost.memory_kib, cost.lanes, password.reveal().data(),
                                         password.reveal().size(), salt.data(), salt.size(), kTagBytes, encoded.data(),
                                         encoded.size());
  if (code != ARGON2_OK) return broken(code);
  return std::string(encoded.data());
}

Result<PasswordVerdict> verify_password(const Secret& password, const std::string& encoded, const PasswordCost& cost) {
  if (encoded.empty()) {
    // Whether an address is known must not show in the time that the answer takes.
    auto ignored = hash_password(password, cost);
    if (!ignored) return fail(ignored);
    return PasswordVerdict{};
  }
  const int code = argon2id_verify(encoded.c_str(), password.reveal().data(), password.reveal().size());
  if (code == ARGON2_VERIFY_MISMATCH) return PasswordVerdict{};
  if (code != ARGON2_OK) return broken(code);
  return PasswordVerdict{.matches = true, .is_outdated = !encoded.starts_with(prefix_of(cost))};
}

Task<std::string> Passwords::hash(Secret password, Deadline deadline) {
  auto work = [password = std::move(password), cost = cost_] { return hash_password(password, cost); };
  co_return co_await with_deadline(deadline, offload(workers_, std::move(work)));
}

Task<PasswordVerdict> Passwords::verify(Secret password, std::string encoded, Deadline deadline) {
  auto work = [password = std::move(password), encoded = std::move(encoded), cost = cost_] {
    return verify_password(password, encoded, cost);
  };
  co_return co_await with_deadline(deadline, offload(workers_, std::move(work)));
}

}  // namespace offhook::auth
