#include "crypto/hash.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <array>
#include <stdexcept>

#include "crypto/encoding.hpp"

namespace offhook::crypto {
namespace {

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Md = std::unique_ptr<EVP_MD, Deleter<EVP_MD_free>>;
using MdContext = std::unique_ptr<EVP_MD_CTX, Deleter<EVP_MD_CTX_free>>;
using Mac = std::unique_ptr<EVP_MAC, Deleter<EVP_MAC_free>>;
using MacContext = std::unique_ptr<EVP_MAC_CTX, Deleter<EVP_MAC_CTX_free>>;

/// A digest or code that cannot be computed means a broken libcrypto, not bad input.
void check(bool fine, const char* what) {
  if (!fine) throw std::runtime_error(std::string("libcrypto failed: ") + what);
}

/// Fetching an algorithm takes a lock and a search (some microseconds), so each is fetched once.
const EVP_MD* digest_of(HashAlgorithm algorithm) {
  static const std::array<Md, 3> digests = [] {
    std::array<Md, 3> fetched{Md(EVP_MD_fetch(nullptr, "SHA1", nullptr)), Md(EVP_MD_fetch(nullptr, "SHA256", nullptr)),
                              Md(EVP_MD_fetch(nullptr, "SHA512", nullptr))};
    for (const auto& digest : fetched) check(digest != nullptr, "EVP_MD_fetch");
    return fetched;
  }();
  return digests[static_cast<std::size_t>(algorithm)].get();
}

EVP_MAC* hmac_algorithm() {
  static const Mac mac = [] {
    Mac fetched(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
    check(fetched != nullptr, "EVP_MAC_fetch");
    return fetched;
  }();
  return mac.get();
}

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

}  // namespace

std::string_view to_string(HashAlgorithm algorithm) {
  switch (algorithm) {
    case HashAlgorithm::sha1: return "sha1";
    case HashAlgorithm::sha256: return "sha256";
    case HashAlgorithm::sha512: return "sha512";
  }
  return "unknown";
}

std::optional<HashAlgorithm> parse_hash_algorithm(std::string_view name) {
  for (const auto algorithm : {HashAlgorithm::sha1, HashAlgorithm::sha256, HashAlgorithm::sha512}) {
    if (name == to_string(algorithm)) return algorithm;
  }
  return std::nullopt;
}

std::string hash(HashAlgorithm algorithm, std::string_view data) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  check(EVP_Digest(data.data(), data.size(), digest.data(), &size, digest_of(algorithm), nullptr) == 1, "EVP_Digest");
  return {reinterpret_cast<const char*>(digest.data()), size};
}

std::string sha256_hex(std::string_view data) { return to_hex(hash(HashAlgorithm::sha256, data)); }

struct Hasher::State {
  MdContext context{EVP_MD_CTX_new()};
};

Hasher::Hasher() : state_(std::make_unique<State>()) {
  check(state_->context != nullptr, "EVP_MD_CTX_new");
  check(EVP_DigestInit_ex2(state_->context.get(), digest_of(HashAlgorithm::sha256), nullptr) == 1,
        "EVP_DigestInit_ex2");
}
Hasher::~Hasher() = default;
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;

void Hasher::update(std::string_view piece) {
  check(EVP_DigestUpdate(state_->context.get(), piece.data(), piece.size()) == 1, "EVP_DigestUpdate");
}

std::string Hasher::finish() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  check(EVP_DigestFinal_ex(state_->context.get(), digest.data(), &size) == 1, "EVP_DigestFinal_ex");
  return {reinterpret_cast<const char*>(digest.data()), size};
}

struct HmacKey::State {
  MacContext keyed;
};

HmacKey::HmacKey(HashAlgorithm algorithm, std::string_view key) : state_(std::make_unique<State>()) {
  state_->keyed.reset(EVP_MAC_CTX_new(hmac_algorithm()));
  check(state_->keyed != nullptr, "EVP_MAC_CTX_new");
  std::string name(to_string(algorithm));
  const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name.data(), name.size()),
                                   OSSL_PARAM_construct_end()};
  // A null key would mean "keep the old one", so an empty key needs an address all the same.
  const unsigned char* key_bytes = key.empty() ? bytes_of("") : bytes_of(key);
  check(EVP_MAC_init(state_->keyed.get(), key_bytes, key.size(), parameters) == 1, "EVP_MAC_init");
}

HmacKey::~HmacKey() = default;
HmacKey::HmacKey(HmacKey&&) noexcept = default;
HmacKey& HmacKey::operator=(HmacKey&&) noexcept = default;

std::string HmacKey::sign(std::string_view data) const {
  // A copy of the keyed context is cheaper than keying anew and leaves the original untouched, which is
  // what lets threads share it.
  const MacContext context(EVP_MAC_CTX_dup(state_->keyed.get()));
  check(context != nullptr, "EVP_MAC_CTX_dup");
  std::array<unsigned char, EVP_MAX_MD_SIZE> code{};
  std::size_t size = 0;
  check(EVP_MAC_update(context.get(), bytes_of(data), data.size()) == 1, "EVP_MAC_update");
  check(EVP_MAC_final(context.get(), code.data(), &size, code.size()) == 1, "EVP_MAC_final");
  return {reinterpret_cast<const char*>(code.data()), size};
}

std::string hmac(HashAlgorithm algorithm, std::string_view key, std::string_view data) {
  return HmacKey(algorithm, key).sign(data);
}

}  // namespace offhook::crypto
