#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::crypto {

/// Hash functions of FIPS 180-4. SHA-1 only because senders of webhooks may still choose it for HMAC.
enum class HashAlgorithm : std::uint8_t { sha1, sha256, sha512 };

/// "sha1", "sha256" or "sha512".
[[nodiscard]] std::string_view to_string(HashAlgorithm algorithm);
[[nodiscard]] std::optional<HashAlgorithm> parse_hash_algorithm(std::string_view name);

/// The digest as raw bytes (20, 32 or 64). Thread-safe.
[[nodiscard]] std::string hash(HashAlgorithm algorithm, std::string_view data);
/// The SHA-256 digest in lower-case hex: what stable keys are made of.
[[nodiscard]] std::string sha256_hex(std::string_view data);

/// SHA-256 of data that comes in pieces. One thread at a time.
class Hasher {
 public:
  Hasher();
  ~Hasher();
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;
  void update(std::string_view piece);
  /// The digest's 32 bytes; nothing may be added afterwards.
  [[nodiscard]] std::string finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// A key ready for HMAC (RFC 2104): the key schedule is done once, so one object for each secret makes
/// signing thousands of messages cheap. Const members are thread-safe. An empty key is allowed.
class HmacKey {
 public:
  HmacKey(HashAlgorithm algorithm, std::string_view key);
  ~HmacKey();
  HmacKey(HmacKey&&) noexcept;
  HmacKey& operator=(HmacKey&&) noexcept;

  /// The authentication code of `data` as raw bytes, as many as the hash has.
  [[nodiscard]] std::string sign(std::string_view data) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// One code with one key: for a key that is used once.
[[nodiscard]] std::string hmac(HashAlgorithm algorithm, std::string_view key, std::string_view data);

}  // namespace offhook::crypto
